from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_widget import events
from rt_widget.playback import Playback, PlaybackPosition

ITEM = "item"


def playback_of(*sizes: int, is_complete: bool = False) -> Playback:
    """Playback of an item whose deltas have these numbers of samples."""
    playback = Playback()
    for size in sizes:
        playback.apply(events.AudioDelta("resp", ITEM, bytes(2 * size)))
    if is_complete:
        playback.apply(events.AudioDone("resp", ITEM))
    return playback


def at(samples: int, item_id: str = ITEM, content_index: int = 0) -> PlaybackPosition:
    return PlaybackPosition(item_id, content_index, samples)


def cut_ms(playback: Playback, samples: int) -> int:
    cut = playback.cut(at(samples))
    assert isinstance(cut, events.ItemTruncate)
    assert (cut.item_id, cut.content_index) == (ITEM, 0)
    return cut.audio_end_ms


def test_a_cut_is_where_the_listener_was() -> None:
    assert cut_ms(playback_of(24_000, 24_000), 36_000) == 1_500


def test_a_cut_is_rounded_down() -> None:
    assert cut_ms(playback_of(48_000), 24_023) == 1_000


def test_a_cut_never_passes_what_was_received() -> None:
    assert cut_ms(playback_of(2_400), 1_000_000) == 100


def test_an_item_of_which_nothing_was_heard_is_deleted() -> None:
    cut = playback_of(2_400).cut(at(0))

    assert isinstance(cut, events.ItemDelete)
    assert cut.item_id == ITEM


def test_nothing_is_cut_of_what_was_heard_to_the_end() -> None:
    playback = playback_of(2_400, is_complete=True)

    assert playback.cut(at(2_400)) is None
    assert cut_ms(playback, 2_399) == 99


@pytest.mark.parametrize("where", [at(10, "other"), at(10, ITEM, 1)])
def test_nothing_is_cut_of_what_nobody_knows(where: PlaybackPosition) -> None:
    assert playback_of(2_400).cut(where) is None


@pytest.mark.parametrize(
    "event", [events.ItemTruncated(ITEM, 0, 50), events.ItemDeleted(ITEM)]
)
def test_what_is_settled_is_forgotten(event: events.ServerEvent) -> None:
    playback = playback_of(2_400)
    playback.apply(event)

    assert playback.cut(at(100)) is None


def test_an_item_that_was_played_to_its_end_is_forgotten() -> None:
    playback = playback_of(2_400, is_complete=True)

    assert playback.played(at(2_400)) == (ITEM,)
    assert playback.cut(at(10)) is None


def test_a_page_that_has_run_dry_has_not_heard_the_end() -> None:
    playback = playback_of(2_400)
    assert playback.played(at(2_400)) == ()
    playback.apply(events.AudioDelta("resp", ITEM, bytes(4_800)))

    assert cut_ms(playback, 3_600) == 150


@given(
    sizes=st.lists(st.integers(0, 50_000), min_size=1, max_size=6),
    played=st.integers(0, 400_000),
    is_complete=st.booleans(),
)
def test_no_truncation_is_one_that_the_service_refuses(
    sizes: list[int], played: int, *, is_complete: bool
) -> None:
    cut = playback_of(*sizes, is_complete=is_complete).cut(at(played))

    if isinstance(cut, events.ItemTruncate):
        assert 0 <= cut.audio_end_ms <= sum(sizes) * 1000 // 24_000
        assert cut.audio_end_ms <= played * 1000 // 24_000


def test_a_cut_is_told_once() -> None:
    playback = playback_of(2_400)

    assert cut_ms(playback, 1_200) == 50
    assert playback.cut(at(1_200)) is None
    playback.apply(events.AudioDelta("resp", ITEM, bytes(4_800)))
    assert playback.cut(at(2_400)) is None


def test_less_than_a_millisecond_is_nothing() -> None:
    assert isinstance(playback_of(2_400).cut(at(23)), events.ItemDelete)


@pytest.mark.parametrize(
    "end",
    [
        events.AudioDone("resp", ITEM),
        events.ResponseDone(events.WireResponse("resp", "incomplete")),
    ],
)
def test_a_page_may_come_to_the_end_before_the_server_says_that_it_is_one(
    end: events.ServerEvent,
) -> None:
    playback = playback_of(2_400)
    assert playback.played(at(2_400)) == ()

    assert playback.apply(end) == (ITEM,)
    assert not playback.is_audible


def test_an_item_that_follows_says_that_those_before_it_are_over() -> None:
    playback = playback_of(2_400, is_complete=True)
    playback.apply(events.AudioDelta("resp", "next", bytes(4_800)))

    assert playback.played(at(10, "next")) == (ITEM,)
    assert playback.cut(at(10)) is None


def test_more_may_have_been_sent_of_a_dead_answer_than_was_taken() -> None:
    playback = playback_of(2_400)
    playback.kill("resp")
    playback.apply(events.ResponseDone(events.WireResponse("resp", "completed")))

    assert cut_ms(playback, 2_400) == 100


def test_sound_is_audible_from_its_coming_to_its_end() -> None:
    playback = playback_of(2_400, is_complete=True)
    audible = [playback.is_audible]
    for samples in (0, 100, 2_400):
        playback.played(at(samples))
        audible.append(playback.is_audible)

    # Before the first report there may be no page.
    assert audible == [False, True, True, False]


@pytest.mark.parametrize("response_id", ["resp", None])
def test_what_is_dead_is_not_audible(response_id: str | None) -> None:
    playback = playback_of(2_400)
    playback.played(at(100))
    audible = []
    for each in ("another", response_id):
        playback.kill(each)
        audible.append(playback.is_audible)

    assert audible == [True, False]


def test_items_of_the_same_answer_that_came_later_had_not_begun() -> None:
    playback = playback_of(2_400)
    playback.apply(events.AudioDelta("resp", "next", bytes(480)))
    playback.apply(events.AudioDelta("other", "third", bytes(480)))

    assert playback.after(at(100)) == (at(0, "next"),)
    assert playback.after(at(100, "third")) == ()
    assert playback.after(at(100, "nobody")) == ()
