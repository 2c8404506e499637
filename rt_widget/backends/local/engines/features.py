"""What Whisper hears: the logarithm of a mel spectrum, 80 bands every 10 ms."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOP = 160
"""Samples from one frame to the next: 10 ms at `SPEECH_RATE_HZ`."""

BANDS = 80
"""Mel bands of one frame."""

_WINDOW = 400
_LINEAR_TOP_HZ = 1_000.0
_HZ_PER_MEL = 200.0 / 3.0
_MELS_PER_E_FOLD = 27.0 / np.log(6.4)
_FLOOR = 1e-10
_RANGE_DECADES = 8.0


def log_mel(samples: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """Features of `samples`, padded with silence to `frames` frames.

    Args:
        samples: Mono sound at `SPEECH_RATE_HZ`, at most `frames * HOP` long.
        frames: How many frames to make.

    Returns:
        An array of shape `[BANDS, frames]`, exactly as Whisper was trained on.
    """
    sound = np.zeros(frames * HOP, dtype=np.float32)
    heard = min(len(samples), len(sound))
    sound[:heard] = samples[:heard]
    padded = np.pad(sound, _WINDOW // 2, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::HOP]
    audible = min(frames, heard // HOP + 3)
    power = np.zeros((frames, _WINDOW // 2 + 1), dtype=np.float32)
    spectrum = np.fft.rfft(windows[:audible] * _hann())
    power[:audible] = spectrum.real**2 + spectrum.imag**2
    levels = np.log10(np.maximum(_mel_bank() @ power.T, _FLOOR))
    levels = np.maximum(levels, levels.max() - _RANGE_DECADES)
    return np.ascontiguousarray((levels + 4.0) / 4.0, dtype=np.float32)


@cache
def _hann() -> NDArray[np.float32]:
    return np.hanning(_WINDOW + 1)[:-1].astype(np.float32)


@cache
def _mel_bank() -> NDArray[np.float32]:
    """Triangular filters on Slaney's mel scale, each of unit area."""
    centres = np.linspace(0.0, SPEECH_RATE_HZ / 2, _WINDOW // 2 + 1)
    top = _mel_of_hz(SPEECH_RATE_HZ / 2)
    edges = _hz_of_mel(np.linspace(0.0, top, BANDS + 2))
    widths = np.diff(edges)
    slopes = edges[:, None] - centres[None, :]
    rising = -slopes[:-2] / widths[:-1, None]
    falling = slopes[2:] / widths[1:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    area = 2.0 / (edges[2:] - edges[:-2])
    return (triangles * area[:, None]).astype(np.float32)


def _mel_of_hz(hertz: float) -> float:
    knee = _LINEAR_TOP_HZ / _HZ_PER_MEL
    return float(knee + np.log(hertz / _LINEAR_TOP_HZ) * _MELS_PER_E_FOLD)


def _hz_of_mel(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    knee = _LINEAR_TOP_HZ / _HZ_PER_MEL
    linear = mels * _HZ_PER_MEL
    curved = _LINEAR_TOP_HZ * np.exp((mels - knee) / _MELS_PER_E_FOLD)
    return np.where(mels < knee, linear, curved)
