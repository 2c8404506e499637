from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rt_widget import events
from rt_widget.captions import CaptionMark, Captions
from rt_widget.conversation import Conversation, Item
from rt_widget.heard import Heard
from rt_widget.playback import PlaybackPosition
from rt_widget.updates import CaptionsChanged, ItemsChanged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rt_widget.heard import Consequence

WORDS = "One, two, three, four."


class OneWordASecond(Captions):
    """Knows that each word of `WORDS` takes a second."""

    def apply(self, event: events.ServerEvent) -> tuple[str, int] | None:
        return ("item", 1) if isinstance(event, events.AudioDelta) else None

    def marks(self, item_id: str) -> tuple[CaptionMark, ...]:
        ends = [len(WORDS[:n]) for n in (4, 9, 16, 22)]
        marks = (CaptionMark(end, 1_000 * n) for n, end in enumerate(ends, start=1))
        return tuple(marks) if item_id == "item" else ()

    def heard_end(self, item_id: str, ms: int) -> int | None:
        said = [mark.end for mark in self.marks(item_id) if mark.ms <= ms]
        return max(said, default=0) if self.marks(item_id) else None


class Listening:
    """An answer of four seconds, and a page that plays it."""

    def __init__(self, *, is_complete: bool = True) -> None:
        self.conversation = Conversation()
        self.conversation.captions = OneWordASecond()
        self.heard = Heard(self.conversation)
        self.take(events.TranscriptDelta("resp", "item", WORDS))
        self.take(events.AudioDelta("resp", "item", bytes(4 * 48_000)))
        if is_complete:
            self.take(events.AudioDone("resp", "item"))

    def take(self, event: events.ServerEvent) -> list[Consequence]:
        self.conversation.apply(event)
        return [*self.heard.apply(event), *self.heard.caption(event)]

    def play(self, ms: int, *, ended: bool = False) -> list[Consequence]:
        return list(self.heard.played(at(ms), ended=ended))

    def cut(self, *positions: PlaybackPosition) -> list[Consequence]:
        return list(self.heard.cut(positions))

    def item(self, item_id: str = "item") -> Item:
        item = self.conversation.item(item_id)
        assert item is not None
        return item


def at(ms: int, item_id: str = "item") -> PlaybackPosition:
    return PlaybackPosition(item_id, 0, ms * 24)


def sent(consequences: Sequence[Consequence]) -> list[tuple[str, int]]:
    """Items that are truncated or, at 0, deleted."""
    return [
        (each.item_id, getattr(each, "audio_end_ms", 0))
        for each in consequences
        if not isinstance(each, ItemsChanged | CaptionsChanged)
    ]


def test_nothing_is_known_to_be_heard_before_a_page_says_so() -> None:
    item = Listening().item()

    assert (item.heard_ms, item.heard_end, item.heard_text) == (None, None, WORDS)


def test_what_is_heard_grows_as_it_is_played_and_is_not_told() -> None:
    listening = Listening()
    told, heard = [], []
    for ms in (0, 1_500, 2_000, 1_000):
        told += listening.play(ms)
        heard.append((listening.item().heard_ms, listening.item().heard_text))

    assert told == []
    assert heard == [
        (0, ""),
        (1_500, "One,"),
        (2_000, "One, two,"),
        (2_000, "One, two,"),
    ]


def test_at_the_end_all_was_heard() -> None:
    listening = Listening()

    assert ItemsChanged(("item",)) in listening.play(4_000, ended=True)
    item = listening.item()
    assert (item.heard_ms, item.heard_text) == (item.audio_ms, WORDS)


def test_a_cut_holds_at_once_and_keeps_the_whole_text() -> None:
    listening = Listening()
    consequences = listening.cut(at(2_500))

    assert sent(consequences) == [("item", 2_500)]
    assert consequences[-1] == ItemsChanged(("item",))
    item = listening.item()
    assert (item.status, item.heard_ms) == ("interrupted", 2_500)
    assert (item.heard_text, item.text) == ("One, two,", WORDS)
    assert listening.conversation.transcript == "assistant: One, two,…"


def test_cuts_that_come_again_change_nothing() -> None:
    listening = Listening()
    listening.cut(at(2_500))

    assert listening.cut(at(2_500), at(0)) == []
    assert listening.cut(at(3_000)) == []
    assert listening.play(3_500) == []
    assert listening.item().heard_ms == 2_500


@pytest.mark.parametrize(("confirmed", "heard"), [(3_000, 2_500), (2_415, 2_415)])
def test_the_servers_confirmation_makes_it_no_longer(
    confirmed: int, heard: int
) -> None:
    listening = Listening()
    listening.cut(at(2_500))
    listening.take(events.ItemTruncated("item", 0, confirmed))
    listening.take(events.ItemDone(events.WireItem("item", role="assistant")))

    assert listening.item().heard_ms == heard
    assert listening.item().text == WORDS


def test_items_that_had_not_begun_are_deleted() -> None:
    listening = Listening()
    listening.take(events.AudioDelta("resp", "next", bytes(48_000)))

    assert sent(listening.cut(at(1_000), at(0, "next"))) == [
        ("item", 1_000),
        ("next", 0),
    ]


def test_items_of_that_answer_that_never_reached_the_page_are_deleted_too() -> None:
    listening = Listening()
    listening.take(events.AudioDelta("resp", "next", bytes(48_000)))
    listening.take(events.AudioDelta("other", "answer", bytes(48_000)))

    assert sent(listening.cut(at(1_000))) == [("item", 1_000), ("next", 0)]


def test_an_item_that_was_heard_whole_is_left_whole() -> None:
    listening = Listening()

    assert listening.cut(at(4_000)) == [ItemsChanged(("item",))]
    assert listening.item().heard_text == WORDS


def test_a_cut_answers_where_nothing_was_played() -> None:
    assert Listening().cut() == []


def test_a_page_that_plays_the_next_item_has_played_this_one() -> None:
    listening = Listening()
    listening.play(1_000)
    listening.take(events.AudioDelta("resp", "next", bytes(48_000)))
    told = list(listening.heard.played(at(0, "next"), ended=False))

    assert told == [ItemsChanged(("item",))]
    assert listening.item().heard_ms == 4_000


def test_a_page_that_has_run_dry_tells_how_far_it_came() -> None:
    listening = Listening(is_complete=False)

    assert listening.play(4_000, ended=True) == [ItemsChanged(("item",))]
    assert listening.item().heard_ms == 4_000
    assert listening.take(events.AudioDone("resp", "item")) == [ItemsChanged(("item",))]


def test_new_marks_are_told_from_the_first_new_one_on() -> None:
    listening = Listening()
    (told,) = listening.take(events.AudioDelta("resp", "item", b""))

    assert isinstance(told, CaptionsChanged)
    assert (told.item_id, told.first) == ("item", 1)
    assert told.marks == OneWordASecond().marks("item")[1:]
