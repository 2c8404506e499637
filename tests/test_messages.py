from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import cast, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_widget import messages
from rt_widget.captions import CaptionMark
from rt_widget.conversation import Item
from rt_widget.errors import InputError
from rt_widget.messages.reading import READERS
from rt_widget.playback import PlaybackPosition
from tests.test_chunks import ANYTHING

TYPES = Path(__file__).parents[1] / "js" / "src" / "types.d.ts"
WHERE = {"item_id": "item", "content_index": 0, "played_samples": 480}
POSITION = PlaybackPosition("item", 0, 480)


P = "page-1"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"type": "hello"}, messages.Hello(P)),
        ({"type": "hello", "left": ["a", "b"]}, messages.Hello(P, ("a", "b"))),
        ({"type": "leave"}, messages.Leave(P)),
        ({"type": "take_over"}, messages.TakeOver(P)),
        ({"type": "pong"}, messages.Pong(P)),
        ({"type": "connect"}, messages.Connect(P)),
        ({"type": "disconnect"}, messages.Disconnect(P)),
        (
            {"type": "microphone", "on": True, "label": "Mic", "sample_rate": 48_000},
            messages.Microphone(P, on=True, label="Mic", sample_rate=48_000),
        ),
        ({"type": "microphone", "on": True}, messages.Microphone(P, on=True)),
        (
            {"type": "microphone", "on": True, "label": "x" * 999},
            messages.Microphone(P, on=True, label="x" * 200),
        ),
        ({"type": "microphone", "on": "yes"}, messages.Microphone(P, on=False)),
        (
            {"type": "audio", "seq": 3, "at": 1.5, "audio": "AQACAA=="},
            messages.AudioPiece(P, 3, b"\1\0\2\0"),
        ),
        ({"type": "text", "text": "<b>hi"}, messages.Typed(P, "<b>hi")),
        (
            {"type": "interrupt", "response_id": None, "positions": []},
            messages.Interrupt(P, None, ()),
        ),
        (
            {"type": "interrupt", "response_id": "r", "positions": [WHERE, WHERE]},
            messages.Interrupt(P, "r", (POSITION, POSITION)),
        ),
        ({"type": "cut", "positions": [WHERE]}, messages.Cut(P, (POSITION,))),
        (
            {"type": "played", "position": WHERE, "at": 1.5, "ended": True},
            messages.Played(P, POSITION, ended=True),
        ),
        (
            {"type": "resend", "epoch": "e", "from": 2, "to": 5},
            messages.Resend(P, "e", 2, 5),
        ),
        ({"type": "replay", "item_id": "item"}, messages.Replay(P, "item")),
        ({"type": "replay", "item_id": ""}, messages.Replay(P, "")),
        ({"type": "fetch"}, messages.Fetch(P)),
        (
            {"type": "confirm", "call_id": "call", "allow": True},
            messages.Confirm(P, "call", allow=True),
        ),
        (
            {"type": "confirm", "call_id": "call", "allow": "yes"},
            messages.Confirm(P, "call", allow=False),
        ),
    ],
)
def test_each_message_of_the_page_is_read(
    content: dict[str, object], message: messages.PageMessage
) -> None:
    assert messages.decode({"page": P, **content}) == message


@pytest.mark.parametrize(
    "content",
    [
        {"type": ["hello"]},
        {"type": "update", "state": {"api_key": "x"}},
        {"type": "hello", "page": None},
        {"type": "hello", "page": ""},
        {"type": "hello", "page": "x" * 201},
        {"type": "hello", "left": "page-2"},
        {"type": "hello", "left": [5]},
        {"type": "hello", "left": ["page-2"] * 21},
        {"type": "microphone", "on": True, "label": 5},
        {"type": "microphone", "on": True, "sample_rate": -1},
        {"type": "text", "text": "x" * 100_001},
        {"type": "audio", "seq": -1, "audio": "AAAA"},
        {"type": "audio", "seq": True, "audio": "AAAA"},
        {"type": "audio", "seq": 0.0, "audio": "AAAA"},
        {"type": "audio", "seq": 2**53, "audio": "AAAA"},
        {"type": "audio", "seq": 0, "audio": "AA=="},
        {"type": "audio", "seq": 0, "audio": base64.b64encode(bytes(200_000)).decode()},
        {"type": "interrupt", "response_id": None},
        {"type": "interrupt", "response_id": 5, "positions": []},
        {"type": "interrupt", "response_id": "", "positions": []},
        {"type": "interrupt", "response_id": None, "positions": "here"},
        {"type": "interrupt", "response_id": None, "positions": ["here"]},
        {"type": "interrupt", "response_id": None, "positions": [WHERE] * 17},
        {"type": "cut", "positions": [{**WHERE, "played_samples": -1}]},
        {"type": "cut", "positions": [{**WHERE, "item_id": 5}]},
        {"type": "cut", "positions": [{**WHERE, "item_id": "x" * 201}]},
        {"type": "cut"},
        {"type": "played", "position": None},
        {"type": "replay"},
        {"type": "confirm", "allow": True},
        {"type": "confirm", "call_id": 5, "allow": True},
        {"type": "resend", "epoch": "e", "from": 0},
    ],
)
def test_what_is_no_message_is_refused(content: dict[str, object]) -> None:
    with pytest.raises(InputError) as caught:
        messages.decode({"page": P, **content})
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("content", [None, "hello", {}, [], {"type": "hello"}])
def test_what_names_no_page_is_refused(content: object) -> None:
    with pytest.raises(InputError):
        messages.decode(content)


NAMES = (
    "page",
    "on",
    "seq",
    "audio",
    "text",
    "item_id",
    "position",
    "positions",
    "left",
    "call_id",
    "allow",
)


@given(
    content=ANYTHING
    | st.fixed_dictionaries(
        {"type": st.sampled_from(sorted(READERS))},
        optional={
            name: ANYTHING
            | st.integers()
            | st.text()
            | st.just(WHERE)
            | st.just([WHERE])
            for name in NAMES
        },
    )
)
def test_whatever_a_page_says_is_a_message_or_an_input_error(content: object) -> None:
    try:
        message = messages.decode(content)
    except InputError:
        return
    assert isinstance(message, get_args(messages.PageMessage))


def test_the_kernel_says_what_the_page_is_typed_for() -> None:
    item = Item("item", None, "assistant", "Hi \U0001f600!", "interrupted", 100, 60, 4)
    shown = {
        "id": "item",
        "previous_item_id": None,
        "role": "assistant",
        "text": "Hi \U0001f600!",
        "status": "interrupted",
        "audio_ms": 100,
        "heard_ms": 60,
        "heard_end": 5,
        "replayable": True,
        "call": None,
    }
    kept = frozenset({"item"})

    assert messages.items_message([item], kept) == {"type": "items", "items": [shown]}
    assert messages.snapshot_message("e", 7, [item], frozenset(), P) == {
        "type": "snapshot",
        "epoch": "e",
        "next_seq": 7,
        "items": [{**shown, "replayable": False}],
        "owner": P,
    }
    assert messages.removed_message(["item"]) == {
        "type": "removed",
        "item_ids": ["item"],
    }
    assert messages.flush_message("resp") == {"type": "flush", "response_id": "resp"}
    assert messages.flush_message("") == {"type": "flush", "response_id": None}
    assert messages.hold_message() == {"type": "hold"}
    assert messages.resend_message(1, 2) == {"type": "resend", "from": 1, "to": 2}
    assert messages.chunks_message([]) == {"type": "chunks", "chunks": []}
    assert messages.clip_message("item", b"\1\0", last=True) == {
        "type": "clip",
        "item_id": "item",
        "audio": "AQA=",
        "last": True,
    }
    assert messages.lease_message(None) == {"type": "lease", "owner": None}
    assert messages.ping_message() == {"type": "ping"}


def test_what_nobody_knows_of_what_was_heard_stays_unknown() -> None:
    item = Item("item", None, "assistant", "Hi", "completed", 100, None)
    (shown,) = cast("list[dict[str, object]]", told_items(item))

    assert shown["heard_ms"] is None
    assert shown["heard_end"] is None


def told_items(item: Item) -> object:
    return messages.items_message([item], frozenset())["items"]


@given(text=st.text(max_size=40), data=st.data())
def test_captions_count_in_the_pages_units(text: str, data: st.DataObject) -> None:
    ends = data.draw(st.lists(st.integers(0, len(text)), unique=True).map(sorted))
    marks = [CaptionMark(end, 100 * n) for n, end in enumerate(ends)]
    content = messages.captions_message("item", 3, marks, text)

    units = text.encode("utf-16-le", "surrogatepass")
    pairs = cast("list[list[int]]", content["marks"])
    for end, (unit, _) in zip(ends, pairs, strict=True):
        heard = units[: 2 * unit].decode("utf-16-le", "surrogatepass")
        assert heard == text[:end]
    assert [ms for _, ms in pairs] == [mark.ms for mark in marks]
    assert (content["item_id"], content["from"]) == ("item", 3)


def test_both_sides_know_the_same_messages() -> None:
    page = TYPES.read_text("utf-8").partition("export type PageMessage =")[2]
    declared = re.findall(r'type: "(\w+)"', page.partition("export")[0])

    assert sorted(declared) == sorted(READERS)


def test_both_sides_know_the_same_messages_of_the_kernel() -> None:
    kernel = TYPES.read_text("utf-8").partition("export type KernelMessage =")[2]
    declared = re.findall(r'type: "(\w+)"', kernel.partition("export")[0])
    told = [name.removesuffix("_message") for name in vars(messages)]

    assert sorted(declared) == sorted(
        n for n in told if f"{n}_message" in vars(messages)
    )
