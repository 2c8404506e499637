from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_widget import messages
from rt_widget.conversation import Item
from rt_widget.errors import InputError
from rt_widget.playback import PlaybackPosition
from tests.test_chunks import ANYTHING

TYPES = Path(__file__).parents[1] / "js" / "src" / "types.d.ts"
WHERE = {"item_id": "item", "content_index": 0, "played_samples": 480}
POSITION = PlaybackPosition("item", 0, 480)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"type": "hello", "page": "p1"}, messages.Hello("p1")),
        ({"type": "connect"}, messages.Connect()),
        ({"type": "disconnect"}, messages.Disconnect()),
        ({"type": "microphone", "on": True}, messages.Microphone(on=True)),
        ({"type": "microphone", "on": "yes"}, messages.Microphone(on=False)),
        (
            {"type": "audio", "seq": 3, "at": 1.5, "audio": "AQACAA=="},
            messages.AudioPiece(3, b"\1\0\2\0"),
        ),
        ({"type": "text", "text": "<b>hi"}, messages.Typed("<b>hi")),
        ({"type": "interrupt", "position": None}, messages.Interrupt(None)),
        ({"type": "interrupt", "position": WHERE}, messages.Interrupt(POSITION)),
        ({"type": "cut", "position": WHERE}, messages.Cut(POSITION)),
        (
            {"type": "played", "position": WHERE, "ended": True},
            messages.Played(POSITION, ended=True),
        ),
        (
            {"type": "resend", "epoch": "e", "from": 2, "to": 5},
            messages.Resend("e", 2, 5),
        ),
        ({"type": "fetch"}, messages.Fetch()),
    ],
)
def test_each_message_of_the_page_is_read(
    content: dict[str, object], message: messages.PageMessage
) -> None:
    assert messages.decode(content) == message


@pytest.mark.parametrize(
    "content",
    [
        None,
        "hello",
        {},
        {"type": ["hello"]},
        {"type": "update", "state": {"api_key": "x"}},
        {"type": "hello"},
        {"type": "hello", "page": "x" * 201},
        {"type": "text", "text": "x" * 100_001},
        {"type": "audio", "seq": -1, "audio": "AAAA"},
        {"type": "audio", "seq": True, "audio": "AAAA"},
        {"type": "audio", "seq": 0.0, "audio": "AAAA"},
        {"type": "audio", "seq": 0, "audio": "AA=="},
        {"type": "audio", "seq": 0, "audio": base64.b64encode(bytes(200_000)).decode()},
        {"type": "interrupt", "position": "here"},
        {"type": "interrupt", "position": {**WHERE, "played_samples": -1}},
        {"type": "interrupt", "position": {**WHERE, "item_id": 5}},
        {"type": "played", "position": None},
        {"type": "cut"},
        {"type": "resend", "epoch": "e", "from": 0},
    ],
)
def test_what_is_no_message_is_refused(content: object) -> None:
    with pytest.raises(InputError) as caught:
        messages.decode(content)
    assert len(str(caught.value)) < 200


@given(
    content=ANYTHING
    | st.fixed_dictionaries(
        {"type": st.sampled_from(sorted(messages._READERS))},
        optional={
            name: ANYTHING | st.integers() | st.text() | st.just(WHERE)
            for name in ("page", "on", "seq", "audio", "text", "position", "epoch")
        },
    )
)
def test_whatever_a_page_says_is_a_message_or_an_input_error(content: object) -> None:
    try:
        message = messages.decode(content)
    except InputError:
        return
    assert type(message).__module__ == "rt_widget.messages"


def test_the_kernel_says_what_the_page_is_typed_for() -> None:
    item = Item("item", None, "assistant", "Hi", "interrupted", 100, 60)
    shown = {
        "id": "item",
        "previous_item_id": None,
        "role": "assistant",
        "text": "Hi",
        "status": "interrupted",
        "audio_ms": 100,
        "heard_ms": 60,
    }

    assert messages.items_message([item]) == {"type": "items", "items": [shown]}
    assert messages.snapshot_message("e", 7, [item]) == {
        "type": "snapshot",
        "epoch": "e",
        "next_seq": 7,
        "items": [shown],
    }
    assert messages.removed_message(["item"]) == {
        "type": "removed",
        "item_ids": ["item"],
    }
    assert messages.flush_message("resp") == {"type": "flush", "response_id": "resp"}
    assert messages.flush_message("") == {"type": "flush", "response_id": None}
    assert messages.resend_message(1, 2) == {"type": "resend", "from": 1, "to": 2}
    assert messages.chunks_message([]) == {"type": "chunks", "chunks": []}


def test_both_sides_know_the_same_messages() -> None:
    page = TYPES.read_text("utf-8").partition("export type PageMessage =")[2]
    declared = re.findall(r'type: "(\w+)"', page.partition("export")[0])

    assert sorted(declared) == sorted(messages._READERS)
