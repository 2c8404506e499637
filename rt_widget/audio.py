"""Sound as a value: float32 samples at the edge, mono PCM16 at 24 kHz inside."""

from __future__ import annotations

import base64
import io
import wave
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rt_widget.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

SAMPLE_RATE_HZ = 24_000
"""Of all sound inside; the only PCM rate of the GA protocol."""

BYTES_PER_SAMPLE = 2

RATE_LIMITS_HZ = (8_000, 192_000)
"""Sample rates that are taken from a user."""

_MOST_CHANNELS = 32
"""More of them are samples the wrong way round."""

# `wave` raises a bare RuntimeError on sizes that do not fit each other.
_UNREADABLE = (OSError, EOFError, ValueError, TypeError, RuntimeError, wave.Error)

_WAV_WIDTHS = (1, 2, 3, 4)

_HALF_WIDTH = 32
"""Zero crossings of the resampling kernel on each side."""

_KERNEL_SIZE = 2**19
"""Of the numbers that resampling holds at a time."""


def duration_ms(pcm: bytes) -> float:
    """Length of mono PCM16 at 24 kHz."""
    return len(pcm) / BYTES_PER_SAMPLE * 1000 / SAMPLE_RATE_HZ


def pcm16_from_float(samples: NDArray[np.float32]) -> bytes:
    """Samples in [-1, 1] as little-endian 16-bit; what is louder is clipped."""
    scaled = np.clip(np.rint(samples * np.float32(32768)), -32768, 32767)
    pcm: bytes = scaled.astype("<i2").tobytes()
    return pcm


def float_from_pcm16(pcm: bytes) -> NDArray[np.float32]:
    """Little-endian 16-bit samples as float32 in [-1, 1)."""
    return np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """Sound that numpy can work with and a cell can play.

    Args:
        samples: Mono, shape (n,), float32 in [-1, 1]. Integers are scaled by their
            type, of several channels (n, channels) the mean is taken.
        sample_rate: Samples a second, 8,000 to 192,000. Default 24,000.

    Raises:
        InputError: not real numbers, NaN or infinite, of an odd shape or rate.

    Example:
        >>> tone = Audio(np.sin(np.arange(2400) * 0.1))
        >>> tone.duration
        0.1
    """

    samples: NDArray[np.float32]
    sample_rate: int = SAMPLE_RATE_HZ

    def __init__(self, samples: ArrayLike, sample_rate: int = SAMPLE_RATE_HZ) -> None:
        """Check and convert."""
        object.__setattr__(self, "samples", _mono_float32(samples))
        object.__setattr__(self, "sample_rate", _checked_rate(sample_rate))

    @classmethod
    def from_pcm16(cls, pcm: bytes, sample_rate: int = SAMPLE_RATE_HZ) -> Audio:
        """From little-endian mono PCM16."""
        if len(pcm) % BYTES_PER_SAMPLE:
            msg = f"PCM16 of {len(pcm)} bytes ends in half a sample."
            raise InputError(msg)
        return cls(float_from_pcm16(pcm), sample_rate)

    @classmethod
    def from_wav(cls, source: bytes | str | Path) -> Audio:
        """From the bytes or the path of an 8, 16, 24 or 32 bit PCM WAV file.

        Raises:
            InputError: not such a file.
        """
        try:
            data = source if isinstance(source, bytes) else Path(source).read_bytes()
            with wave.open(io.BytesIO(data)) as file:
                width, channels = file.getsampwidth(), file.getnchannels()
                rate = file.getframerate()
                frames = file.readframes(file.getnframes())
        except _UNREADABLE as error:
            msg = f"This is not a PCM WAV file: {str(error) or 'it is damaged'}."
            raise InputError(msg, hint="Give 8, 16, 24 or 32 bit PCM.") from error
        if width not in _WAV_WIDTHS:
            msg = f"This is a WAV file of {8 * width} bit."
            raise InputError(msg, hint="Give 8, 16, 24 or 32 bit PCM.")
        whole = frames[: len(frames) - len(frames) % (width * channels)]
        return cls(_wav_samples(whole, width).reshape(-1, channels), rate)

    @property
    def duration(self) -> float:
        """In seconds."""
        return len(self.samples) / self.sample_rate

    def resample(self, sample_rate: int) -> Audio:
        """The same sound at another rate (windowed sinc, band-limited)."""
        rate = _checked_rate(sample_rate)
        if rate == self.sample_rate:
            return self
        return Audio(_resampled(self.samples, rate / self.sample_rate), rate)

    def to_pcm16(self) -> bytes:
        """As mono PCM16 at 24 kHz, the form that sessions use."""
        return pcm16_from_float(self.resample(SAMPLE_RATE_HZ).samples)

    def to_wav(self) -> bytes:
        """As a 16-bit WAV file at its own rate."""
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(BYTES_PER_SAMPLE)
            file.setframerate(self.sample_rate)
            file.writeframes(pcm16_from_float(self.samples))
        return out.getvalue()

    def __repr__(self) -> str:
        return f"Audio({self.duration:.2f} s, {self.sample_rate} Hz)"

    def _repr_html_(self) -> str:
        wav = base64.b64encode(self.to_wav()).decode()
        return f'<audio controls src="data:audio/wav;base64,{wav}"></audio>'


def _checked_rate(value: object) -> int:
    low, high = RATE_LIMITS_HZ
    rate = -1
    if not isinstance(value, bool) and isinstance(value, Integral):
        rate = int(value)
    if not low <= rate <= high:
        msg = f"sample_rate is {value!r:.50}."
        raise InputError(msg, hint=f"Give a whole number from {low} to {high}.")
    return rate


def _mono_float32(values: ArrayLike) -> NDArray[np.float32]:
    try:
        array = np.asarray(values)
    except (ValueError, TypeError) as error:
        msg = f"Samples cannot be read as an array: {error}."
        raise InputError(msg, hint="Give shape (n,) or (n, channels).") from error
    if array.dtype.kind not in "iuf":
        msg = f"Samples of dtype {array.dtype} are not real numbers."
        raise InputError(msg, hint="Give integers or floats.")
    channels = array.shape[1] if array.ndim == 2 else 1  # noqa: PLR2004 - the number of axes
    if array.ndim not in (1, 2) or not 1 <= channels <= _MOST_CHANNELS:
        msg = f"Samples of shape {array.shape} are not sound."
        raise InputError(msg, hint="Give shape (n,) or (n, channels).")
    with np.errstate(over="ignore"):
        floats = array.astype(np.float32)
    if array.dtype.kind in "iu":
        limits = np.iinfo(array.dtype)
        middle = (int(limits.max) + int(limits.min) + 1) / 2
        floats = ((array - middle) / (limits.max - middle + 1)).astype(np.float32)
    if floats.ndim > 1:
        with np.errstate(over="ignore", invalid="ignore"):
            floats = floats.mean(axis=1, dtype=np.float32)
    if not np.isfinite(floats).all():
        msg = "Samples contain NaN or infinite values."
        raise InputError(msg)
    return np.ascontiguousarray(floats)


def _wav_samples(frames: bytes, width: int) -> NDArray[np.float32]:
    if width == 1:
        return np.frombuffer(frames, np.uint8).astype(np.float32) / np.float32(128) - 1
    padded = np.zeros((len(frames) // width, 4), np.uint8)
    padded[:, 4 - width :] = np.frombuffer(frames, np.uint8).reshape(-1, width)
    samples: NDArray[np.float32] = padded.view("<i4")[:, 0].astype(np.float32)
    scaled: NDArray[np.float32] = samples / np.float32(2**31)
    return scaled


def _resampled(samples: NDArray[np.float32], ratio: float) -> NDArray[np.float32]:
    """Windowed-sinc interpolation, a block of output samples at a time."""
    count = round(len(samples) * ratio)
    cutoff = min(1.0, ratio)
    reach = int(np.ceil(_HALF_WIDTH / cutoff))
    padded = np.pad(samples.astype(np.float64), reach + 1)
    taps = np.arange(-reach, reach + 1)
    out = np.empty(count, np.float32)
    block = _KERNEL_SIZE // len(taps)
    for start in range(0, count, block):
        at = np.arange(start, min(start + block, count)) / ratio
        base = np.floor(at).astype(np.int64)
        offset = (at - base)[:, None] - taps
        kernel = cutoff * np.sinc(cutoff * offset)
        kernel *= np.cos(np.pi / 2 * np.clip(offset / (reach + 1), -1, 1)) ** 2
        out[start : start + len(at)] = np.einsum(
            "ij,ij->i", padded[base[:, None] + taps + reach + 1], kernel
        )
    return out
