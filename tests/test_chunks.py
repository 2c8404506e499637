from __future__ import annotations

import base64
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_widget.chunks import (
    CHUNK_LIMIT,
    Input,
    check_chunk,
    clean_text,
    closing_chunk,
    decode_pcm16,
    empty_chunk,
    make_chunk,
)
from rt_widget.errors import InputError

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=8,
)


def test_a_chunk_has_the_fields_of_the_workflow_format() -> None:
    assert empty_chunk() == {
        "type": "chunk",
        "node_id": None,
        "content_type": "text",
        "content": "",
        "content_metadata": {},
        "done": False,
    }


def test_no_two_chunks_share_their_metadata() -> None:
    empty_chunk()["content_metadata"]["seq"] = 1

    assert empty_chunk()["content_metadata"] == {}


@given(text=st.text(), done=st.booleans())
def test_text_passes_as_it_is(text: str, *, done: bool) -> None:
    assert check_chunk(make_chunk("text", text, done=done)) == Input(text, done=done)


@given(samples=st.lists(st.integers(-32768, 32767), max_size=50))
def test_audio_is_decoded(samples: list[int]) -> None:
    pcm = np.array(samples, "<i2").tobytes()
    content = base64.b64encode(pcm).decode()

    expected = Input(audio=pcm, is_audio=True)
    assert check_chunk(make_chunk("audio", content)) == expected


def test_missing_fields_have_their_defaults() -> None:
    assert check_chunk({}) == Input()
    assert check_chunk({"content": "hi", "more": 1}) == Input("hi")


@pytest.mark.parametrize(
    "value",
    [
        None,
        "text",
        [("content", "hi")],
        {"content_type": "vidoe"},
        {"content_type": ["text"]},
        {"content_type": np.array(["text", "audio"])},
        {"content": None},
        {"content": b"bytes"},
        {"content": "x" * (CHUNK_LIMIT + 1)},
        {"done": 1},
        {"done": "yes"},
        {"content_type": "audio", "content": "!!!"},
        {"content_type": "audio", "content": "ü"},
        {"content_type": "audio", "content": "AAA"},
        {"content_type": "audio", "content": "AA=="},
        {"content_type": "audio", "content": "AAAA\n"},
        {"type": "message"},
        {"node_id": 5},
        {"content_metadata": "none"},
        {"content_type": "audio", "content_metadata": {"sample_rate": 16_000}},
        {"content_type": "audio", "content_metadata": {"channels": 2}},
        {"content_type": "audio", "content_metadata": {"encoding": "opus"}},
        {"content_type": "audio", "content_metadata": {"channels": True}},
        {"content_type": "audio", "content_metadata": {"channels": np.array([1])}},
    ],
)
def test_what_is_no_chunk_is_refused_with_a_reason(value: object) -> None:
    with pytest.raises(InputError) as caught:
        check_chunk(value)
    assert caught.value.hint
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (
            {"content_type": "vidoe"},
            "content_type'] is 'vidoe'. Give 'text' or 'audio'.",
        ),
        ({"content": "x" * (CHUNK_LIMIT + 1)}, "is a text of 15,728,641 characters."),
        ({"done": "yes"}, "chunk['done'] is 'yes'. Give True or False."),
        (
            {"content_type": "audio", "content_metadata": {"sample_rate": 8_000}},
            "['sample_rate'] is 8000. Give 24000, or ask with an Audio",
        ),
    ],
)
def test_a_refusal_names_the_field_and_what_can_be_given(
    value: object, words: str
) -> None:
    with pytest.raises(InputError) as caught:
        check_chunk(value)
    assert words in str(caught.value)


def test_other_nodes_chunks_are_chunks_too() -> None:
    form = {"sample_rate": 24_000, "channels": 1, "encoding": "pcm16"}
    chunk = {"content_type": "audio", "content": "AQA=", "content_metadata": form}

    more = {"thread_id": "t", "thinking": False, "node_id": "n", "type": "chunk"}
    assert check_chunk({**chunk, **more}) == Input(audio=b"\1\0", is_audio=True)
    assert check_chunk({"content": "Hi", "content_metadata": None}) == Input("Hi")
    assert check_chunk(MappingProxyType({"content": "Hi"})) == Input("Hi")


def test_an_answer_is_closed_by_an_empty_chunk_that_is_done() -> None:
    expected = {
        **empty_chunk(),
        "content_metadata": {"response_id": "resp"},
        "done": True,
    }
    assert closing_chunk("resp") == expected


@given(text=st.text())
def test_whole_characters_are_left_as_they_are(text: str) -> None:
    assert clean_text(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\ud83d\ude00", "\U0001f600"),
        ("a\ud83d", "a\ufffd"),
        ("\ude00b", "\ufffdb"),
        ("\ude00\ud83d", "\ufffd\ufffd"),
        ("\ufeffé\0", "\ufeffé\0"),
    ],
)
def test_halves_of_characters_are_joined_or_replaced(text: str, expected: str) -> None:
    assert clean_text(text) == expected


@given(
    value=ANYTHING
    | st.fixed_dictionaries(
        {},
        optional={
            "content_type": st.sampled_from(["text", "audio"]) | ANYTHING,
            "content": st.text() | ANYTHING,
            "done": st.booleans() | ANYTHING,
        },
    )
)
def test_whatever_is_given_is_a_chunk_or_an_input_error(value: object) -> None:
    try:
        piece = check_chunk(value)
    except InputError:
        return
    assert len(piece.audio) % 2 == 0


@given(content=st.text())
def test_whatever_is_no_audio_is_an_input_error(content: str) -> None:
    try:
        pcm = decode_pcm16(content)
    except InputError:
        return
    assert base64.b64encode(pcm).decode() == content
