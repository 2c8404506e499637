"""Events about the person's sound: `input_audio_buffer.*` and its transcription."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.backends.local.requests.values import RequestError

if TYPE_CHECKING:
    from rt_widget.backends.local.requests.values import Wire
    from rt_widget.events import ServerFault

_BUFFER = "input_audio_buffer"
_TRANSCRIPTION = "conversation.item.input_audio_transcription"


def speech_started(item_id: str, audio_start_ms: int) -> Wire:
    """Speech is heard; `item_id` is the coming item's."""
    return {
        "type": f"{_BUFFER}.speech_started",
        "audio_start_ms": audio_start_ms,
        "item_id": item_id,
    }


def speech_stopped(item_id: str, audio_end_ms: int) -> Wire:
    """The turn is over."""
    return {
        "type": f"{_BUFFER}.speech_stopped",
        "audio_end_ms": audio_end_ms,
        "item_id": item_id,
    }


def committed(item_id: str, previous_item_id: str | None) -> Wire:
    """What was said becomes an item."""
    return {
        "type": f"{_BUFFER}.committed",
        "previous_item_id": previous_item_id,
        "item_id": item_id,
    }


def cleared() -> Wire:
    """What was sent is forgotten."""
    return {"type": f"{_BUFFER}.cleared"}


def timeout_triggered(item_id: str, audio_start_ms: int, audio_end_ms: int) -> Wire:
    """Nothing was said for so long that the silence becomes an item."""
    return {
        "type": f"{_BUFFER}.timeout_triggered",
        "audio_start_ms": audio_start_ms,
        "audio_end_ms": audio_end_ms,
        "item_id": item_id,
    }


def transcript_delta(item_id: str, delta: str, content_index: int = 0) -> Wire:
    """More of the person's words."""
    return {
        "type": f"{_TRANSCRIPTION}.delta",
        "item_id": item_id,
        "content_index": content_index,
        "delta": delta,
    }


def transcript_completed(
    item_id: str, transcript: str, seconds: float, content_index: int = 0
) -> Wire:
    """All of the person's words, of so many `seconds` of sound."""
    return {
        "type": f"{_TRANSCRIPTION}.completed",
        "item_id": item_id,
        "content_index": content_index,
        "transcript": transcript,
        "usage": {"type": "duration", "seconds": round(seconds, 3)},
    }


def transcript_failed(item_id: str, fault: ServerFault, content_index: int = 0) -> Wire:
    """Why the person's words are not known."""
    return {
        "type": f"{_TRANSCRIPTION}.failed",
        "item_id": item_id,
        "content_index": content_index,
        "error": {
            "type": fault.type or "server_error",
            "code": fault.code or None,
            "message": fault.message,
            "param": None,
        },
    }


def misheard(fault: ServerFault) -> Wire:
    """The same where nobody is told of transcripts: an `error`."""
    kind = fault.type or "server_error"
    return RequestError(fault.message, code=fault.code or None, kind=kind).event(None)
