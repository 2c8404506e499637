"""Another sample rate for sound that comes in pieces, a millisecond or two late."""

from __future__ import annotations

from functools import cache
from math import gcd
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from numpy.typing import NDArray

_REACH = 16
"""Zero crossings of the filter on either side, at the lower of the two rates."""

_BETA = 6.0
"""Of the Kaiser window: what the lower rate cannot hold is 60 dB down."""

_PASS = 0.93
"""Middle of the filter's slope, as a share of the highest frequency there is."""


class Resampler:
    """Mono int16 from one rate to another, sample for sample at the same time.

    A resampler of blocks is twenty times later; in a conversation that is heard.

    Args:
        rate_in: Samples a second that come.
        rate_out: Samples a second that go.
    """

    def __init__(self, rate_in: int, rate_out: int) -> None:
        common = gcd(rate_in, rate_out)
        self._up, self._down = rate_out // common, rate_in // common
        self._filters = _filters(self._up, self._down)
        self._lead = _half(self._up, self._down)
        self._taken = self._given = 0
        self._waiting = np.zeros(self._lead, np.float32)

    def push(self, samples: NDArray[np.int16]) -> NDArray[np.int16]:
        """What can be told of the sound so far and was not given yet."""
        self._taken += len(samples)
        self._waiting = np.concatenate([self._waiting, samples], dtype=np.float32)
        length = len(self._filters)
        steps = max(0, (len(self._waiting) - length) // self._down + 1)
        if not steps:
            return np.zeros(0, np.int16)
        windows = sliding_window_view(self._waiting, length)[:: self._down][:steps]
        made: NDArray[np.float32] = (windows @ self._filters).reshape(-1)
        self._waiting = self._waiting[steps * self._down :]
        self._given += len(made)
        fresh: NDArray[np.int16] = np.rint(made).clip(-32_768, 32_767).astype(np.int16)
        return fresh

    def flush(self) -> NDArray[np.int16]:
        """The rest, as if silence followed; afterwards it begins anew."""
        total = -(-self._taken * self._up // self._down)
        missing = total - self._given
        tail = self.push(np.zeros(len(self._filters) + self._down, np.int16))
        self._taken = self._given = 0
        self._waiting = np.zeros(self._lead, np.float32)
        return tail[:missing]


def _half(up: int, down: int) -> int:
    """Samples that count on either side of a new one."""
    return -(-_REACH * max(up, down) // up)


@cache
def _filters(up: int, down: int) -> NDArray[np.float32]:
    """What makes `up` samples of those around the next `down`: a column for each."""
    half = _half(up, down)
    times = np.arange(up) * down / up
    samples = np.arange(-half, half + int(times[-1]) + 1)
    apart = samples[:, None] - times[None, :]
    cutoff = _PASS * up / max(up, down)
    inside = np.clip(1 - (apart / (half + 1)) ** 2, 0, None)
    window = np.i0(_BETA * np.sqrt(inside)) * (inside > 0)
    weights = np.sinc(cutoff * apart) * window
    level: NDArray[np.float32] = (weights / weights.sum(axis=0)).astype(np.float32)
    return level
