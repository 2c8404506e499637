"""Parts of a message: what stays of an answer that was not heard to its end."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rt_widget.backends.local.conversation.parts import Part


def spoken() -> Part:
    """Two seconds, a second for each of its two sentences."""
    part = Part(is_audio=True, text="It is Paris now. It was Rome.")
    part.add_sound(1000.0, 16)
    part.add_sound(1000.0, 29)
    return part


@pytest.mark.parametrize(
    ("heard_ms", "kept"),
    [
        (0, ""),
        (500, "It is"),
        (1000, "It is Paris now."),
        (1500, "It is Paris now. It"),
        (2000, "It is Paris now. It was Rome."),
    ],
)
def test_of_a_cut_answer_the_words_that_were_heard_stay(
    heard_ms: int, kept: str
) -> None:
    part = spoken()
    part.cut(heard_ms, is_whole=True)
    assert part.text == kept
    assert part.audio_ms == heard_ms


def test_a_cut_answer_can_be_cut_again() -> None:
    part = spoken()
    part.cut(1500, is_whole=True)
    part.cut(1000, is_whole=True)
    assert part.text == "It is Paris now."
    assert part.audio_ms == 1000


@settings(deadline=None)
@given(st.integers(0, 2000), st.integers(0, 2000))
def test_hearing_less_never_keeps_more(one: int, other: int) -> None:
    shorter, longer = spoken(), spoken()
    shorter.cut(min(one, other), is_whole=True)
    longer.cut(max(one, other), is_whole=True)
    assert longer.text.startswith(shorter.text)
