from __future__ import annotations

from rt_widget.backends.local.speaking.patience import FIRST_WAIT_S, MARGIN_S, Patience


def test_the_first_words_may_wait_a_moment() -> None:
    patience = Patience()
    assert not patience.is_over(10.0)
    patience.wrote(10.0)
    assert not patience.is_over(10.0 + FIRST_WAIT_S - 0.01)
    patience.wrote(10.0 + FIRST_WAIT_S)
    assert patience.is_over(10.0 + FIRST_WAIT_S + 0.01)


def test_with_sound_to_play_there_is_time() -> None:
    patience = Patience()
    patience.wrote(0.0)
    patience.spoke(0.5, 2.0)
    until = 0.0 + FIRST_WAIT_S + MARGIN_S + 2.0
    assert not patience.is_over(until - MARGIN_S - 0.01)
    assert patience.is_over(until - MARGIN_S + 0.01)


def test_sound_that_comes_late_plays_from_when_it_comes() -> None:
    patience = Patience()
    patience.wrote(0.0)
    patience.spoke(5.0, 2.0)
    assert not patience.is_over(7.0 - MARGIN_S - 0.01)
    assert patience.is_over(7.0)
