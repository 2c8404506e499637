"""The `input_audio_buffer.*` client events and what speech brings about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.backends.local.requests.values import RequestError
from tests.servers.answering import start_after_speech
from tests.servers.conversation import Item
from tests.servers.input_audio import SpeechStarted
from tests.servers.responses import item_event
from tests.servers.state import Effect, Send, SendLater, Session, Stop
from tests.servers.wire import JsonObject, decode_pcm, new_id, pcm_ms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.input_audio import SpeechStopped


def append(session: Session, event: JsonObject) -> Iterator[Effect]:
    """Handle `input_audio_buffer.append`."""
    pcm = decode_pcm(event["audio"], "audio")
    for noticed in session.input_audio.append(pcm):
        if isinstance(noticed, SpeechStarted):
            yield from _started(session, noticed)
        else:
            yield from _stopped(session, noticed)


def commit(session: Session, _event: JsonObject) -> Iterator[Effect]:
    """Handle `input_audio_buffer.commit`: makes the user item and no response."""
    yield from _add_user_item(session, session.input_audio.commit())


def clear(session: Session, _event: JsonObject) -> Iterator[Effect]:
    """Handle `input_audio_buffer.clear`."""
    session.input_audio.clear()
    session.next_item_id = None
    yield Send({"type": "input_audio_buffer.cleared"})


def _started(session: Session, noticed: SpeechStarted) -> Iterator[Effect]:
    session.next_item_id = new_id("item")
    yield Send(
        {
            "type": "input_audio_buffer.speech_started",
            "item_id": session.next_item_id,
            "audio_start_ms": noticed.audio_start_ms,
        }
    )
    detection = session.rules.turn_detection or {}
    active = session.active
    interrupts = detection.get("interrupt_response", False)
    if interrupts and active is not None and active.id not in session.stopping:
        session.stopping.add(active.id)
        yield Stop(active.id, "turn_detected")


def _stopped(session: Session, noticed: SpeechStopped) -> Iterator[Effect]:
    yield Send(
        {
            "type": "input_audio_buffer.speech_stopped",
            "item_id": session.next_item_id,
            "audio_end_ms": noticed.audio_end_ms,
        }
    )
    yield from _add_user_item(session, noticed.pcm)
    detection = session.rules.turn_detection or {}
    if detection.get("create_response", False):
        try:
            yield start_after_speech(session)
        except RequestError as error:
            yield Send(error.event(None))


def _add_user_item(session: Session, pcm: bytes) -> Iterator[Effect]:
    item = Item(
        {
            "id": session.take_item_id(),
            "object": "realtime.item",
            "type": "message",
            "status": "completed",
            "role": "user",
            "content": [{"type": "input_audio", "transcript": None}],
        },
        {0: bytearray(pcm)},
        heard=session.next_heard(),
    )
    session.conversation.add(item)
    yield Send(
        {
            "type": "input_audio_buffer.committed",
            "item_id": item.id,
            "previous_item_id": item.previous,
        }
    )
    yield Send(item_event("added", item))
    yield Send(item_event("done", item))
    if session.rules.transcription is not None:
        yield from _transcribe(session, item)


def _transcribe(session: Session, item: Item) -> Iterator[Effect]:
    kind = "conversation.item.input_audio_transcription"
    where = {"item_id": item.id, "content_index": 0}
    when = session.plan.options.get("transcript", "early")
    if when == "failed":
        error = {
            "type": "transcription_error",
            "code": "audio_unintelligible",
            "message": "The audio could not be transcribed.",
            "param": None,
        }
        yield Send({"type": f"{kind}.failed", **where, "error": error})
        return
    item.data["content"][0]["transcript"] = item.heard
    half = len(item.heard) // 2
    events: list[JsonObject] = [
        {"type": f"{kind}.delta", **where, "delta": piece}
        for piece in (item.heard[:half], item.heard[half:])
        if piece
    ]
    seconds = pcm_ms(len(item.audio[0])) / 1000
    done = {
        "type": f"{kind}.completed",
        **where,
        "transcript": item.heard,
        "usage": {"type": "duration", "seconds": seconds},
    }
    events.append(done)
    if when == "late":
        yield SendLater(tuple(events))
    else:
        yield from (Send(event) for event in events)
