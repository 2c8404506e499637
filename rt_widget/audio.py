"""Sound as a value: float32 samples at the edge, mono PCM16 at 24 kHz inside."""

from __future__ import annotations

import base64
import importlib
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from rt_widget.errors import InputError, RealtimeWidgetError
from rt_widget.samples import checked_rate, mono_float32
from rt_widget.wav import read_wav, wav_file
from rt_widget.waveform import drawing, envelope

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from rt_widget.wav import Source

SAMPLE_RATE_HZ = 24_000
"""Of all sound inside; the only PCM rate of the GA protocol."""

BYTES_PER_SAMPLE = 2

_LOUDEST = 1e6
"""Beyond it, samples become infinite on the way to another rate."""

_PLAYER_LIMIT_S = 600
"""Longest sound that a cell is given to play; it is saved with the notebook."""

_PLOTTED = 2_000
"""Columns of a plot."""


def duration_ms(pcm: bytes) -> float:
    """Length of mono PCM16 at 24 kHz."""
    return len(pcm) / BYTES_PER_SAMPLE * 1000 / SAMPLE_RATE_HZ


def pcm16_from_float(samples: NDArray[np.float32]) -> bytes:
    """Samples in [-1, 1] as little-endian 16-bit; what is louder is clipped."""
    scaled = np.rint(np.clip(samples, -1, 1) * np.float32(32768)).clip(max=32767)
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
        InputError: not real numbers, NaN or infinite, of an odd shape or rate, or
            more than 2**28 samples a channel.

    Example:
        >>> tone = Audio(np.sin(np.arange(2400) * 0.1))
        >>> tone.duration
        0.1
    """

    samples: NDArray[np.float32]
    sample_rate: int = SAMPLE_RATE_HZ

    def __init__(self, samples: ArrayLike, sample_rate: int = SAMPLE_RATE_HZ) -> None:
        """Check and convert."""
        object.__setattr__(self, "samples", mono_float32(samples))
        object.__setattr__(self, "sample_rate", checked_rate(sample_rate))

    @classmethod
    def of(cls, value: object, sample_rate: int = SAMPLE_RATE_HZ) -> Audio:
        """An `Audio` of whatever holds sound.

        Args:
            value: An `Audio`, the bytes or the path of a WAV file, or samples.
            sample_rate: Of samples; the others know their own.

        Raises:
            InputError: there is no sound in it that can be read.

        Example:
            >>> Audio.of(np.zeros((4_800, 2), np.int16), sample_rate=48_000)
            Audio(0.10 s, 48000 Hz)
        """
        match value:
            case Audio():
                return value
            case bytes() | bytearray() | memoryview() | str() | PathLike():
                return cls.from_wav(value)
            case _:
                return cls(value, sample_rate)  # type: ignore[arg-type] # it is checked

    @classmethod
    def from_pcm16(cls, pcm: bytes, sample_rate: int = SAMPLE_RATE_HZ) -> Audio:
        """From little-endian mono PCM16.

        Raises:
            InputError: half a sample at its end, or an odd rate.

        Example:
            >>> Audio.from_pcm16(bytes(48_000))
            Audio(1.00 s, 24000 Hz)
        """
        if len(pcm) % BYTES_PER_SAMPLE:
            msg = f"PCM16 of {len(pcm)} bytes ends in half a sample."
            raise InputError(msg)
        return cls(float_from_pcm16(pcm), sample_rate)

    @classmethod
    def from_wav(cls, source: Source) -> Audio:
        """From the bytes or the path of a WAV file.

        Taken are PCM of 8, 16, 24 and 32 bit, floats of 32 and 64 bit, A-law and
        mu-law, of up to 32 channels. A file that ends early is read as far as it goes.

        Raises:
            InputError: not such a file, damaged, or of more than 1 GB.

        Example:
            >>> Audio.from_wav(reply.audio.to_wav()).sample_rate
            24000
        """
        wav = read_wav(source)
        return cls(wav.samples, wav.sample_rate)

    @property
    def duration(self) -> float:
        """In seconds.

        Example:
            >>> Audio(np.zeros(8_000), sample_rate=16_000).duration
            0.5
        """
        return len(self.samples) / self.sample_rate

    def resample(self, sample_rate: int) -> Audio:
        """The same sound at another rate, without what that rate cannot hold.

        Raises:
            InputError: no rate from 8,000 to 192,000.

        Example:
            >>> Audio(np.zeros(8_000), sample_rate=16_000).resample(48_000)
            Audio(0.50 s, 48000 Hz)
        """
        rate = checked_rate(sample_rate)
        if rate == self.sample_rate:
            return self
        # It is loaded on first use: most who talk by microphone never need it.
        soxr = importlib.import_module("soxr")
        samples = np.clip(self.samples, -_LOUDEST, _LOUDEST)
        return Audio(soxr.resample(samples, self.sample_rate, rate), rate)

    def to_pcm16(self) -> bytes:
        """As mono PCM16 at 24 kHz, the form that sessions use.

        Example:
            >>> len(Audio(np.zeros(8_000), sample_rate=16_000).to_pcm16())
            24000
        """
        return pcm16_from_float(self.resample(SAMPLE_RATE_HZ).samples)

    def to_wav(self) -> bytes:
        """As a 16-bit WAV file at its own rate.

        Example:
            >>> reply.audio.to_wav()[:4]
            b'RIFF'
        """
        return wav_file(pcm16_from_float(self.samples), self.sample_rate)

    def plot(self, ax: Any = None, **style: Any) -> Any:  # noqa: ANN401 - matplotlib is optional
        """Draw the waveform with matplotlib, over seconds.

        Args:
            ax: The axes to draw on; None for the current ones.
            **style: What `fill_between` takes, such as `color`.

        Returns:
            The axes.

        Raises:
            RealtimeWidgetError: matplotlib is not installed.

        Example:
            >>> axes = reply.audio.plot(color="tab:blue")
            >>> axes.get_xlabel()
            'Seconds'
        """
        try:
            pyplot = importlib.import_module("matplotlib.pyplot")
        except ImportError as error:
            msg = "matplotlib is not installed."
            hint = "Run `pip install matplotlib`; a cell shows a waveform without it."
            code = "package_missing"
            raise RealtimeWidgetError(msg, code=code, hint=hint) from error
        axes = pyplot.gca() if ax is None else ax
        low, high = envelope(self.samples, _PLOTTED)
        seconds = np.linspace(0, self.duration, len(low), endpoint=False)
        axes.fill_between(seconds, low, high, **{"linewidth": 0.5, **style})
        axes.set(xlabel="Seconds", ylabel="Amplitude")
        return axes

    def __repr__(self) -> str:
        return f"Audio({self.duration:.2f} s, {self.sample_rate} Hz)"

    def _repr_html_(self) -> str:
        name = f"Waveform of {self.duration:.1f} seconds"
        player = "<p>Too long to be played in a cell; save `.to_wav()`.</p>"
        if self.duration <= _PLAYER_LIMIT_S:
            wav = base64.b64encode(self.to_wav()).decode()
            player = f'<audio controls src="data:audio/wav;base64,{wav}"></audio>'
        return f"<div>{drawing(self.samples, name)}{player}</div>"
