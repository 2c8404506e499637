"""From the sound that arrives to what the folds understand; runs in a worker thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import soxr

from rt_widget.audio import SAMPLE_RATE_HZ
from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ, VAD_FRAME

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rt_widget.backends.local.engines.base import Vad


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """A piece of sound, resampled.

    Args:
        samples: Mono at `SPEECH_RATE_HZ`.
        probabilities: Of speech, for each frame of `VAD_FRAME` samples that this
            piece completes; empty where nobody asked.
    """

    samples: NDArray[np.int16]
    probabilities: tuple[float, ...] = ()


class Ear:
    """Resamples a stream of sound, and tells speech from silence in it.

    Args:
        vad: Hears speech; it is this ear's own.
    """

    def __init__(self, vad: Vad) -> None:
        self._vad = vad
        # Low quality is transparent for speech and 15 ms sooner than high.
        self._resampler = soxr.ResampleStream(
            SAMPLE_RATE_HZ, SPEECH_RATE_HZ, 1, dtype="int16", quality="LQ"
        )
        self._rest: NDArray[np.int16] = np.zeros(0, np.int16)
        self._detecting = False

    def hear(self, pcm: bytes, *, detect: bool) -> Heard:
        """Take in mono PCM16 at 24 kHz."""
        samples = self._resampler.resample_chunk(np.frombuffer(pcm, "<i2"))
        if not detect:
            self._forget()
            return Heard(samples)
        self._detecting = True
        waiting = np.concatenate([self._rest, samples])
        whole = len(waiting) // VAD_FRAME * VAD_FRAME
        self._rest = waiting[whole:]
        frames = waiting[:whole].reshape(-1, VAD_FRAME)
        return Heard(samples, tuple(map(self._vad.probability, frames)))

    def _forget(self) -> None:
        if self._detecting:
            self._detecting = False
            self._rest = self._rest[:0]
            self._vad.reset()


def resampled(pcm: bytes) -> NDArray[np.int16]:
    """A whole recording, mono PCM16 at 24 kHz, at `SPEECH_RATE_HZ`."""
    samples = np.frombuffer(pcm, "<i2")
    out: NDArray[np.int16] = soxr.resample(samples, SAMPLE_RATE_HZ, SPEECH_RATE_HZ)
    return out


def as_float(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """Samples in [-1, 1), as speech recognition wants them."""
    return samples.astype(np.float32) / np.float32(32_768)
