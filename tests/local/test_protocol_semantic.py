from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from rt_widget import events
from rt_widget.backends.local.engines.base import VAD_FRAME
from rt_widget.backends.local.hearing.completeness import silence_ms
from rt_widget.backends.local.hearing.turn_detection import FRAME_MS, PAUSE_FRAMES
from rt_widget.backends.local.protocol.outcome import Discard, Recognise, Speculate
from rt_widget.config import SemanticVad, ServerVad, TurnDetection
from tests.local.client import VAD, Client

if TYPE_CHECKING:
    from rt_widget.config import Eagerness

WHOLE, PART = "What is the capital of France?", "I would like to know whether"
PAUSE = [0.0] * PAUSE_FRAMES
SEMANTIC = replace(VAD, turn_detection=SemanticVad())


def frames(text: str, eagerness: Eagerness = "auto") -> int:
    """Silent frames that end a turn of these words."""
    return -(-silence_ms(text, eagerness) // FRAME_MS)


def told(client: Client, words: str | events.ServerFault) -> None:
    """The words up to the pause that is now."""
    asked = [action for action in client.asked if isinstance(action, Speculate)]
    client.keep(client.protocol.paused(asked[-1].item_id, words))


def update(detection: TurnDetection) -> events.SessionUpdate:
    wanted = replace(VAD, turn_detection=detection)
    return events.SessionUpdate(config=wanted, changed=frozenset({"turn_detection"}))


def test_the_words_up_to_a_pause_are_asked_for() -> None:
    client = Client(SEMANTIC)
    client.hear(*[0.9] * 20, *PAUSE)
    speculate = client.asked[-1]
    assert isinstance(speculate, Speculate)
    assert speculate.judged
    assert len(speculate.samples) == (20 + PAUSE_FRAMES) * VAD_FRAME


def test_a_finished_sentence_ends_the_turn_sooner_than_its_sound_would() -> None:
    client = Client(SEMANTIC)
    client.hear(*[0.9] * 20, *PAUSE)
    told(client, WHOLE)
    assert "SpeechStopped" not in client.order
    client.hear(*[0.0] * (frames(WHOLE) - PAUSE_FRAMES))
    assert client.order[-4:] == [
        "SpeechStopped",
        "InputCommitted",
        "ItemAdded",
        "ItemDone",
    ]
    assert frames(WHOLE) * FRAME_MS <= 300


def test_words_that_come_late_end_the_turn_at_once() -> None:
    client = Client(SEMANTIC)
    client.hear(*[0.9] * 20, *[0.0] * 12)
    assert "SpeechStopped" not in client.order
    told(client, WHOLE)
    assert "InputCommitted" in client.order
    assert client.work[-2:] == ["Recognise", "Respond"]


@pytest.mark.parametrize("eagerness", ["low", "medium", "high"])
def test_an_unfinished_sentence_is_waited_for(eagerness: Eagerness) -> None:
    client = Client(replace(VAD, turn_detection=SemanticVad(eagerness)))
    client.hear(*[0.9] * 20, *PAUSE)
    told(client, PART)
    assert not client.protocol.may_speculate
    client.hear(*[0.0] * (frames(PART, eagerness) - PAUSE_FRAMES - 1))
    assert "SpeechStopped" not in client.order
    client.hear(0.0)
    assert "InputCommitted" in client.order


def test_a_sentence_that_goes_on_in_the_wait_is_one_turn() -> None:
    client = Client(SEMANTIC)
    client.hear(*[0.9] * 20, *PAUSE)
    told(client, PART)
    client.hear(*[0.0] * 40, *[0.9] * 20, *PAUSE)
    assert Discard() in client.asked
    told(client, f"{PART} it rains.")
    client.hear(*[0.0] * 10)
    assert client.order.count("SpeechStarted") == 1
    assert client.order.count("InputCommitted") == 1
    (recognise,) = (a for a in client.asked if isinstance(a, Recognise))
    assert len(recognise.sound) >= 83 * VAD_FRAME


def test_words_of_a_pause_that_is_over_change_nothing() -> None:
    client = Client(SEMANTIC)
    client.hear(*[0.9] * 20, *PAUSE)
    client.hear(*[0.9] * 5)
    told(client, WHOLE)
    client.hear(*[0.0] * (frames(WHOLE) + 3))
    assert "SpeechStopped" not in client.order


def test_before_the_words_are_known_nothing_is_cut_off() -> None:
    client = Client(SEMANTIC)
    client.hear(*[0.9] * 20, *[0.0] * 60)
    assert "SpeechStopped" not in client.order
    client.hear(*[0.0] * 60)
    assert "SpeechStopped" in client.order


@pytest.mark.parametrize("words", ["", events.ServerFault("it broke")])
def test_no_words_end_the_turn_by_its_sound(words: str | events.ServerFault) -> None:
    client = Client(SEMANTIC)
    client.hear(*[0.9] * 20, *PAUSE)
    told(client, words)
    client.hear(*[0.0] * (frames("") - PAUSE_FRAMES))
    assert "SpeechStopped" in client.order


def test_other_eagerness_judges_the_same_words_anew() -> None:
    client = Client(SEMANTIC)
    client.hear(*[0.9] * 20, *PAUSE)
    told(client, PART)
    client.hear(*[0.0] * (frames(PART, "high") - PAUSE_FRAMES))
    assert "SpeechStopped" not in client.order
    client.send(update(SemanticVad("high")))
    client.hear(0.0)
    assert client.order[-1] == "ItemDone"


def test_the_kind_can_be_changed_in_the_middle_of_a_pause() -> None:
    client = Client(SEMANTIC)
    client.hear(*[0.9] * 20, *[0.0] * 12)
    told(client, PART)
    client.send(update(ServerVad(silence_duration_ms=400)))
    assert "SpeechStopped" not in client.order
    client.hear(0.0)
    assert "InputCommitted" in client.order

    client = Client()
    client.hear(*[0.9] * 20, *PAUSE)
    client.send(update(SemanticVad()))
    client.hear(*[0.0] * 20)
    assert "SpeechStopped" not in client.order
    told(client, WHOLE)
    assert "InputCommitted" in client.order
