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
    playback.ended(at(2_400))

    assert playback.cut(at(10)) is None


def test_a_page_that_has_run_dry_has_not_heard_the_end() -> None:
    playback = playback_of(2_400)
    playback.ended(at(2_400))
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
