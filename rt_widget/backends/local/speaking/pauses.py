"""Pauses between spoken clauses, in place of the silence that an engine leaves."""

from __future__ import annotations

import numpy as np

from rt_widget.backends.local.engines.base import Speech

LEAD_S = 0.03
"""Kept before the first sound: soft consonants start under the threshold."""

SENTENCE_S = 0.25
CLAUSE_S = 0.08
"""Kept after the last sound of a sentence, and of a part of one."""

_FLOOR = 0.01
"""Quieter than this share of the loudest sample is silence."""

_SENTENCE_ENDS = ".!?…"


def paced(speech: Speech, sample_rate: int, text: str) -> Speech:
    """The spoken `text`, with the silence at both ends cut to a pause."""
    samples = speech.samples
    loudness = np.abs(samples)
    loud = np.flatnonzero(loudness > _FLOOR * loudness.max(initial=0.0))
    if not len(loud):
        return Speech(samples[:0])
    ends = text.rstrip("\"'\u2019\u201d)]")[-1:]
    pause = SENTENCE_S if ends in _SENTENCE_ENDS else CLAUSE_S
    start = max(0, int(loud[0]) - round(LEAD_S * sample_rate))
    last = int(loud[-1]) + 1
    kept = samples[start : last + round(pause * sample_rate)]
    places = (min(max(0, end - start), len(kept)) for end in speech.word_ends)
    return Speech(kept, tuple(places))
