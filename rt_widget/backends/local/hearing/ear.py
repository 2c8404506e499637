"""From the sound that arrives to what the folds understand; runs in a worker thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import soxr

from rt_widget.audio import SAMPLE_RATE_HZ
from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ, VAD_FRAME
from rt_widget.backends.local.hearing.g711 import decode, sample_rate
from rt_widget.backends.local.hearing.resampling import Resampler

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rt_widget.backends.local.engines.base import Vad
    from rt_widget.backends.local.hearing.g711 import AudioFormat


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
        self._rate = SAMPLE_RATE_HZ
        self._resampler = Resampler(self._rate, SPEECH_RATE_HZ)
        self._rest: NDArray[np.int16] = np.zeros(0, np.int16)
        self._detecting = False

    def hear(
        self, sound: bytes, audio_format: AudioFormat = "audio/pcm", *, detect: bool
    ) -> Heard:
        """Take in the next piece, of whole samples."""
        samples = self._resampled(sound, audio_format)
        if not detect:
            self._forget()
            return Heard(samples)
        self._detecting = True
        waiting = np.concatenate([self._rest, samples])
        whole = len(waiting) // VAD_FRAME * VAD_FRAME
        self._rest = waiting[whole:]
        frames = waiting[:whole].reshape(-1, VAD_FRAME)
        return Heard(samples, tuple(map(self._vad.probability, frames)))

    def _resampled(self, sound: bytes, audio_format: AudioFormat) -> NDArray[np.int16]:
        rate = sample_rate(audio_format)
        if rate == self._rate:
            return self._resampler.push(decode(sound, audio_format))
        before = self._resampler.flush()
        self._rate, self._resampler = rate, Resampler(rate, SPEECH_RATE_HZ)
        after = self._resampler.push(decode(sound, audio_format))
        return np.concatenate([before, after])

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
