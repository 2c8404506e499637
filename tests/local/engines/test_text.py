from __future__ import annotations

import pytest

from rt_widget.backends.local.engines.detokenise import (
    says_nothing,
    spoken_part,
    text_of,
    without_loops,
)


def test_tokens_become_text_with_all_bytes_of_a_letter() -> None:
    assert text_of(["ĠHello", ",", "Ġcaf", "Ã©", "<|endoftext|>"]) == "Hello, café"
    assert text_of(["Ġæ", "Ĺ", "¥"]) == "日"
    assert text_of(["Ġhalf", "Ġæ", "Ĺ"]) == "half"


@pytest.mark.parametrize(
    ("heard", "words"),
    [
        ("(music)", ""),
        ("[BLANK_AUDIO]", ""),
        ("*sighs* Well, (laughs) yes.", "Well, yes."),
        ("♪ La la la ♪", "La la la"),
        ("...", ""),
        ("It costs 5.", "It costs 5."),
    ],
)
def test_asides_are_not_speech(heard: str, words: str) -> None:
    assert spoken_part(heard) == words


@pytest.mark.parametrize("heard", ["Hmm.", "uh...", "(coughs) Mm."])
@pytest.mark.parametrize("sure", [False, True])
def test_a_hum_says_nothing(heard: str, *, sure: bool) -> None:
    assert says_nothing(heard, sure=sure)


@pytest.mark.parametrize("heard", ["Thank you.", "you", "Bye!", "I'm sorry."])
def test_what_is_made_of_noise_says_nothing_unless_it_was_surely_said(
    heard: str,
) -> None:
    assert says_nothing(heard, sure=False)
    assert not says_nothing(heard, sure=True)


@pytest.mark.parametrize("heard", ["Yes.", "Hmm, yes.", "Thank you, Anna.", "You go."])
def test_words_say_something(heard: str) -> None:
    assert not says_nothing(heard, sure=False)


@pytest.mark.parametrize(
    ("heard", "words"),
    [
        ("five, five, five, five, five", "five"),
        ("I will go. I will go. I will go. I will go. Bye.", "I will go. Bye."),
        ("no, no, no", "no, no, no"),
        ("ten tents", "ten tents"),
    ],
)
def test_loops_are_said_once(heard: str, words: str) -> None:
    assert without_loops(heard) == words
