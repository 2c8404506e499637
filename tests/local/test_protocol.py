from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rt_widget import events
from rt_widget.backends.local.engines.base import VAD_FRAME, ChatMessage
from rt_widget.backends.local.hearing.ear import Heard
from rt_widget.backends.local.protocol.outcome import (
    Discard,
    Listen,
    Prime,
    Recognise,
    Respond,
)
from tests.local.client import BY_HAND, VAD, Client


def test_it_begins_with_the_effective_session() -> None:
    client = Client(replace(VAD, voice="alloy", model="gpt-realtime"))
    (created,) = client.told
    assert isinstance(created, events.SessionCreated)
    assert created.session.model == "local"
    assert created.session.voice == "heart"
    assert client.asked == [Prime((ChatMessage("system", "be kind"),))]


def test_sound_is_listened_to_as_the_session_says() -> None:
    for config, detect in ((VAD, True), (BY_HAND, False)):
        client = Client(config)
        client.send(events.InputAudioAppend(audio=b"\0\0" * 480))
        listen = client.asked[-1]
        assert isinstance(listen, Listen)
        assert (listen.sound, listen.detect) == (b"\0\0" * 480, detect)


def test_sound_that_cannot_be_is_refused() -> None:
    client = Client()
    sent = events.InputAudioAppend(audio=b"\0")
    client.send(sent)
    error = client.last_error()
    assert (error.code, error.param) == ("invalid_value", "audio")
    assert error.event_id == sent.event_id


def test_a_turn_by_hand_is_committed_and_answered_on_request() -> None:
    client = Client(BY_HAND)
    client.send(events.InputAudioAppend(audio=bytes(9600)))
    client.keep(client.protocol.hear(Heard(np.ones(3200, np.int16))))
    client.send(events.InputAudioCommit(), events.ResponseCreate())
    assert client.order[1:] == [
        "InputCommitted",
        "ItemAdded",
        "ItemDone",
        "ResponseCreated",
    ]
    recognise = client.asked[-2]
    assert isinstance(recognise, Recognise)
    assert len(recognise.sound) == 3200
    (created,) = (e for e in client.told if isinstance(e, events.ResponseCreated))
    assert client.asked[-1] == Respond(created.response.id)


@pytest.mark.parametrize("size", [0, 4798])
def test_less_than_a_tenth_of_a_second_cannot_be_committed(size: int) -> None:
    client = Client(BY_HAND)
    client.send(events.InputAudioAppend(audio=bytes(size)))
    sent = events.InputAudioCommit()
    client.send(sent)
    error = client.last_error()
    assert error.code == "input_audio_buffer_commit_empty"
    assert error.event_id == sent.event_id


def test_a_commit_ends_the_turn_that_is_going_on() -> None:
    client = Client()
    client.hear(*[0.9] * 20)
    client.send(events.InputAudioCommit())
    assert client.order[1:] == [
        "SpeechStarted",
        "SpeechStopped",
        "InputCommitted",
        "ItemAdded",
        "ItemDone",
    ]
    client.send(events.InputAudioCommit())
    assert client.last_error().code == "input_audio_buffer_commit_empty"
    client.hear(*[0.0] * 30)
    assert client.order.count("SpeechStopped") == 1


def test_clearing_forgets_the_turn_that_is_going_on() -> None:
    client = Client()
    client.hear(*[0.9] * 20)
    client.send(events.InputAudioClear())
    assert client.order[-2:] == ["SpeechStopped", "InputCleared"]
    assert client.asked[-1] == Discard()
    client.hear(*[0.0] * 30)
    assert "InputCommitted" not in client.order


def test_an_update_changes_what_it_names_and_nothing_else() -> None:
    client = Client()
    wanted = replace(VAD, temperature=1.1, speed=0.5, voice="none", system="other")
    client.send(
        events.SessionUpdate(
            config=wanted, changed=frozenset({"temperature", "speed", "voice"})
        )
    )
    updated = client.told[-1]
    assert isinstance(updated, events.SessionUpdated)
    session = client.raw[-1]["session"]
    assert isinstance(session, dict)
    assert session["output_modalities"] == ["text"]
    prompt = client.protocol.prompt("hi")
    assert prompt is not None
    assert (prompt.temperature, prompt.speed) == (1.1, 0.5)
    assert not prompt.is_spoken
    assert prompt.messages[0] == ChatMessage("system", "be kind")


def test_new_instructions_are_read_ahead() -> None:
    client = Client()
    wanted = replace(VAD, system="be brief")
    client.send(events.SessionUpdate(config=wanted, changed=frozenset({"system"})))
    assert client.asked[-1] == Prime((ChatMessage("system", "be brief"),))


def test_other_turn_taking_leaves_the_turn_to_be_committed_by_hand() -> None:
    client = Client()
    client.hear(*[0.9] * 20)
    by_hand = events.SessionUpdate(
        config=BY_HAND, changed=frozenset({"turn_detection"})
    )
    client.send(by_hand, events.InputAudioAppend(audio=bytes(9600)))
    assert client.order[-2:] == ["SpeechStopped", "SessionUpdated"]
    client.keep(client.protocol.hear(Heard(np.ones(3200, np.int16))))
    client.send(events.InputAudioCommit())
    recognise = client.asked[-1]
    assert isinstance(recognise, Recognise)
    assert len(recognise.sound) == 20 * VAD_FRAME + 3200
    started = client.told[1]
    assert isinstance(started, events.SpeechStarted)
    assert recognise.item_id == started.item_id
