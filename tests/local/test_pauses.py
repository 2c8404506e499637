from __future__ import annotations

import numpy as np
import pytest

from rt_widget.backends.local.pauses import CLAUSE_S, LEAD_S, SENTENCE_S, paced

RATE = 24_000
TONE = np.where(np.arange(RATE) % 2, 0.5, -0.5).astype(np.float32)
HUSH = np.full(RATE, 0.001, np.float32)
SPOKEN = np.concatenate([HUSH, TONE, HUSH])


@pytest.mark.parametrize(
    ("text", "speed", "pause"),
    [
        ("It is Paris.", 1.0, SENTENCE_S),
        ('"Is it?"', 1.0, SENTENCE_S),
        ("as far as I know,", 1.0, CLAUSE_S),
        ("the capital", 1.0, CLAUSE_S),
        ("It is Paris.", 0.5, 2 * SENTENCE_S),
    ],
)
def test_silence_around_speech_becomes_a_pause(
    text: str, speed: float, pause: float
) -> None:
    heard = paced(SPOKEN, RATE, text, speed)
    assert len(heard) == RATE + round(LEAD_S * RATE) + round(pause * RATE)
    lead = round(LEAD_S * RATE)
    assert np.array_equal(heard[lead : lead + RATE], TONE)


def test_speech_without_silence_stays_as_it_is() -> None:
    assert np.array_equal(paced(TONE, RATE, "Yes.", 1.0), TONE)


def test_silence_alone_becomes_nothing() -> None:
    assert len(paced(np.zeros(RATE, np.float32), RATE, "Yes.", 1.0)) == 0
    assert len(paced(np.zeros(0, np.float32), RATE, "Yes.", 1.0)) == 0
