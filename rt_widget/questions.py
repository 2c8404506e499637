"""What can be asked, and what can be said: checked before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass

from rt_widget.audio import Audio
from rt_widget.chunks import clean_text
from rt_widget.errors import InputError

SPEECH_LIMIT = 4_000
"""Longest text of one `say`, in characters: about five minutes of speech."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Words that the voice is to say as they are, and no others."""

    text: str


def check_question(question: object) -> str | Audio:
    """A question that can be put.

    Args:
        question: A text, an `Audio`, an array of samples at 24 kHz, or a WAV file as
            bytes or as a `Path`.

    Raises:
        InputError: neither a text that says something nor sound.
    """
    if isinstance(question, str):
        if question.strip():
            return clean_text(question)
    elif question is not None:
        audio = Audio.of(question)
        if len(audio.samples):
            return audio
    msg = f"There is nothing to ask in {question!r:.60}."
    raise InputError(msg, hint="Give a text, or an Audio.")


def check_lines(text: object) -> Lines:
    """A text that the voice can say.

    Raises:
        InputError: no text, nothing to say in it, or more than `SPEECH_LIMIT`.
    """
    if not isinstance(text, str) or not text.strip():
        msg = f"There is nothing to say in {text!r:.60}."
        raise InputError(msg, hint="Give a text.")
    if len(text) > SPEECH_LIMIT:
        msg = f"The text has {len(text):,} characters."
        raise InputError(msg, hint=f"Say at most {SPEECH_LIMIT:,} at a time.")
    return Lines(clean_text(text.strip()))
