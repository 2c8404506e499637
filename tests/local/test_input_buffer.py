from __future__ import annotations

import tracemalloc

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ
from rt_widget.backends.local.hearing.input_buffer import LONGEST_S, InputAudioBuffer


def counting(start: int, count: int) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return np.arange(start, start + count).astype(np.int16)


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 40), max_size=20),
    st.integers(-10, 900),
    st.integers(-10, 900),
    st.integers(-10, 900),
)
def test_positions_mean_the_same_whatever_the_pieces(
    lengths: list[int], forgotten: int, start: int, end: int
) -> None:
    buffer = InputAudioBuffer()
    for length in lengths:
        buffer.append(counting(buffer.end, length))
    buffer.forget_before(forgotten)
    total = sum(lengths)
    kept = min(max(forgotten, 0), total)
    assert (buffer.start, buffer.end) == (kept, total)
    wanted = [at for at in range(total) if max(start, kept) <= at < end]
    assert buffer.cut(start, end).tolist() == wanted


def test_cut_goes_to_the_end_when_none_is_named() -> None:
    buffer = InputAudioBuffer()
    buffer.append(counting(0, 10))
    assert buffer.cut(4).tolist() == [4, 5, 6, 7, 8, 9]


def test_clear_forgets_and_positions_go_on() -> None:
    buffer = InputAudioBuffer()
    buffer.append(counting(0, 10))
    buffer.clear()
    buffer.append(counting(10, 5))
    assert (buffer.start, buffer.end) == (10, 15)
    assert buffer.cut(0).tolist() == [10, 11, 12, 13, 14]


def test_of_an_endless_turn_the_beginning_is_forgotten() -> None:
    buffer = InputAudioBuffer()
    minute = np.zeros(60 * SPEECH_RATE_HZ, np.int16)
    for _ in range(LONGEST_S // 60 + 2):
        buffer.append(minute)
    assert buffer.end - buffer.start == LONGEST_S * SPEECH_RATE_HZ


def test_of_one_endless_piece_the_end_is_kept() -> None:
    buffer = InputAudioBuffer()
    buffer.append(counting(0, 7))
    longest = LONGEST_S * SPEECH_RATE_HZ
    buffer.append(counting(7, longest + 5))
    assert (buffer.start, buffer.end) == (12, longest + 12)
    assert buffer.cut(0)[:3].tolist() == [12, 13, 14]
    buffer.append(counting(longest + 12, 2))
    assert buffer.start == 14
    assert buffer.cut(longest + 11).tolist() == counting(longest + 11, 3).tolist()


def test_hours_of_the_smallest_pieces_take_no_more_room_than_large_ones() -> None:
    buffer = InputAudioBuffer()
    one = counting(0, 1)
    tracemalloc.start()
    for _ in range(8_000):
        buffer.append(one)
        buffer.forget_before(buffer.end - 6_400)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (buffer.end, buffer.end - buffer.start) == (8_000, 6_400)
    assert held < 200_000


def test_the_room_of_a_long_turn_is_given_back() -> None:
    buffer = InputAudioBuffer()
    tracemalloc.start()
    buffer.append(counting(0, 4_000_000))
    turn = buffer.cut(10, 20)
    buffer.forget_before(3_999_000)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 200_000
    assert turn.tolist() == list(range(10, 20))
    assert buffer.cut(3_999_998).tolist() == counting(3_999_998, 2).tolist()
