from __future__ import annotations

import math

import numpy as np
import pytest

from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ
from rt_widget.backends.local.engines.features import BANDS, HOP, log_mel

FLOOR = (math.log10(1e-10) + 4) / 4


def hz_of_mel(mel: float) -> float:
    if mel < 15:
        return mel * 200 / 3
    return 1_000 * math.exp((mel - 15) * math.log(6.4) / 27)


def expected_column(sound: np.ndarray, frame: int) -> np.ndarray:
    """One column by the book: a direct DFT, and each triangle as a loop."""
    padded = np.pad(sound.astype(np.float64), 200, mode="reflect")
    piece = padded[frame * HOP : frame * HOP + 400]
    times = np.arange(400)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * times / 400)
    turns = np.exp(-2j * np.pi * np.outer(np.arange(201), times) / 400)
    power = np.abs(turns @ (piece * window)) ** 2
    top = 15 + math.log(8_000 / 1_000) * 27 / math.log(6.4)
    edges = [hz_of_mel(top * place / (BANDS + 1)) for place in range(BANDS + 2)]
    levels = []
    for low, middle, high in zip(edges, edges[1:], edges[2:], strict=False):
        area = 0.0
        for bin_number, energy in enumerate(power):
            hertz = bin_number * SPEECH_RATE_HZ / 400
            rise = (hertz - low) / (middle - low)
            fall = (high - hertz) / (high - middle)
            area += energy * max(0.0, min(rise, fall)) * 2 / (high - low)
        levels.append(math.log10(max(area, 1e-10)))
    return np.array(levels)


def test_columns_are_those_of_the_definition() -> None:
    chance = np.random.default_rng(4)
    sound = (0.1 * chance.standard_normal(SPEECH_RATE_HZ)).astype(np.float32)
    made = log_mel(sound, 100)
    loudest = made.max() * 4 - 4
    for frame in (0, 1, 50, 99):
        expected = np.maximum(expected_column(sound, frame), loudest - 8)
        assert made[:, frame] == pytest.approx((expected + 4) / 4, abs=1e-4)


def test_shape_and_type_follow_the_frames_asked_for() -> None:
    made = log_mel(np.ones(100, dtype=np.float32), 824)
    assert made.shape == (BANDS, 824)
    assert made.dtype == np.float32
    assert made.flags.c_contiguous


def test_silence_is_the_floor_everywhere() -> None:
    assert log_mel(np.zeros(500, dtype=np.float32), 50) == pytest.approx(FLOOR)


def test_what_follows_the_sound_is_silence() -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(8_000) / SPEECH_RATE_HZ)
    made = log_mel(tone.astype(np.float32), 800)
    assert made[:, 60:] == pytest.approx(made.max() - 2)
    assert made[:, 10:40].max(axis=0) == pytest.approx(made.max(), abs=0.1)


@pytest.mark.parametrize("hertz", [200, 1_000, 4_000])
def test_a_tone_is_loudest_in_its_own_band(hertz: int) -> None:
    tone = np.sin(2 * np.pi * hertz * np.arange(16_000) / SPEECH_RATE_HZ)
    loudest = int(log_mel(tone.astype(np.float32), 100)[:, 50].argmax())
    top = 15 + math.log(8) * 27 / math.log(6.4)
    low, high = (hz_of_mel(top * (loudest + step) / (BANDS + 1)) for step in (0, 2))
    assert low < hertz < high
