"""The formats of a session's sound: PCM16 at 24 kHz, and G.711 at 8 kHz, both laws."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import soxr

from rt_widget.audio import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ
from rt_widget.backends.local.hearing.resampling import Resampler
from rt_widget.wav import a_law, mu_law

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

AudioFormat: TypeAlias = Literal["audio/pcm", "audio/pcmu", "audio/pcma"]
"""By the names of the protocol: linear, mu-law, A-law."""

G711_RATE_HZ = 8_000

_PIECES_A_SECOND = 10


def sample_rate(audio_format: AudioFormat) -> int:
    """Samples a second."""
    return SAMPLE_RATE_HZ if audio_format == "audio/pcm" else G711_RATE_HZ


def sample_bytes(audio_format: AudioFormat) -> int:
    """Bytes of a sample."""
    return BYTES_PER_SAMPLE if audio_format == "audio/pcm" else 1


def sound_ms(sound: bytes, audio_format: AudioFormat) -> float:
    """Length of sound in that format."""
    samples = len(sound) / sample_bytes(audio_format)
    return samples * 1000 / sample_rate(audio_format)


def pieces(sound: bytes, audio_format: AudioFormat) -> Iterator[bytes]:
    """The sound by the tenth of a second, so that others get their turn between."""
    step = sample_rate(audio_format) * sample_bytes(audio_format) // _PIECES_A_SECOND
    for start in range(0, len(sound), step):
        yield sound[start : start + step]


def decode(sound: bytes, audio_format: AudioFormat) -> NDArray[np.int16]:
    """Samples at the format's own rate; half a sample at the end is an error."""
    if audio_format == "audio/pcm":
        return np.frombuffer(sound, "<i2")
    values: NDArray[np.int16] = _values(audio_format)[np.frombuffer(sound, np.uint8)]
    return values


def encode(samples: NDArray[np.int16], audio_format: AudioFormat) -> bytes:
    """Samples at the format's own rate as its bytes."""
    if audio_format == "audio/pcm":
        return samples.astype("<i2").tobytes()
    return _codes(audio_format)[samples.view(np.uint16)].tobytes()


def to_pcm(sound: bytes, audio_format: AudioFormat) -> bytes:
    """A whole recording as PCM16 at 24 kHz."""
    if audio_format == "audio/pcm":
        return sound
    return recording(decode(sound, audio_format), G711_RATE_HZ, "audio/pcm")


def recording(
    samples: NDArray[np.int16], rate: int, audio_format: AudioFormat
) -> bytes:
    """A whole recording of so many samples a second in that format."""
    wanted = sample_rate(audio_format)
    if rate != wanted:
        samples = soxr.resample(samples, rate, wanted)
    return encode(samples, audio_format)


class Encoder:
    """PCM16 at 24 kHz that comes in pieces, in a session's format: one an answer.

    A piece may give nothing yet; G.711 is two milliseconds late.

    Args:
        audio_format: What is wanted; PCM passes as it is.
    """

    def __init__(self, audio_format: AudioFormat) -> None:
        self._format = audio_format
        self._resampler = Resampler(SAMPLE_RATE_HZ, sample_rate(audio_format))

    def encode(self, pcm: bytes) -> bytes:
        """The next piece."""
        if self._format == "audio/pcm":
            return pcm
        samples = self._resampler.push(decode(pcm, "audio/pcm"))
        return encode(samples, self._format)

    def flush(self) -> bytes:
        """What is left at the end of an answer."""
        return encode(self._resampler.flush(), self._format)


@cache
def _values(audio_format: AudioFormat) -> NDArray[np.int16]:
    """Of the 256 codes."""
    table = a_law() if audio_format == "audio/pcma" else mu_law()
    return (table * 32_768).astype(np.int16)


@cache
def _codes(audio_format: AudioFormat) -> NDArray[np.uint8]:
    """Of each sample, by its 16 bits; ties go as in the ITU-T's own software."""
    samples = np.arange(2**16, dtype=np.uint16).view(np.int16).astype(np.int32)
    size = np.where(samples < 0, ~samples, samples)
    codes = _a_codes(size) if audio_format == "audio/pcma" else _mu_codes(size)
    # Both laws send the sign as a one where it is plus, before bits are inverted.
    signed = codes | np.where(samples < 0, 0, 0x80)
    inverted = 0x55 if audio_format == "audio/pcma" else 0x7F
    return (signed ^ inverted).astype(np.uint8)


def _a_codes(size: NDArray[np.int32]) -> NDArray[np.int32]:
    steps = size >> 4
    exponent = np.maximum(np.frexp(steps)[1] - 4, 0)
    codes: NDArray[np.int32] = exponent << 4 | steps >> np.maximum(exponent - 1, 0) & 15
    return codes


def _mu_codes(size: NDArray[np.int32]) -> NDArray[np.int32]:
    steps = np.minimum(size >> 2, 8158) + 33
    exponent = np.frexp(steps)[1] - 6
    codes: NDArray[np.int32] = exponent << 4 | steps >> exponent + 1 & 15
    return codes
