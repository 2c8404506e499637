"""The seed's contract: every property and output by name, type, default and range."""

from __future__ import annotations

import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from rt_widget import Audio, RealtimeWidget
from rt_widget.catalog import catalog
from rt_widget.chunks import Chunk, closing_chunk, empty_chunk
from rt_widget.config import DEFAULT_SYSTEM, SYSTEM_LIMIT
from rt_widget.errors import InputError
from tests.conftest import is_closing, until

if TYPE_CHECKING:
    from tests.conftest import StartTalk

SEED_CHUNK: Chunk = {
    "type": "chunk",
    "node_id": None,
    "content_type": "text",
    "content": "",
    "content_metadata": {},
    "done": False,
}
SEED_MODELS = {
    "gpt-4o-realtime-preview": "gpt-realtime-2.1",
    "gpt-4o-mini-realtime-preview": "gpt-realtime-2.1-mini",
}
SEED_VOICES = (
    "none",
    "ash",
    "alloy",
    "ballad",
    "coral",
    "echo",
    "fable",
    "onyx",
    "nova",
    "sage",
    "shimmer",
    "verse",
)
UNREACHABLE = "ws://127.0.0.1:1/v1"


@dataclass(frozen=True)
class Property:
    """A row of the seed's table of properties."""

    name: str
    kind: type
    default: object
    taken: tuple[object, ...]
    refused: tuple[object, ...]


PROPERTIES = [
    Property(
        "model",
        str,
        catalog().default_model,
        (*SEED_MODELS, "gpt-realtime", "anything-else"),
        (None, 5, b"gpt-realtime"),
    ),
    Property(
        "system",
        str,
        DEFAULT_SYSTEM,
        ("", "Be brief.", "x" * SYSTEM_LIMIT),
        (None, 5, "x" * (SYSTEM_LIMIT + 1)),
    ),
    Property(
        "chunk",
        dict,
        SEED_CHUNK,
        ({**SEED_CHUNK, "content": "Hi"}, {**SEED_CHUNK, "content_type": "audio"}),
        (None, "Hi", {**SEED_CHUNK, "content_type": "image"}),
    ),
    Property(
        "voice",
        str,
        "alloy",
        (*SEED_VOICES, "marin", "cedar", "voice_of_my_own"),
        (None, 5, "", " "),
    ),
    Property("speed", float, 1.0, (0.25, 1.0, 1.5), (0.24, 1.51, None, "1", True)),
    Property("temperature", float, 0.8, (0.6, 0.8, 1.2), (0.59, 1.21, None, "1", True)),
]
by_name = pytest.mark.parametrize("row", PROPERTIES, ids=lambda row: row.name)


@by_name
def test_a_property_has_its_name_type_and_default(
    unconnected: RealtimeWidget, row: Property
) -> None:
    assert row.name in RealtimeWidget.class_traits()
    value = getattr(unconnected, row.name)
    assert value == row.default
    assert isinstance(value, row.kind)


@by_name
def test_a_property_takes_its_range(unconnected: RealtimeWidget, row: Property) -> None:
    for value in row.taken:
        setattr(unconnected, row.name, value)
        assert getattr(unconnected, row.name) == value


@by_name
def test_a_property_refuses_the_rest_with_a_reason_and_keeps_its_value(
    unconnected: RealtimeWidget, row: Property
) -> None:
    for value in row.refused:
        with pytest.raises(InputError) as caught:
            setattr(unconnected, row.name, value)
        assert row.name in str(caught.value).lower()
        assert caught.value.hint or row.name in ("model", "system", "voice")
        assert getattr(unconnected, row.name) == row.default


@by_name
def test_a_property_can_be_observed(unconnected: RealtimeWidget, row: Property) -> None:
    seen: list[object] = []
    unconnected.observe(lambda change: seen.append(change["new"]), names=[row.name])
    wanted = [value for value in row.taken if value != row.default]
    for value in wanted:
        setattr(unconnected, row.name, value)

    assert seen == wanted


@pytest.mark.parametrize(
    "row", [row for row in PROPERTIES if row.name != "chunk"], ids=lambda row: row.name
)
def test_a_property_is_a_keyword(row: Property) -> None:
    given = row.taken[-1]
    settings: dict[str, typing.Any] = {row.name: given}
    widget = RealtimeWidget(base_url=UNREACHABLE, **settings)
    assert getattr(widget, row.name) == given
    widget.close()


def test_the_chunk_has_the_seeds_fields_and_no_others() -> None:
    assert empty_chunk() == SEED_CHUNK
    assert set(typing.get_type_hints(Chunk)) == set(SEED_CHUNK)
    kinds = typing.get_type_hints(Chunk)["content_type"]
    assert typing.get_args(kinds) == ("text", "audio")


@pytest.mark.parametrize(("old", "new"), SEED_MODELS.items())
def test_the_seeds_models_are_mapped_to_their_successors_and_it_is_said(
    old: str, new: str
) -> None:
    widget = RealtimeWidget(base_url=UNREACHABLE, model=old)
    assert widget.model == new
    assert f"{old} was switched off" in widget.notice
    assert new in widget.notice
    widget.close()


@pytest.mark.parametrize("voice", SEED_VOICES)
def test_each_of_the_seeds_voices_reaches_the_server(
    talk: StartTalk, voice: str
) -> None:
    widget, wire = talk(voice=voice)
    reply = widget.ask_sync("Hello")

    assert reply.text == "You said: Hello"
    assert wire.sent("error") == []
    session = wire.received("session.update")[0]["session"]
    if voice == "none":
        assert session["output_modalities"] == ["text"]
        assert len(reply.audio.samples) == 0
        return
    is_mapped = voice in catalog().speech_only_voices
    spoken = catalog().fallback_voice if is_mapped else voice
    assert session["audio"]["output"]["voice"] == spoken
    assert (f"The voice {voice} is not offered" in widget.notice) == is_mapped


def test_speed_applies_from_the_next_answer(talk: StartTalk) -> None:
    widget, wire = talk()
    normal = widget.ask_sync("One two three four").audio.duration
    widget.speed = 0.5
    slow = widget.ask_sync("One two three four").audio.duration

    assert slow == pytest.approx(2 * normal, rel=0.2)
    assert wire.sent("error") == []


def test_temperature_is_never_sent_where_there_is_none(talk: StartTalk) -> None:
    widget, wire = talk(temperature=1.1)
    widget.ask_sync("Hello")
    widget.temperature = 0.7
    widget.ask_sync("Hello")

    assert widget.capabilities["temperature"] is None
    assert "temperature" not in str(wire.received("session.update"))
    assert wire.sent("error") == []


async def test_the_outputs_have_their_names_and_types(talk: StartTalk) -> None:
    widget, _ = talk("equal,count=5")
    assert (widget.output_chunk, widget.text, widget.audio) == (SEED_CHUNK, "", None)
    chunks: list[Chunk] = []
    texts: list[str] = []
    widget.observe(lambda change: chunks.append(change["new"]), names=["output_chunk"])
    widget.observe(lambda change: texts.append(change["new"]), names=["text"])
    reply = await widget.ask("Hello")
    await until(widget, "output_chunk", is_closing)

    assert chunks[-1] == widget.output_chunk == closing_chunk(reply.response_id)
    assert [set(chunk) for chunk in chunks] == [set(SEED_CHUNK)] * len(chunks)
    assert [chunk["done"] for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert {chunk["content_type"] for chunk in chunks} == {"text", "audio"}
    assert widget.text == texts[-1] == reply.text == "The same, again and again."
    assert all(reply.text.startswith(text) for text in texts)
    assert isinstance(widget.audio, Audio)
    assert widget.audio.duration == 0.5
