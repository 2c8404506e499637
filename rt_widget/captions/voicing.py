"""Where a voice sounds and where it pauses, from its sound as it comes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np

from rt_widget.audio import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ

FRAME_S = 0.02

PAUSE_FRAMES = 5
"""Quiet frames that are a pause; fewer are part of a word, as before a `t`."""

_FRAME_SAMPLES = round(SAMPLE_RATE_HZ * FRAME_S)
_FRAME_BYTES = _FRAME_SAMPLES * BYTES_PER_SAMPLE
_QUIET = 40.0**2
"""Mean square of 16-bit samples below which nothing sounds."""

_RANGE_DB = 33.0
_CALMING_DB = 0.04
"""How far below the loudest frame a voice goes, and what that loses each frame."""


class Voicing:
    """Runs of voice with pauses between them; all times are seconds of the sound.

    "Voiced" time is the time in runs: it stands still in a pause.
    """

    def __init__(self) -> None:
        self.starts: list[float] = []
        self.ends: list[float] = []
        """Of each run."""
        self.before: list[float] = []
        """Voiced time before each run."""
        self._bytes = 0
        self._rest = b""
        self._frames = 0
        self._loudest_db = -np.inf

    @property
    def seconds(self) -> float:
        """All that has come."""
        return self._bytes / (BYTES_PER_SAMPLE * SAMPLE_RATE_HZ)

    @property
    def voiced(self) -> float:
        """Voiced time so far; a pause that may be none yet is not in it."""
        return self.before[-1] + self.ends[-1] - self.starts[-1] if self.ends else 0.0

    def push(self, pcm: bytes) -> None:
        """More sound: mono PCM16 at 24 kHz, of any length."""
        self._bytes += len(pcm)
        data = self._rest + pcm
        count = len(data) // _FRAME_BYTES
        self._rest = data[count * _FRAME_BYTES :]
        if not count:
            return
        samples = np.frombuffer(data, "<i2", count * _FRAME_SAMPLES).astype(np.int64)
        power = (samples * samples).reshape(count, -1).sum(axis=1) / _FRAME_SAMPLES
        decibels = 10 * np.log10(power + 1)
        # Levels fall with time: those of earlier frames are lifted by it instead.
        lifted = decibels + _CALMING_DB * np.arange(self._frames, self._frames + count)
        loudest = np.maximum(np.maximum.accumulate(lifted), self._loudest_db)
        self._loudest_db = float(loudest[-1])
        is_voiced = (power > _QUIET) & (lifted > loudest - _RANGE_DB)
        edges = np.flatnonzero(np.diff(is_voiced, prepend=False, append=False))
        for start, end in edges.reshape(-1, 2).tolist():
            self._add(self._frames + start, self._frames + end)
        self._frames += count

    def _add(self, start: int, end: int) -> None:
        """Voice from one frame to another."""
        begins, ends = start * FRAME_S, end * FRAME_S
        if self.ends and start - round(self.ends[-1] / FRAME_S) < PAUSE_FRAMES:
            self.ends[-1] = ends
            return
        self.before.append(self.voiced)
        self.starts.append(begins)
        self.ends.append(ends)

    def pause(self, index: int) -> float:
        """How long the pause after run `index` is; the next run has begun."""
        return self.starts[index + 1] - self.ends[index]

    def voiced_at(self, seconds: float) -> float:
        """Voiced time in the first `seconds`."""
        run = bisect_right(self.starts, seconds) - 1
        if run < 0:
            return 0.0
        return self.before[run] + min(seconds, self.ends[run]) - self.starts[run]

    def reached(self, voiced: float) -> float:
        """When so much voiced time has passed, before a pause that follows."""
        return self._at(max(0, bisect_left(self.before, voiced) - 1), voiced)

    def resumed(self, voiced: float) -> float:
        """The same, after the pause."""
        return self._at(bisect_right(self.before, voiced) - 1, voiced)

    def _at(self, run: int, voiced: float) -> float:
        if not self.starts:
            return 0.0
        return min(self.ends[run], self.starts[run] + voiced - self.before[run])
