"""Pauses between spoken clauses, in place of the silence that an engine leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAD_S = 0.03
"""Kept before the first sound: soft consonants start under the threshold."""

SENTENCE_S = 0.25
CLAUSE_S = 0.08
"""Kept after the last sound of a sentence, and of a part of one."""

_FLOOR = 0.01
"""Quieter than this share of the loudest sample is silence."""

_SENTENCE_ENDS = ".!?…"


def paced(
    samples: NDArray[np.float32], sample_rate: int, text: str, speed: float
) -> NDArray[np.float32]:
    """`samples` of the spoken `text`, with the silence at both ends cut to a pause."""
    loudness = np.abs(samples)
    loud = np.flatnonzero(loudness > _FLOOR * loudness.max(initial=0.0))
    if not len(loud):
        return samples[:0]
    ends = text.rstrip("\"'\u2019\u201d)]")[-1:]
    pause = (SENTENCE_S if ends in _SENTENCE_ENDS else CLAUSE_S) / speed
    start = max(0, loud[0] - round(LEAD_S * sample_rate))
    body = samples[start : loud[-1] + 1]
    tail = samples[loud[-1] + 1 : loud[-1] + 1 + round(pause * sample_rate)]
    return np.concatenate([body, tail])
