from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rt_widget.backends.local.hearing.live_transcript import LiveTranscript


def test_words_come_once_two_readings_agree() -> None:
    live = LiveTranscript()
    assert live.update("What is") == ""
    assert live.update("What is the cap") == "What"
    assert live.update("What is the capital of") == " is the"
    assert live.update("What is the capital of France?") == " capital"


def test_nothing_is_taken_back_when_a_reading_changes() -> None:
    live = LiveTranscript()
    live.update("I can see it")
    assert live.update("I can see it now") == "I can see"
    assert live.update("Ice cream is good") == ""
    assert live.update("Ice cream is good now") == ""
    assert live.update("I can see it now here") == ""
    assert live.update("I can see it now here too") == " it now"


def test_case_and_punctuation_may_change() -> None:
    live = LiveTranscript()
    live.update("well, Yes it is")
    assert live.update("Well yes, it is so") == "Well yes, it"


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=6), max_size=12))
def test_what_was_given_only_grows(readings: list[list[str]]) -> None:
    live = LiveTranscript()
    given_so_far = ""
    for reading in readings:
        delta = live.update(" ".join(reading))
        given_so_far += delta
        if delta:
            assert " ".join(reading).startswith(given_so_far)
