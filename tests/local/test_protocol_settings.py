"""Settings of `server_vad` that change while a person speaks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rt_widget import events
from rt_widget.backends.local.hearing.ear import Heard
from rt_widget.backends.local.protocol.outcome import Forget, Prime, Recognise
from rt_widget.backends.local.protocol.pieces import Sound, Words
from rt_widget.config import PushToTalk, ServerVad, TurnDetection
from tests.local.client import BY_HAND, VAD, Client
from tests.local.scripted import loud


def update(detection: TurnDetection) -> events.SessionUpdate:
    wanted = replace(VAD, turn_detection=detection)
    return events.SessionUpdate(config=wanted, changed=frozenset({"turn_detection"}))


def strict(**settings: object) -> ServerVad:
    return replace(ServerVad(), **settings)  # type: ignore[arg-type]  # any field


def test_a_shorter_silence_counts_for_the_silence_that_is_now() -> None:
    client = Client()
    client.hear(*[0.9] * 20, *[0.0] * 8)
    client.send(update(strict(silence_duration_ms=200)))
    assert client.order[-1] == "SessionUpdated"
    client.hear(0.0)
    assert "InputCommitted" in client.order


def test_a_longer_silence_counts_for_the_silence_that_is_now() -> None:
    client = Client()
    client.hear(*[0.9] * 20, *[0.0] * 8)
    client.send(update(strict(silence_duration_ms=1000)))
    client.hear(*[0.0] * 22)
    assert "SpeechStopped" not in client.order
    client.hear(*[0.0] * 3)
    assert "InputCommitted" in client.order


def test_another_threshold_counts_for_the_turn_that_is_going_on() -> None:
    client = Client()
    client.hear(*[0.6] * 20)
    client.send(update(strict(threshold=0.9)))
    client.hear(*[0.6] * 20)
    assert "SpeechStopped" in client.order
    client.send(update(strict(threshold=0.5)))
    client.hear(*[0.6] * 3)
    assert client.order[-1] == "SpeechStarted"


def test_another_padding_counts_from_the_next_turn() -> None:
    client = Client()
    client.hear(*[0.0] * 50)
    client.send(update(strict(prefix_padding_ms=0)))
    client.hear(*[0.9] * 10)
    started = client.told[-1]
    assert isinstance(started, events.SpeechStarted)
    assert started.audio_start_ms == 50 * 32


def test_whether_a_turn_is_answered_is_asked_at_its_end() -> None:
    client = Client()
    client.hear(*[0.9] * 20)
    client.send(update(strict(create_response=False)))
    client.hear(*[0.0] * 20)
    assert "Recognise" in client.work
    assert "Respond" not in client.work


def test_whether_speech_interrupts_is_asked_at_its_start() -> None:
    client = Client()
    client.send(events.ItemCreate(item_id="q", text="hi"), events.ResponseCreate())
    client.send(update(strict(false_alarm_ms=0)))
    client.hear(*[0.9] * 3)
    assert client.order[-1] == "ResponseDone"


def test_a_turn_goes_on_through_an_update_that_names_other_settings() -> None:
    client = Client()
    client.hear(*[0.9] * 20)
    wanted = replace(VAD, speed=0.5)
    client.send(events.SessionUpdate(config=wanted, changed=frozenset({"speed"})))
    client.hear(*[0.9] * 20, *[0.0] * 13)
    (recognise,) = (a for a in client.asked if isinstance(a, Recognise))
    assert len(recognise.sound) == 53 * 512


def test_by_hand_only_what_is_kept_counts_for_a_commit() -> None:
    client = Client()
    client.send(events.InputAudioAppend(audio=bytes(48_000)))
    client.hear(*[0.0] * 40)
    client.send(update(strict(prefix_padding_ms=0)))
    client.hear(*[0.0] * 3)
    client.send(update(PushToTalk()))
    client.keep(client.protocol.hear(Heard(np.ones(100, np.int16))))
    client.send(events.InputAudioCommit())
    assert client.last_error().code == "input_audio_buffer_commit_empty"


def test_clearing_by_hand_leaves_nothing_to_commit() -> None:
    client = Client(BY_HAND)
    client.send(events.InputAudioAppend(audio=bytes(9600)))
    client.keep(client.protocol.hear(Heard(np.ones(3200, np.int16))))
    client.send(events.InputAudioClear(), events.InputAudioCommit())
    assert client.last_error().code == "input_audio_buffer_commit_empty"
    assert client.protocol.prompt() is not None


@pytest.mark.parametrize("detection", [ServerVad(), PushToTalk()])
def test_an_item_can_be_deleted_while_its_words_are_looked_for(
    detection: TurnDetection,
) -> None:
    client = Client(replace(VAD, turn_detection=detection))
    if isinstance(detection, PushToTalk):
        client.send(events.InputAudioAppend(audio=bytes(9600)))
        client.send(events.InputAudioCommit())
    else:
        client.speak()
    (recognise,) = (a for a in client.asked if isinstance(a, Recognise))
    client.send(events.ItemDelete(item_id=recognise.item_id))
    assert client.order[-1] == "ItemDeleted"
    assert client.asked[-1] == Forget(recognise.item_id)
    client.recognise_all("too late")
    assert client.order[-1] == "ItemDeleted"
    client.send(events.ItemCreate(item_id="q", text="hi"), events.ResponseCreate())
    assert client.order[-1] == "ResponseCreated"


def answering() -> tuple[Client, str]:
    """A client to whom an answer is given, and the answer's item."""
    client = Client()
    client.send(events.ItemCreate(item_id="q", text="hi"), events.ResponseCreate())
    client.make(Words("It is Paris"), Sound(loud(0.5), 5), Sound(loud(0.5), 11))
    (added,) = (e for e in client.told if isinstance(e, events.OutputItemAdded))
    return client, added.item.id


def remembered(client: Client) -> list[str]:
    prompt = client.protocol.prompt("so")
    assert prompt is not None
    return [message.content for message in prompt.messages[1:-1]]


@pytest.mark.parametrize("cancelled", [False, True])
def test_an_answer_can_be_cut_while_it_is_given(*, cancelled: bool) -> None:
    client, item = answering()
    if cancelled:
        client.send(events.ResponseCancel())
    client.send(events.ItemTruncate(item_id=item, content_index=0, audio_end_ms=500))
    assert client.told[-1] == events.ItemTruncated(item, 0, 500)
    assert remembered(client) == ["hi", "It is"]
    client.make(Words(" in France."))
    client.make(Sound(loud(0.5), 22))
    assert remembered(client) == ["hi", "It is"]


def test_words_that_never_became_sound_were_not_heard() -> None:
    client, item = answering()
    client.make(Words(" in France."))
    client.send(events.ResponseCancel())
    client.send(events.ItemTruncate(item_id=item, content_index=0, audio_end_ms=1000))
    assert remembered(client) == ["hi", "It is Paris"]


def test_what_was_heard_is_read_ahead_while_the_person_speaks() -> None:
    client, item = answering()
    client.hear(*[0.9] * 20)
    client.send(events.ResponseCancel())
    client.send(events.ItemTruncate(item_id=item, content_index=0, audio_end_ms=500))
    prime = client.asked[-1]
    assert isinstance(prime, Prime)
    assert [message.content for message in prime.messages[1:]] == ["hi", "It is", ""]


@pytest.mark.parametrize("cancelled", [False, True])
def test_an_answer_can_be_deleted_while_it_is_given(*, cancelled: bool) -> None:
    client, item = answering()
    if cancelled:
        client.send(events.ResponseCancel())
    client.send(events.ItemDelete(item_id=item))
    client.make(Words(" in France."))
    assert "ItemDeleted" in client.order
    assert remembered(client) == ["hi"]
    client.send(events.ItemTruncate(item_id=item, content_index=0, audio_end_ms=1))
    assert client.last_error().code == "item_truncate_invalid_item_id"
