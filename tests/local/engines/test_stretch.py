from __future__ import annotations

import numpy as np
import pytest

from rt_widget.backends.local.engines.stretch import stretched

RATE = 24_000


def vowel(seconds: float, pitch_hz: float) -> np.ndarray:
    times = np.arange(round(seconds * RATE)) / RATE
    tones = [np.sin(2 * np.pi * pitch_hz * n * times) / n for n in range(1, 12)]
    return np.asarray(0.2 * np.sum(tones, axis=0), dtype=np.float32)


def pitch_of(samples: np.ndarray) -> float:
    middle = samples[len(samples) // 4 : len(samples) // 4 + 4_096].astype(np.float64)
    likeness = np.correlate(middle, middle, mode="full")[len(middle) - 1 :]
    shortest, longest = RATE // 400, RATE // 70
    return RATE / (shortest + int(likeness[shortest:longest].argmax()))


@pytest.mark.parametrize("factor", [0.67, 0.9, 1.3, 2.0, 4.0])
@pytest.mark.parametrize("pitch_hz", [100.0, 220.0])
def test_length_changes_and_pitch_and_loudness_stay(
    factor: float, pitch_hz: float
) -> None:
    sound = vowel(1.0, pitch_hz)
    made = stretched(sound, round(len(sound) * factor), RATE)
    assert len(made) == round(len(sound) * factor)
    assert made.dtype == np.float32
    assert pitch_of(made) == pytest.approx(pitch_hz, rel=0.02)
    middle = made[len(made) // 4 : -len(made) // 4]
    assert np.std(middle) == pytest.approx(np.std(sound), rel=0.1)


@pytest.mark.parametrize("length", [0, 1, 17, 480])
def test_very_short_sound_keeps_its_new_length(length: int) -> None:
    sound = np.full(length, 0.5, dtype=np.float32)
    for factor in (0.67, 4.0):
        made = stretched(sound, round(length * factor), RATE)
        assert len(made) == round(length * factor)
        assert np.abs(made).max(initial=0.0) <= 0.51


def test_order_of_sounds_is_kept() -> None:
    low, high = vowel(0.5, 110.0), vowel(0.5, 330.0)
    made = stretched(np.concatenate([low, high]), 2 * RATE, RATE)
    assert pitch_of(made[:RATE]) == pytest.approx(110.0, rel=0.02)
    assert pitch_of(made[RATE:]) == pytest.approx(330.0, rel=0.02)
