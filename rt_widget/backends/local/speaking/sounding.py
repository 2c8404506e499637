"""Speech cut into pieces of sound that tell how much has been said."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from rt_widget.audio import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ, Audio
from rt_widget.backends.local.protocol.pieces import Sound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rt_widget.backends.local.engines.base import Speech

PIECE_BYTES = SAMPLE_RATE_HZ // 10 * BYTES_PER_SAMPLE
"""Longest piece of sound: 100 ms."""


def sounding(
    spoken: Iterable[Speech], sample_rate: int, ends: Sequence[int], said: int = 0
) -> Iterator[Sound]:
    """The sound of a clause in pieces, as it comes.

    The last piece is given out once it is known to be the last.

    Args:
        spoken: The clause.
        sample_rate: Of `spoken`, in Hz.
        ends: For each word of the clause where it ends in the answer, in characters.
        said: Characters of the answer that were said before.
    """
    held: Sound | None = None
    done = 0
    for speech in spoken:
        for sound in _pieces(speech, sample_rate, (said, *ends), done):
            if held is not None:
                yield held
            held = sound
        done += len(speech.word_ends)
    if held is not None:
        yield replace(held, text_end=max(held.text_end, ends[-1]))


def _pieces(
    speech: Speech, sample_rate: int, said: Sequence[int], done: int
) -> Iterator[Sound]:
    """`said` are characters after so many words, of which `done` are over."""
    pcm = Audio(speech.samples, sample_rate).to_pcm16()
    scale = BYTES_PER_SAMPLE * SAMPLE_RATE_HZ / sample_rate
    for start in range(0, len(pcm), PIECE_BYTES):
        end = min(start + PIECE_BYTES, len(pcm))
        words = done + bisect_right(speech.word_ends, end / scale)
        text_end = said[min(words, len(said) - 1)] if speech.word_ends else 0
        yield Sound(pcm[start:end], text_end)
