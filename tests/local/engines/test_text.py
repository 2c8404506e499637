from __future__ import annotations

import pytest

from rt_widget.backends.local.engines.heard_text import (
    is_hum,
    spoken_part,
    without_loops,
)


@pytest.mark.parametrize(
    ("heard", "words"),
    [
        ("(music)", ""),
        ("[BLANK_AUDIO]", ""),
        ("*sighs* Well, (laughs) yes.", "Well, yes."),
        ("♪ La la la ♪", "La la la"),
        ("...", ""),
        ("\"'What is it?'", "What is it?"),
        ("3. How many days?", "How many days?"),
        ("3.5 metres.", "3.5 metres."),
        ('He said "no" and left.', 'He said "no" and left.'),
        ("It costs 5.", "It costs 5."),
    ],
)
def test_asides_are_not_speech(heard: str, words: str) -> None:
    assert spoken_part(heard) == words


@pytest.mark.parametrize("heard", ["Hmm.", "uh...", "(coughs) Mm."])
def test_a_hum_is_no_word(heard: str) -> None:
    assert is_hum(heard)


@pytest.mark.parametrize("heard", ["Yes.", "Hmm, yes.", "Thank you.", "You go."])
def test_words_are_no_hum(heard: str) -> None:
    assert not is_hum(heard)


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
