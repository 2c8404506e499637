from __future__ import annotations

import numpy as np

from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ
from rt_widget.backends.local.hearing.ear import Heard
from rt_widget.backends.local.hearing.idle_timeout import Silence
from rt_widget.backends.local.hearing.listening import Listening
from rt_widget.backends.local.hearing.turn_detection import Started
from rt_widget.backends.local.protocol.outcome import (
    NOTHING,
    Outcome,
    Wake,
)
from rt_widget.config import SemanticVad, ServerVad

TIMEOUT_MS = 6_000


def hear(listening: Listening, seconds: float) -> None:
    """A person who says nothing."""
    count = round(seconds * SPEECH_RATE_HZ)
    frames = tuple(0.0 for _ in range(count // 512))
    assert list(listening.hear(Heard(np.ones(count, np.int16), frames))) == []


def waiting(played_ms: float = 1_500) -> Listening:
    """Three seconds of sound, an answer, and the sound while it is played."""
    listening = Listening(ServerVad(), TIMEOUT_MS)
    hear(listening, 3)
    assert listening.idle.answered(played_ms) == Outcome(
        actions=(Wake(round(played_ms)),)
    )
    hear(listening, played_ms / 1000)
    return listening


def test_silence_after_an_answer_has_been_played_is_a_turn() -> None:
    listening = waiting()
    assert listening.idle.woke() == Outcome(actions=(Wake(TIMEOUT_MS),))
    for _ in range(60):
        hear(listening, 0.1)
    silence = listening.idle.woke()
    assert isinstance(silence, Silence)
    outcome, turn = listening.end(silence)
    assert outcome == Outcome(
        (
            {
                "type": "input_audio_buffer.timeout_triggered",
                "audio_start_ms": 4_500,
                "audio_end_ms": 10_500,
                "item_id": turn.item_id,
            },
        )
    )
    assert turn.seconds == 6
    assert listening.item_id == ""
    assert listening.idle.woke() is NOTHING


def test_the_next_answer_is_waited_after_too() -> None:
    listening = waiting()
    listening.idle.woke()
    assert isinstance(listening.idle.woke(), Silence)
    assert listening.idle.answered(10.4) == Outcome(actions=(Wake(10),))
    assert listening.idle.woke() == Outcome(actions=(Wake(TIMEOUT_MS),))


def test_whoever_speaks_is_not_waited_for() -> None:
    for woken in (False, True):
        listening = waiting()
        if woken:
            listening.idle.woke()
        listening.begin(Started(70_000))
        assert listening.idle.woke() is NOTHING


def test_another_answer_takes_the_place_of_the_wait() -> None:
    listening = waiting()
    listening.idle.stop()
    assert listening.idle.woke() is NOTHING


def test_other_turn_detection_waits_no_more() -> None:
    listening = waiting()
    listening.idle.woke()
    listening.configure(SemanticVad())
    assert listening.idle.woke() is NOTHING
    assert listening.idle.answered(1_000) is NOTHING


def test_another_timeout_counts_from_the_next_wait() -> None:
    listening = waiting()
    listening.configure(ServerVad(), 20_000)
    assert listening.idle.woke() == Outcome(actions=(Wake(20_000),))


def test_without_a_timeout_nobody_is_waited_for() -> None:
    listening = Listening(ServerVad())
    assert listening.idle.answered(1_000) is NOTHING
    assert listening.idle.woke() is NOTHING


def test_a_client_that_sends_nothing_was_silent_all_the_same() -> None:
    listening = Listening(ServerVad(), TIMEOUT_MS)
    listening.idle.answered(0)
    listening.idle.woke()
    silence = listening.idle.woke()
    assert silence == Silence(0, 0)
    assert listening.end(Silence(0, 0))[1].seconds == 0


def test_what_is_cleared_is_no_part_of_the_silence() -> None:
    listening = waiting()
    listening.idle.woke()
    hear(listening, 2)
    listening.clear()
    hear(listening, 1)
    assert listening.idle.woke() == Silence(
        round(6.5 * SPEECH_RATE_HZ), round(7.5 * SPEECH_RATE_HZ)
    )


def test_silence_is_kept_only_while_it_is_waited_for() -> None:
    listening = waiting()
    listening.idle.woke()
    hear(listening, 6.144)
    silence = listening.idle.woke()
    assert isinstance(silence, Silence)
    assert listening.end(silence)[1].seconds == 6.144
    for _ in range(60):
        hear(listening, 0.096)
    kept = listening.end(Silence(0, silence.end + SPEECH_RATE_HZ * 6))[1]
    assert kept.seconds < 0.5
