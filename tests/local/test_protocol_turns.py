from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rt_widget import events
from rt_widget.backends.local.engines.base import VAD_FRAME, ChatMessage
from rt_widget.backends.local.hearing.ear import Heard
from rt_widget.backends.local.hearing.turn_detection import PAUSE_FRAMES
from rt_widget.backends.local.protocol.outcome import (
    Glimpse,
    Prime,
    Recognise,
    Respond,
    Speculate,
)
from rt_widget.backends.local.protocol.pieces import Words
from rt_widget.backends.local.requests.values import UpdateSession
from rt_widget.config import SemanticVad, ServerVad
from tests.local.client import VAD, Client


def test_a_spoken_turn_is_told_in_the_order_of_the_protocol() -> None:
    client = Client()
    client.speak(frames=20, silence=13)
    assert client.order == [
        "SessionCreated",
        "SpeechStarted",
        "SpeechStopped",
        "InputCommitted",
        "ItemAdded",
        "ItemDone",
    ]
    _, started, stopped, committed, added, _ = client.told
    assert isinstance(started, events.SpeechStarted)
    assert isinstance(stopped, events.SpeechStopped)
    assert isinstance(committed, events.InputCommitted)
    assert isinstance(added, events.ItemAdded)
    names = {started.item_id, stopped.item_id, committed.item_id, added.item.id}
    assert len(names) == 1
    assert (started.audio_start_ms, stopped.audio_end_ms) == (0, 33 * 32)
    assert added.item.content == (events.ContentPart("input_audio"),)
    assert client.work == ["Prime", "Prime", "Speculate", "Recognise", "Respond"]


def test_the_turns_sound_begins_before_the_speech_and_ends_with_the_silence() -> None:
    client = Client()
    client.hear(*[0.0] * 100)
    client.speak(frames=20, silence=13)
    started = client.told[1]
    assert isinstance(started, events.SpeechStarted)
    assert started.audio_start_ms == 100 * 32 - 300
    recognise = client.asked[-2]
    assert isinstance(recognise, Recognise)
    assert len(recognise.sound) == 300 * 16 + 33 * VAD_FRAME
    speculate = client.asked[-3]
    assert isinstance(speculate, Speculate)
    assert len(speculate.samples) == 100 * 16 + (20 + PAUSE_FRAMES) * VAD_FRAME


def test_two_turns_in_one_piece_of_sound_are_told_apart() -> None:
    probabilities = ([0.9] * 10 + [0.0] * 13) * 2
    client = Client()
    sound = np.arange(len(probabilities) * VAD_FRAME, dtype=np.int64) % 32_000
    heard = Heard(sound.astype(np.int16), tuple(probabilities))
    client.keep(client.protocol.hear(heard))
    first, second = (a for a in client.asked if isinstance(a, Recognise))
    assert len(first.sound) == 23 * VAD_FRAME
    assert len(second.sound) == 23 * VAD_FRAME
    assert second.sound[0] == 23 * VAD_FRAME
    committed = [e for e in client.told if isinstance(e, events.InputCommitted)]
    assert committed[1].previous_item_id == committed[0].item_id


def test_speech_that_goes_on_drops_what_was_prepared() -> None:
    client = Client()
    client.hear(*[0.9] * 10, *[0.0] * 6, *[0.9] * 14)
    assert client.work == ["Prime", "Prime", "Speculate"]
    client.hear(0.9)
    assert client.work == ["Prime", "Prime", "Speculate", "Discard", "Glimpse"]


def test_the_last_sound_of_a_turn_drops_nothing() -> None:
    client = Client()
    client.hear(*[0.9] * 10, *[0.0] * 3, *[0.9] * 3, *[0.0] * 5)
    assert client.work == ["Prime", "Prime", "Speculate", "Speculate"]
    first, second = (each for each in client.asked if isinstance(each, Speculate))
    assert len(second.samples) - len(first.samples) == 6 * VAD_FRAME
    client.hear(*[0.0] * 20)
    assert client.work[-2:] == ["Recognise", "Respond"]


@pytest.mark.parametrize("words", ["how are", "how are you,"])
def test_speech_that_goes_on_after_half_a_sentence_drops_it_at_once(words: str) -> None:
    client = Client()
    client.hear(*[0.9] * 10, *[0.0] * 6)
    (pause,) = (each for each in client.asked if isinstance(each, Speculate))
    client.keep(client.protocol.paused(pause.item_id, words))
    client.hear(*[0.9] * 2)
    assert client.work == ["Prime", "Prime", "Speculate", "Discard"]
    assert client.protocol.supposed(words) is None


def test_long_speech_is_glimpsed_at_and_read_ahead() -> None:
    client = Client()
    client.hear(*[0.9] * 100)
    glimpses = [action for action in client.asked if isinstance(action, Glimpse)]
    assert len(glimpses) == 5
    name = glimpses[0].item_id
    client.keep(client.protocol.read(name, "how are you to"))
    assert client.asked[-1] == Prime(
        (ChatMessage("system", "be kind"), ChatMessage("user", "how are you to"))
    )
    client.keep(client.protocol.read(name, "how are you today"))
    assert client.told[-1] == events.InputTranscriptDelta(name, "how are you")
    told = len(client.told)
    client.keep(client.protocol.read("item_before", "how are you today then"))
    assert len(client.told) == told


def turn(client: Client) -> tuple[Recognise, Respond]:
    """What is to be done for the turn that has just ended."""
    recognise, respond = client.asked[-2:]
    assert isinstance(recognise, Recognise)
    assert isinstance(respond, Respond)
    return recognise, respond


def test_the_words_of_a_turn_are_told_and_answered() -> None:
    client = Client()
    client.speak()
    recognise, respond = turn(client)
    client.keep(client.protocol.recognised(recognise.item_id, "what is up"))
    client.keep(client.protocol.begin(respond.response_id))
    assert client.order[-2:] == ["InputTranscriptDone", "ResponseCreated"]
    assert client.raw[-2]["usage"] == {
        "type": "duration",
        "seconds": len(recognise.sound) / 16_000,
    }
    prompt = client.protocol.prompt_for(respond.response_id)
    assert prompt is not None
    assert prompt.messages == (
        ChatMessage("system", "be kind"),
        ChatMessage("user", "what is up"),
    )


def test_the_prompt_with_coming_words_equals_the_later_one() -> None:
    client = Client()
    client.hear(*[0.9] * 20, *[0.0] * 6)
    early = client.protocol.prompt("what is up")
    client.hear(*[0.0] * 10)
    recognise, respond = turn(client)
    client.keep(client.protocol.recognised(recognise.item_id, "what is up"))
    client.keep(client.protocol.begin(respond.response_id))
    assert client.protocol.prompt_for(respond.response_id) == early


def test_a_turn_without_words_is_told_and_not_answered() -> None:
    client = Client()
    client.speak()
    recognise, respond = turn(client)
    client.keep(client.protocol.recognised(recognise.item_id, ""))
    client.keep(client.protocol.begin(respond.response_id))
    assert client.told[-1] == events.InputTranscriptDone(recognise.item_id, "")
    assert client.protocol.prompt() is None
    assert client.protocol.may_speculate


def test_a_failed_recognition_is_told() -> None:
    client = Client()
    client.speak()
    recognise, _ = turn(client)
    fault = events.ServerFault("it broke", "engine_failed", "server_error")
    client.keep(client.protocol.recognised(recognise.item_id, fault))
    assert client.told[-1] == events.InputTranscriptFailed(recognise.item_id, fault)
    told = len(client.told)
    client.keep(client.protocol.recognised("gone", "words"))
    assert len(client.told) == told


def test_without_transcription_the_words_are_known_and_not_told() -> None:
    quiet = UpdateSession(
        patch={"type": "realtime", "audio": {"input": {"transcription": None}}}
    )
    client = Client()
    client.ask(quiet)
    client.hear(*[0.9] * 100)
    item_id = next(a.item_id for a in client.asked if isinstance(a, Glimpse))
    client.keep(client.protocol.read(item_id, "how are you to"))
    client.keep(client.protocol.read(item_id, "how are you today"))
    assert client.asked[-1] == Prime(
        (ChatMessage("system", "be kind"), ChatMessage("user", "how are you today"))
    )
    client.hear(*[0.0] * 20)
    client.recognise_all("how are you today?")
    assert client.order[-1] == "ResponseCreated"
    assert not [kind for kind in client.kinds if "transcription" in kind]


def test_speech_interrupts_an_answer_before_anything_else_is_told() -> None:
    strict = ServerVad(false_alarm_ms=0)
    client = Client(replace(VAD, turn_detection=strict))
    client.send(events.ItemCreate(item_id="q", text="hi"), events.ResponseCreate())
    client.make(Words("Well"))
    before = len(client.told)
    client.hear(*[0.9] * 3)
    assert [type(event) for event in client.told[before:]] == [
        events.SpeechStarted,
        events.AudioDone,
        events.TranscriptDone,
        events.ItemDone,
        events.OutputItemDone,
        events.ResponseDone,
    ]
    assert "Stop" in client.work


@pytest.mark.parametrize(
    "detection",
    [
        ServerVad(),
        ServerVad(interrupt_response=False, false_alarm_ms=0),
        SemanticVad(interrupt_response=False),
    ],
)
def test_speech_interrupts_nothing_when_it_shall_not(
    detection: ServerVad | SemanticVad,
) -> None:
    client = Client(replace(VAD, turn_detection=detection))
    client.send(events.ItemCreate(item_id="q", text="hi"), events.ResponseCreate())
    client.speak(silence=200)
    assert "ResponseDone" not in client.order
    error = client.last_error()
    assert error.code == "conversation_already_has_active_response"
    assert error.event_id == ""
    assert client.order.count("ResponseCreated") == 1
    assert "InputCommitted" in client.order
    assert not client.protocol.may_speculate


def test_turns_are_heard_but_not_answered_when_they_shall_not_be() -> None:
    listening = ServerVad(create_response=False)
    client = Client(replace(VAD, turn_detection=listening))
    client.speak()
    assert "Recognise" in client.work
    assert "Respond" not in client.work
    assert not client.protocol.may_speculate
