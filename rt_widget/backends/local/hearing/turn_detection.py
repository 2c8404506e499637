"""Where speech starts, pauses and ends: a fold over speech probabilities."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ, VAD_FRAME

if TYPE_CHECKING:
    from rt_widget.config import ServerVad

FRAME_MS = VAD_FRAME * 1000 // SPEECH_RATE_HZ
"""Length of one frame: 32 ms."""

HYSTERESIS = 0.15
"""How far under the threshold a frame counts as silence."""

ONSET_FRAMES = 3
"""Frames of speech that start a turn: a click has fewer."""

PAUSE_FRAMES = 1
"""Silent frames after which the turn may be over, and its words are wanted: reading
them takes longer than most pauses last. In read English more frames found no fewer
pauses: the detector itself lags behind the sound."""

RESUME_FRAMES = 2
"""Frames of speech that end a pause."""


@dataclass(frozen=True, slots=True)
class Started:
    """Speech began in the frame at `start`, in samples from the start of all sound."""

    start: int


@dataclass(frozen=True, slots=True)
class Paused:
    """Silence that may be the end of the turn."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """It was not the end."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The turn is over at `end`, in samples from the start of all sound."""

    end: int


Signal: TypeAlias = Started | Paused | Resumed | Stopped


class TurnDetector:
    """Fed with one probability for each frame of `VAD_FRAME` samples.

    Args:
        settings: Threshold and silence of the session.
        position: Samples heard before the first frame.
    """

    def __init__(self, settings: ServerVad, *, position: int = 0) -> None:
        self._settings = settings
        self._position = position
        self._onset = self._voiced = self._silent = 0
        self._wait_ms: int | None = None
        self.speaking = False
        self.paused = False

    @property
    def position(self) -> int:
        """Samples heard so far."""
        return self._position

    def configure(self, settings: ServerVad) -> None:
        """Other settings from here on, for a turn that is going on too."""
        self._settings = settings
        self._wait_ms = None

    def wait(self, silence_ms: int) -> None:
        """The pause that is now ends the turn after so much silence in all."""
        if self.paused:
            self._wait_ms = silence_ms

    def settle(self) -> Stopped | None:
        """The end of the turn, if the pause has lasted long enough for it."""
        if not self.speaking or self._silent < self._frames_to_stop():
            return None
        self.reset()
        return Stopped(self._position)

    def push(self, probability: float) -> Signal | None:
        """Take in the next frame; returns what changed, if anything did."""
        self._position += VAD_FRAME
        if self.speaking:
            return self._follow(probability)
        return self._await_onset(probability)

    def reset(self) -> None:
        """The turn was ended by other means: wait for the next onset."""
        self._onset = self._voiced = self._silent = 0
        self._wait_ms = None
        self.speaking = self.paused = False

    def _await_onset(self, probability: float) -> Signal | None:
        if probability >= self._settings.threshold:
            self._onset += 1
        elif self._is_silence(probability):
            self._onset = 0
        if self._onset < ONSET_FRAMES:
            return None
        self.reset()
        self.speaking = True
        return Started(self._position - ONSET_FRAMES * VAD_FRAME)

    def _follow(self, probability: float) -> Signal | None:
        if probability >= self._settings.threshold:
            return self._speech()
        self._voiced = 0
        if self._silent or self._is_silence(probability):
            return self._silence()
        return None

    def _speech(self) -> Signal | None:
        self._voiced += 1
        if self._silent and self._voiced < RESUME_FRAMES:
            return self._silence()
        self._silent = 0
        self._wait_ms = None
        was_paused, self.paused = self.paused, False
        return Resumed() if was_paused else None

    def _silence(self) -> Signal | None:
        self._silent += 1
        over = self.settle()
        if over is not None:
            return over
        if self._silent == PAUSE_FRAMES:
            self.paused = True
            return Paused()
        return None

    def _frames_to_stop(self) -> int:
        wanted = self._settings.silence_duration_ms
        silence_ms = wanted if self._wait_ms is None else self._wait_ms
        return max(1, math.ceil(silence_ms / FRAME_MS))

    def _is_silence(self, probability: float) -> bool:
        return probability < max(self._settings.threshold - HYSTERESIS, 0.01)


def milliseconds(samples: int) -> int:
    """Length of `samples` at `SPEECH_RATE_HZ`."""
    return samples * 1000 // SPEECH_RATE_HZ
