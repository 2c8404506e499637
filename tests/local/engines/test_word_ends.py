from __future__ import annotations

import pytest

from rt_widget.backends.local.engines.word_ends import group_ends, last_groups

SAID = {"10:30": "ten thirty", "—": "—", "&": "and"}


@pytest.mark.parametrize(
    ("phonemes", "ends"),
    [
        ("", []),
        ("hello there.", [5, 11]),
        ("one, two — “three.”", [3, 8, 17]),
    ],
)
def test_a_spoken_word_ends_before_the_pause_after_it(
    phonemes: str, ends: list[int]
) -> None:
    assert group_ends(phonemes) == ends


def test_words_of_letters_are_one_spoken_word_each() -> None:
    written = ["It\u2019s", '"five"', "(now)."]
    assert last_groups(written, 3, SAID.__getitem__) == [1, 2, 3]


def test_a_figure_may_be_several_words_and_a_sign_none() -> None:
    written = ["At", "10:30", "\u2014", "you", "&", "I."]
    assert last_groups(written, 6, SAID.__getitem__) == [1, 3, 3, 4, 5, 6]


def test_a_difference_is_spread() -> None:
    assert last_groups(["a", "b", "c", "d"], 8, SAID.__getitem__) == [2, 4, 6, 8]
    assert last_groups(["a", "b"], 0, SAID.__getitem__) == [0, 0]
    assert last_groups([], 0, SAID.__getitem__) == []
