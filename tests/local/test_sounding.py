from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_widget.backends.local.engines.base import Speech
from rt_widget.backends.local.speaking.sounding import PIECE_BYTES, sounding

RATE = 24_000
TENTH = RATE // 10


def speech(tenths: int, *word_ends: int, rate: int = RATE) -> Speech:
    samples = np.full(tenths * rate // 10, 0.5, np.float32)
    return Speech(samples, tuple(end * rate // 10 for end in word_ends))


def said(*spoken: Speech, ends: list[int], before: int = 0) -> list[int]:
    return [s.text_end for s in sounding(spoken, RATE, ends, before)]


def test_each_piece_tells_how_much_is_said_by_its_end() -> None:
    spoken = speech(6, 2, 3, 5)
    assert said(spoken, ends=[4, 9, 12]) == [0, 4, 9, 9, 12, 12]
    assert said(spoken, ends=[24, 29, 32], before=20) == [20, 24, 29, 29, 32, 32]


def test_words_go_on_in_the_next_sentence() -> None:
    assert said(speech(2, 1), speech(3, 1, 2), ends=[4, 9, 12]) == [4, 4, 9, 12, 12]


def test_the_last_piece_says_the_whole_clause() -> None:
    assert said(speech(3, 1, 3), ends=[4, 9, 15]) == [4, 4, 15]


def test_an_engine_that_tells_nothing_leaves_the_pieces_inside_unknown() -> None:
    assert said(speech(2), speech(3), ends=[4, 9], before=2) == [0, 0, 0, 0, 9]


def test_nothing_spoken_is_no_sound() -> None:
    assert said(ends=[4]) == []
    assert said(speech(0), ends=[4]) == []


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_positions_are_those_of_the_sound_on_the_wire(rate: int) -> None:
    pieces = list(sounding([speech(4, 2, 4, rate=rate)], rate, [4, 9]))
    assert [piece.text_end for piece in pieces] == [0, 4, 4, 9]
    assert {len(piece.audio) for piece in pieces} == {PIECE_BYTES}


@given(st.lists(st.integers(0, 4000), min_size=1, max_size=9), st.integers(1, 9000))
def test_what_is_said_never_becomes_less(gaps: list[int], length: int) -> None:
    word_ends = tuple(min(int(at), length) for at in np.cumsum(gaps))
    samples = np.full(length, 0.5, np.float32)
    ends = [5 * (word + 1) for word in range(len(gaps))]
    pieces = list(sounding([Speech(samples, word_ends)], RATE, ends))
    told = [piece.text_end for piece in pieces]
    assert told == sorted(told)
    assert told[-1] == ends[-1]
    assert sum(len(piece.audio) for piece in pieces) == 2 * length
