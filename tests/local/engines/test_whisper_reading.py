from __future__ import annotations

import pytest

from rt_widget.backends.local.engines.whisper_reading import Reading

SURE = Reading("Take the second road.", is_cut=False, confidence=-0.3, no_speech=0.05)
UNSURE = Reading("The refer-", is_cut=False, confidence=-1.26, no_speech=0.07)
LOOP = Reading("five, " * 12, is_cut=False, confidence=-0.1, no_speech=0.1)


def test_clear_words_are_not_doubted() -> None:
    assert not SURE.is_doubtful
    assert SURE.words == "Take the second road."


@pytest.mark.parametrize(
    "reading",
    [
        UNSURE,
        LOOP,
        Reading("Ten of clubs", is_cut=True, confidence=-0.2, no_speech=0.1),
        Reading("I'm going to", is_cut=False, confidence=-0.9, no_speech=0.7),
    ],
)
def test_doubt_is_about_words_loops_ends_and_speech(reading: Reading) -> None:
    assert reading.is_doubtful


def test_a_torn_word_of_somebody_who_speaks_is_believed() -> None:
    assert UNSURE.is_believable
    hum = Reading("The", is_cut=False, confidence=-4.56, no_speech=0.42)
    assert not hum.is_believable


def test_of_two_readings_one_without_a_loop_is_better_then_the_surer() -> None:
    assert LOOP.or_better(UNSURE) is UNSURE
    assert UNSURE.or_better(LOOP) is UNSURE
    assert UNSURE.or_better(SURE) is SURE
    assert SURE.or_better(UNSURE) is SURE


def test_long_texts_may_repeat_themselves_more() -> None:
    times = " ".join(f"It was the age of {each}," for each in "abcdefghijklmnopqr")
    passage = Reading(times, is_cut=False, confidence=-0.2, no_speech=0.1)
    assert len(passage.text) > 300
    assert not LOOP.is_runaway or LOOP.words == "five,"
    assert passage.words == times


@pytest.mark.parametrize("text", ["Hmm.", "(music)", "Thank you."])
def test_hums_asides_and_what_noise_becomes_have_no_words(text: str) -> None:
    assert Reading(text, is_cut=False, confidence=-0.9, no_speech=0.5).words == ""
