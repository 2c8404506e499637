from __future__ import annotations

import numpy as np
import pytest

from rt_widget.audio import SAMPLE_RATE_HZ
from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ, VAD_FRAME
from rt_widget.backends.local.hearing.ear import Ear, as_float, resampled
from tests.local.scripted import LoudnessVad, loud, silence


class CountingVad(LoudnessVad):
    def __init__(self) -> None:
        self.resets = 0

    def reset(self) -> None:
        self.resets += 1


def tone(hertz: float, seconds: float = 1.0) -> bytes:
    at = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return (8000 * np.sin(2 * np.pi * hertz * at)).astype("<i2").tobytes()


@pytest.mark.parametrize("piece", [14, 960, 4800, 48_000])
def test_sound_is_resampled_the_same_whatever_the_pieces(piece: int) -> None:
    pcm = tone(440)
    ear = Ear(LoudnessVad())
    pieces = [pcm[at : at + piece] for at in range(0, len(pcm), piece)]
    heard = np.concatenate([ear.hear(p, detect=False).samples for p in pieces])
    wanted = resampled(pcm)
    assert len(wanted) == SPEECH_RATE_HZ
    assert len(wanted) - len(heard) <= SPEECH_RATE_HZ // 500
    difference = heard[500:15_500].astype(int) - wanted[500:15_500]
    assert np.abs(difference).max() < 20


def test_what_the_lower_rate_cannot_hold_is_left_out() -> None:
    kept = np.abs(resampled(tone(1000))[2000:-2000]).max()
    lost = np.abs(resampled(tone(10_500))[2000:-2000]).max()
    assert kept > 7500
    assert lost < 50


def test_each_whole_frame_gets_a_probability() -> None:
    ear = Ear(LoudnessVad())
    sounds = (loud(0.5), silence(0.5))
    heard = [ear.hear(sound, detect=True) for sound in sounds]
    probabilities = [p for each in heard for p in each.probabilities]
    samples = sum(len(each.samples) for each in heard)
    assert len(probabilities) == samples // VAD_FRAME
    edge = SPEECH_RATE_HZ // 2 // VAD_FRAME
    assert set(probabilities[:edge]) == {1.0}
    assert set(probabilities[edge + 2 :]) == {0.0}


def test_an_ear_that_stops_detecting_starts_afresh() -> None:
    vad = CountingVad()
    ear = Ear(vad)
    ear.hear(loud(0.05), detect=False)
    assert vad.resets == 0
    ear.hear(loud(0.05), detect=True)
    assert ear.hear(loud(0.05), detect=False).probabilities == ()
    ear.hear(loud(0.05), detect=False)
    assert vad.resets == 1


def test_floats_are_full_scale() -> None:
    samples = as_float(np.array([-32_768, 0, 16_384], np.int16))
    assert samples.dtype == np.float32
    assert samples.tolist() == [-1.0, 0.0, 0.5]
