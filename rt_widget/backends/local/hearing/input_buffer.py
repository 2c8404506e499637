"""The sound that the person sent and that is not yet part of an item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST_S = 300
"""Seconds that are kept; of a longer turn the beginning is forgotten."""

_ROOM = 2 * SPEECH_RATE_HZ
"""Samples that there is room for at least."""


class InputAudioBuffer:
    """Mono int16 at `SPEECH_RATE_HZ`, addressed by samples since the session began.

    Whatever the size of the pieces, a sample costs the same; the room for them grows
    and shrinks with what is kept.
    """

    def __init__(self) -> None:
        self._room: NDArray[np.int16] = np.zeros(_ROOM, np.int16)
        self._origin = 0
        """Position of the first sample in the room."""
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
        longest = LONGEST_S * SPEECH_RATE_HZ
        skipped = max(0, len(samples) - longest)
        if skipped:
            self._start = self._end = self._origin = self._end + skipped
            samples = samples[skipped:]
        self.forget_before(self._end + len(samples) - longest)
        if self._end - self._origin + len(samples) > len(self._room):
            self._move(len(samples))
        at = self._end - self._origin
        self._room[at : at + len(samples)] = samples
        self._end += len(samples)

    def cut(self, start: int, end: int | None = None) -> NDArray[np.int16]:
        """A copy of what was heard between two positions, as far as it is kept."""
        last = self._end if end is None else min(end, self._end)
        first = max(start, self._start)
        kept = self._room[first - self._origin : max(first, last) - self._origin]
        return kept.copy()

    def forget_before(self, position: int) -> None:
        """Drop what was heard before `position`."""
        self._start = max(self._start, min(position, self._end))
        if len(self._room) > max(_ROOM, 8 * (self._end - self._start)):
            self._move(0)

    def clear(self) -> None:
        """Forget all of it; positions go on."""
        self.forget_before(self._end)

    def _move(self, coming: int) -> None:
        """What is kept goes to the front of a room that has as much again free."""
        kept = self.cut(self._start)
        self._room = np.zeros(max(_ROOM, 2 * (len(kept) + coming)), np.int16)
        self._room[: len(kept)] = kept
        self._origin = self._start
