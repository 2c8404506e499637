from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from rt_widget.replay import CLIP_BYTES, KEPT_BYTES, Replay


def whole(replay: Replay, item_id: str) -> bytes:
    clips = list(replay.clips(item_id))
    assert [clip.last for clip in clips] == [False] * (len(clips) - 1) + [True]
    assert {clip.item_id for clip in clips} == {item_id}
    assert all(len(clip.pcm) == CLIP_BYTES for clip in clips[:-1])
    return b"".join(clip.pcm for clip in clips)


def test_sound_is_given_again_a_second_at_a_time() -> None:
    replay = Replay()
    pcm = bytes(range(256)) * 700
    for start in range(0, len(pcm), 4_800):
        assert replay.add("item", pcm[start : start + 4_800]) == ()

    assert whole(replay, "item") == pcm
    assert len(list(replay.clips("item"))) == 4
    assert replay.item_ids == {"item"}


def test_a_whole_number_of_seconds_has_no_empty_end() -> None:
    replay = Replay()
    replay.add("item", bytes(2 * CLIP_BYTES))

    assert [len(clip.pcm) for clip in replay.clips("item")] == [CLIP_BYTES] * 2


def test_of_what_is_not_here_there_is_an_empty_end() -> None:
    replay = Replay()
    replay.add("item", b"\1\0")
    replay.forget("item")
    replay.forget("never heard of")

    assert whole(replay, "item") == whole(replay, "never heard of") == b""
    assert replay.item_ids == frozenset()


def test_the_oldest_goes_when_there_is_too_much() -> None:
    replay = Replay(limit=10)
    assert replay.add("one", bytes(4)) == ()
    assert replay.add("two", bytes(4)) == ()
    assert replay.add("three", bytes(8)) == ("one", "two")

    assert replay.item_ids == {"three"}
    assert replay.add("one", b"\1\0") == (), "its end alone would be no answer"
    assert replay.item_ids == {"three"}


def test_one_that_is_too_long_alone_is_not_kept() -> None:
    replay = Replay(limit=10)
    for _ in range(20):
        replay.add("endless", bytes(4))
    replay.add("short", bytes(4))

    assert replay.item_ids == {"short"}


def test_what_goes_while_it_is_sent_ends() -> None:
    replay = Replay()
    replay.add("item", bytes(3 * CLIP_BYTES))
    clips = replay.clips("item")
    next(clips)
    replay.forget("item")

    assert [(clip.pcm, clip.last) for clip in clips] == [(b"", True)]


def test_ten_minutes_in_small_pieces_cost_little_more_than_themselves() -> None:
    replay = Replay()
    tracemalloc.start()
    for _ in range(30_000):
        replay.add("item", bytes(960))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert replay.item_ids == {"item"}
    assert most < 2.5 * KEPT_BYTES


@given(
    pieces=st.lists(
        st.tuples(st.sampled_from("abcd"), st.integers(0, 30)), max_size=60
    ),
    limit=st.integers(1, 100),
)
def test_it_is_never_more_than_the_limit_and_never_a_part(
    pieces: list[tuple[str, int]], limit: int
) -> None:
    replay = Replay(limit)
    said: dict[str, bytes] = {}
    for number, (item_id, size) in enumerate(pieces):
        pcm = bytes([number]) * size
        said[item_id] = said.get(item_id, b"") + pcm
        gone = replay.add(item_id, pcm)
        assert replay.item_ids.isdisjoint(gone)
        kept = {name: whole(replay, name) for name in replay.item_ids}
        assert sum(map(len, kept.values())) <= limit
        assert kept == {name: said[name] for name in kept}
