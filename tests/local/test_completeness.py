from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_widget.backends.local.hearing.completeness import judge, patience_ms, silence_ms
from rt_widget.config import Eagerness, ServerVad

SPOKEN = tomllib.loads(Path("benchmarks/turns.toml").read_text("utf-8"))


@pytest.mark.parametrize("text", SPOKEN["finished"])
def test_a_whole_sentence_is_finished(text: str) -> None:
    assert judge(text) == "finished"


@pytest.mark.parametrize("text", SPOKEN["unfinished"])
def test_a_part_of_a_sentence_is_unfinished_whatever_point_is_written(
    text: str,
) -> None:
    assert judge(text) == "unfinished"
    assert judge(text.rstrip(",") + ".") == "unfinished"
    assert judge(text.rstrip(",") + "...") == "unfinished"


@pytest.mark.parametrize(
    "text",
    [
        "Yes.",
        "And that was that.",
        "I forgot my room number.",
        "Yesterday we met.",
        "Stop.",
        "How are you?",
        "Is that it?",
        "So do I.",
        "Come in.",
        "Turn it on.",
        "Yes, I do.",
        "Hello, Anna.",
        "I'd love to.",
        "What should I buy?",
        "That's what I want.",
        "He is taller than I.",
        "It is number one.",
        "My PIN is 1234.",
        "I got it, thanks.",
        "Do you know what this is?",
        "I don\u2019t know where they are.",
        'She said "hello."',
    ],
)
def test_a_short_or_odd_sentence_is_finished(text: str) -> None:
    assert judge(text) == "finished"


@pytest.mark.parametrize(
    "text", ["So.", "Well,", "Hello. I would like to", "One, two, three.", "It's -"]
)
def test_a_beginning_is_unfinished(text: str) -> None:
    assert judge(text) == "unfinished"


@pytest.mark.parametrize("text", ["", "  ", "...", "(?)"])
def test_no_words_are_nothing(text: str) -> None:
    assert judge(text) == "nothing"


def test_words_without_a_point_are_unclear() -> None:
    assert judge("turn the lights off") == "unclear"


def test_of_other_languages_only_the_punctuation_is_judged() -> None:
    assert judge("Tu was and.", language="de") == "finished"
    assert judge("Ich wollte die", language="de") == "unclear"
    assert judge("Ich wollte die\u2026", language="de") == "unfinished"


def test_the_eager_wait_less_and_auto_is_medium() -> None:
    for text in ("Yes.", "turn it off", "I want to", ""):
        low, medium, high = (silence_ms(text, e) for e in ("low", "medium", "high"))
        assert low > medium > high
        assert silence_ms(text, "auto") == medium


def test_a_whole_sentence_ends_sooner_than_by_the_sound_alone() -> None:
    assert silence_ms("Yes.", "auto") < ServerVad().silence_duration_ms
    assert silence_ms("I want to", "auto") > ServerVad().silence_duration_ms


def test_no_pause_is_longer_than_the_patience() -> None:
    limits: dict[Eagerness, int]
    limits = {"low": 8000, "medium": 4000, "high": 2000, "auto": 4000}
    for eagerness, limit in limits.items():
        assert silence_ms("I want to", eagerness) == patience_ms(eagerness) <= limit


@given(st.text(max_size=80))
def test_any_text_can_be_judged(text: str) -> None:
    assert judge(text) in {"nothing", "finished", "unclear", "unfinished"}
