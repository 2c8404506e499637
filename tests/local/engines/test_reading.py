from __future__ import annotations

import pytest

from rt_widget.backends.local.engines.reading import Reading

SURE = Reading("Take the second road.", confidence=-0.1, is_cut=False)
LOOP = Reading("five, " * 12, confidence=-0.1, is_cut=False)


def test_clear_words_are_not_doubted() -> None:
    assert not SURE.is_doubtful
    assert SURE.words == "Take the second road."


@pytest.mark.parametrize(
    "reading",
    [
        LOOP,
        Reading("Unfortunately, the referee,", confidence=-1.03, is_cut=False),
        Reading("Ten of clubs", confidence=-0.2, is_cut=True),
    ],
)
def test_doubt_is_about_words_loops_and_ends(reading: Reading) -> None:
    assert reading.is_doubtful


def test_what_is_said_over_and_over_is_said_once() -> None:
    assert LOOP.words == "five,"


def test_a_long_text_may_repeat_itself() -> None:
    times = " ".join(f"It was the age of {each}," for each in "abcdefghijklmnopqr")
    passage = Reading(times, confidence=-0.2, is_cut=False)
    assert len(passage.text) > 300
    assert passage.words == times


@pytest.mark.parametrize("text", ["Hmm.", "(music)", "..."])
def test_hums_and_asides_have_no_words(text: str) -> None:
    assert Reading(text, confidence=-0.9, is_cut=False).words == ""
