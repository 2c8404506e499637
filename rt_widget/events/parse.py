"""From a raw frame to a server event: a table of names, and readers that check types.

The table knows the GA names and, as aliases, those of the flat beta dialect, so
that one session serves both. A name that is not in it gives `Unhandled`; a frame
that is not the protocol raises `ProtocolError` and harms nothing else.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
import typing
from typing import TYPE_CHECKING, TypeAlias

from rt_widget.errors import ProtocolError
from rt_widget.events import server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Raw: TypeAlias = dict[str, object]

_TYPES: dict[str, type[server.ServerEvent]] = {
    "session.created": server.SessionCreated,
    "session.updated": server.SessionUpdated,
    "conversation.item.added": server.ItemAdded,
    "conversation.item.done": server.ItemDone,
    "conversation.item.deleted": server.ItemDeleted,
    "conversation.item.truncated": server.ItemTruncated,
    "conversation.item.input_audio_transcription.delta": server.InputTranscriptDelta,
    "conversation.item.input_audio_transcription.completed": server.InputTranscriptDone,
    "conversation.item.input_audio_transcription.failed": server.InputTranscriptFailed,
    "input_audio_buffer.speech_started": server.SpeechStarted,
    "input_audio_buffer.speech_stopped": server.SpeechStopped,
    "input_audio_buffer.committed": server.InputCommitted,
    "input_audio_buffer.cleared": server.InputCleared,
    "response.created": server.ResponseCreated,
    "response.done": server.ResponseDone,
    "response.output_item.added": server.OutputItemAdded,
    "response.output_item.done": server.OutputItemDone,
    "response.output_text.delta": server.TextDelta,
    "response.output_text.done": server.TextDone,
    "response.output_audio.delta": server.AudioDelta,
    "response.output_audio.done": server.AudioDone,
    "response.output_audio_transcript.delta": server.TranscriptDelta,
    "response.output_audio_transcript.done": server.TranscriptDone,
    "error": server.ErrorReported,
}

_NEVER_ON_A_WIRE = {"text_end"}
"""Fields that only a backend of our own fills."""

_YEAR_9999 = 253_370_764_800
"""As Unix time; what is later is no time."""

_BETA_NAMES = {
    "conversation.item.created": "conversation.item.added",
    "response.text.delta": "response.output_text.delta",
    "response.text.done": "response.output_text.done",
    "response.audio.delta": "response.output_audio.delta",
    "response.audio.done": "response.output_audio.done",
    "response.audio_transcript.delta": "response.output_audio_transcript.delta",
    "response.audio_transcript.done": "response.output_audio_transcript.done",
}


def parse_server_event(frame: str | bytes) -> server.ServerEvent:
    """The event in a frame as it came from a socket.

    Raises:
        ProtocolError: not JSON, not an object with a `type`, a field of the wrong
            type, or audio that is not whole PCM16 samples in base64.
    """
    try:
        raw = json.loads(frame)
    except (ValueError, RecursionError) as error:
        msg = "The server sent something that is not JSON."
        raise ProtocolError(msg) from error
    return event_from_wire(raw)


def event_from_wire(raw: object) -> server.ServerEvent:
    """The event in a decoded frame; see `parse_server_event`."""
    wire_name = raw.get("type") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or not isinstance(wire_name, str):
        msg = "The server sent something that is not an event."
        raise ProtocolError(msg)
    name = _BETA_NAMES.get(wire_name, wire_name)
    kind = _TYPES.get(name)
    if kind is None:
        return server.Unhandled(name)
    try:
        return _FILL[kind](raw)
    except (TypeError, ValueError, binascii.Error) as error:
        msg = f"The server's {name} event cannot be used: {error}."
        raise ProtocolError(msg) from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        msg = f"a text was expected, not {type(value).__name__}"
        raise TypeError(msg)
    return _whole(value)


def _whole(text: str) -> str:
    """`text` without halves of surrogate pairs, which no channel to a page carries."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _optional_text(value: object) -> str | None:
    return None if value is None else _text(value)


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        msg = f"a whole number was expected, not {type(value).__name__}"
        raise TypeError(msg)
    return value


def _pcm16(value: object) -> bytes:
    audio = base64.b64decode(_text(value), validate=True)
    if len(audio) % 2:
        msg = "audio of an odd number of bytes"
        raise ValueError(msg)
    return audio


def _object(value: object) -> Raw:
    if not isinstance(value, dict):
        msg = f"an object was expected, not {type(value).__name__}"
        raise TypeError(msg)
    return value


def _session(value: object) -> server.ServerSession:
    raw = _object(value)
    voice: object = raw.get("voice")
    if voice is None and isinstance(audio := raw.get("audio"), dict):
        output = audio.get("output")
        voice = output.get("voice") if isinstance(output, dict) else None
    return server.ServerSession(
        id=_words(raw, "id"),
        model=_words(raw, "model"),
        voice=voice if isinstance(voice, str) else "",
        expires_at=_unix_time(raw.get("expires_at")),
    )


def _unix_time(value: object) -> float | None:
    if isinstance(value, int | float) and 0 < value < _YEAR_9999:
        return float(value)
    return None


def _item(value: object) -> server.WireItem:
    raw = _object(value)
    content = raw.get("content")
    parts = content if isinstance(content, list) else []
    return server.WireItem(
        id=_text(raw.get("id")),
        type=_words(raw, "type") or "message",
        role=_words(raw, "role"),
        status=_words(raw, "status"),
        content=tuple(_part(part) for part in parts if isinstance(part, dict)),
        name=_words(raw, "name"),
        call_id=_words(raw, "call_id"),
        arguments=_words(raw, "arguments"),
        output=_words(raw, "output"),
    )


def _part(raw: Raw) -> server.ContentPart:
    return server.ContentPart(
        _words(raw, "type"), _words(raw, "text"), _words(raw, "transcript")
    )


def _response(value: object) -> server.WireResponse:
    raw = _object(value)
    details = raw.get("status_details")
    details = details if isinstance(details, dict) else {}
    fault = _fault(details.get("error") or {})
    metadata = raw.get("metadata")
    return server.WireResponse(
        id=_text(raw.get("id")),
        status=_words(raw, "status") or "in_progress",
        reason=_words(details, "reason"),
        error_code=fault.code or fault.type,
        error_message=fault.message,
        usage=_usage(raw.get("usage")),
        metadata={
            str(k): v
            for k, v in (metadata if isinstance(metadata, dict) else {}).items()
            if isinstance(v, str)
        },
        calls=tuple(_calls(raw.get("output"))),
    )


def _calls(output: object) -> Iterator[server.WireItem]:
    """The whole function calls of a response's output; what is none is left out."""
    for item in output if isinstance(output, list) else []:
        is_call = isinstance(item, dict) and item.get("type") == "function_call"
        if is_call and _words(item, "id") and item.get("status") == "completed":
            yield _item(item)


def _usage(value: object) -> server.Usage | None:
    if not isinstance(value, dict):
        return None
    into = value.get("input_token_details")
    into = into if isinstance(into, dict) else {}
    out = value.get("output_token_details")
    out = out if isinstance(out, dict) else {}
    return server.Usage(
        total_tokens=_count(value, "total_tokens"),
        input_tokens=_count(value, "input_tokens"),
        output_tokens=_count(value, "output_tokens"),
        input_text_tokens=_count(into, "text_tokens"),
        input_audio_tokens=_count(into, "audio_tokens"),
        cached_tokens=_count(into, "cached_tokens"),
        output_text_tokens=_count(out, "text_tokens"),
        output_audio_tokens=_count(out, "audio_tokens"),
    )


def _fault(value: object) -> server.ServerFault:
    if isinstance(value, str):
        # vLLM sends the error as a plain sentence.
        return server.ServerFault(message=value)
    raw = _object(value)
    names = ("message", "code", "type", "param", "event_id")
    return server.ServerFault(*(_words(raw, name) for name in names))


def _words(raw: Raw, name: str) -> str:
    """A text that may be missing or null; anything else counts as missing."""
    value = raw.get(name)
    return _whole(value) if isinstance(value, str) else ""


def _count(raw: Raw, name: str) -> int:
    value = raw.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return max(0, value)


_READERS: dict[object, Callable[[object], object]] = {
    str: _text,
    str | None: _optional_text,
    int: _integer,
    bytes: _pcm16,
    server.ServerSession: _session,
    server.WireItem: _item,
    server.WireResponse: _response,
    server.ServerFault: _fault,
}


def _filler(
    kind: type[server.ServerEvent],
) -> Callable[[Raw], server.ServerEvent]:
    """What fills `kind` from the wire; fields with a default may be absent."""
    hints = typing.get_type_hints(kind)
    plan = [
        (
            field.name,
            _READERS[hints[field.name]],
            field.default is dataclasses.MISSING
            and field.default_factory is dataclasses.MISSING,
        )
        for field in dataclasses.fields(kind)
        if field.name not in _NEVER_ON_A_WIRE
    ]

    def fill(raw: Raw) -> server.ServerEvent:
        values = {
            name: read(raw.get(name))
            for name, read, required in plan
            if required or raw.get(name) is not None
        }
        make = typing.cast("Callable[..., server.ServerEvent]", kind)
        return make(**values)

    return fill


_FILL = {kind: _filler(kind) for kind in _TYPES.values()}
