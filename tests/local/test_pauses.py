from __future__ import annotations

import numpy as np
import pytest

from rt_widget.backends.local.engines.base import Speech
from rt_widget.backends.local.speaking.pauses import CLAUSE_S, LEAD_S, SENTENCE_S, paced

RATE = 24_000
TONE = np.where(np.arange(RATE) % 2, 0.5, -0.5).astype(np.float32)
HUSH = np.full(RATE, 0.001, np.float32)
SPOKEN = np.concatenate([HUSH, TONE, HUSH])


@pytest.mark.parametrize(
    ("text", "pause"),
    [
        ("It is Paris.", SENTENCE_S),
        ('"Is it?"', SENTENCE_S),
        ("as far as I know,", CLAUSE_S),
        ("the capital", CLAUSE_S),
    ],
)
def test_silence_around_speech_becomes_a_pause(text: str, pause: float) -> None:
    heard = paced(Speech(SPOKEN), RATE, text).samples
    assert len(heard) == RATE + round(LEAD_S * RATE) + round(pause * RATE)
    lead = round(LEAD_S * RATE)
    assert np.array_equal(heard[lead : lead + RATE], TONE)


def test_speech_without_silence_stays_as_it_is() -> None:
    assert np.array_equal(paced(Speech(TONE), RATE, "Yes.").samples, TONE)


@pytest.mark.parametrize("length", [0, RATE])
def test_silence_alone_becomes_nothing(length: int) -> None:
    silence = Speech(np.zeros(length, np.float32), (length,))
    heard = paced(silence, RATE, "Yes.")
    assert len(heard.samples) == 0
    assert heard.word_ends == ()


def test_words_end_where_they_ended_in_the_sound_that_is_left() -> None:
    speech = Speech(SPOKEN, (RATE + 500, 2 * RATE, 3 * RATE))
    heard = paced(speech, RATE, "Oh yes now.")
    lead = round(LEAD_S * RATE)
    assert heard.word_ends == (lead + 500, lead + RATE, len(heard.samples))
