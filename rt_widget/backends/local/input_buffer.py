"""The sound that the person sent and that is not yet part of an item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST_S = 300
"""Seconds that are kept; of a longer turn the beginning is forgotten."""


class InputAudioBuffer:
    """Mono int16 at `SPEECH_RATE_HZ`, addressed by samples since the session began."""

    def __init__(self) -> None:
        self._pieces: list[NDArray[np.int16]] = []
        self._start = self._end = 0

    @property
    def start(self) -> int:
        """Position of the first sample that is kept."""
        return self._start

    @property
    def end(self) -> int:
        """Position after the last sample."""
        return self._end

    def append(self, samples: NDArray[np.int16]) -> None:
        """Add what was heard next."""
        if len(samples):
            self._pieces.append(samples)
            self._end += len(samples)
        self.forget_before(self._end - LONGEST_S * SPEECH_RATE_HZ)

    def cut(self, start: int, end: int | None = None) -> NDArray[np.int16]:
        """What was heard between two positions, as far as it is kept."""
        if not self._pieces:
            return np.zeros(0, np.int16)
        if len(self._pieces) > 1:
            self._pieces = [np.concatenate(self._pieces)]
        first, last = (
            max(0, position - self._start)
            for position in (start, self._end if end is None else end)
        )
        return self._pieces[0][first:last]

    def forget_before(self, position: int) -> None:
        """Drop what was heard before `position`."""
        while self._pieces and self._start < position:
            length = len(self._pieces[0])
            drop = min(length, position - self._start)
            self._start += drop
            if drop == length:
                del self._pieces[0]
            else:
                self._pieces[0] = self._pieces[0][drop:]

    def clear(self) -> None:
        """Forget all of it; positions go on."""
        self._pieces.clear()
        self._start = self._end
