"""Longer or shorter speech at the same pitch (WSOLA)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WINDOW_S = 0.04
_REACH_S = 0.01


def stretched(
    samples: NDArray[np.float32], length: int, sample_rate: int
) -> NDArray[np.float32]:
    """`samples` drawn out or pulled together to `length` samples.

    Overlapping windows are laid at a steady distance; each is taken from where,
    within 10 ms of its due place, the wave goes on most like the one before.

    Args:
        samples: Mono speech.
        length: Samples to make.
        sample_rate: In Hz.
    """
    step = round(_WINDOW_S * sample_rate / 2)
    reach = round(_REACH_S * sample_rate)
    window = np.hanning(2 * step + 1)[:-1].astype(np.float32)
    count = length // step + 2
    padded = np.pad(samples, (step + reach, 3 * step + 2 * reach))
    ratio = len(samples) / max(length, 1)
    out = np.zeros((count + 1) * step, dtype=np.float32)
    taken = reach
    for place in range(count):
        due = reach + min(round(place * step * ratio), len(samples))
        if place:
            taken = due + _best_shift(padded, taken + step, due, step, reach)
        out[place * step : (place + 2) * step] += (
            padded[taken : taken + 2 * step] * window
        )
    return out[step : step + length]


def _best_shift(
    samples: NDArray[np.float32], natural: int, due: int, step: int, reach: int
) -> int:
    wanted = samples[natural : natural + 2 * step]
    around = samples[due - reach : due + reach + 2 * step]
    likeness = np.correlate(around, wanted, mode="valid")
    squares = np.concatenate(([0.0], np.cumsum(around.astype(np.float64) ** 2)))
    energy = squares[2 * step :] - squares[: -2 * step]
    return int(np.argmax(likeness / np.sqrt(energy + 1e-6))) - reach
