"""How client events look on a socket: the GA shape, and the flat beta shape.

Sources: `openai.types.realtime` and `openai.types.beta.realtime` of openai 3.54.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Literal, TypeAlias

from rt_widget import events
from rt_widget.audio import SAMPLE_RATE_HZ
from rt_widget.config import PushToTalk, SemanticVad, ServerVad

if TYPE_CHECKING:
    from rt_widget.config import SessionConfig, TurnDetection

Dialect: TypeAlias = Literal["ga", "beta"]
Wire: TypeAlias = dict[str, object]

_PCM: Wire = {"type": "audio/pcm", "rate": SAMPLE_RATE_HZ}


def encode(
    event: events.AnyClientEvent, dialect: Dialect, transcription_model: str
) -> str:
    """The frame of a client event, as JSON."""
    kind, fields = _fields(event, dialect, transcription_model)
    return json.dumps({"type": kind, "event_id": event.event_id, **fields})


def _fields(
    event: events.AnyClientEvent, dialect: Dialect, transcription_model: str
) -> tuple[str, Wire]:
    match event:
        case events.SessionUpdate(config=config, changed=changed):
            shape = ga_session if dialect == "ga" else _beta_session
            session = shape(config, changed, transcription_model)
            return "session.update", {"session": session}
        case events.ResponseCreate():
            response = _ga_response(event) if dialect == "ga" else _beta_response(event)
            return "response.create", {"response": response} if response else {}
        case events.ResponseCancel(response_id=response_id):
            which: Wire = {"response_id": response_id} if response_id else {}
            return "response.cancel", which
        case (
            events.ItemCreate()
            | events.FunctionOutput()
            | events.ItemTruncate()
            | events.ItemDelete()
        ):
            return _item_fields(event)
        case _:
            return _input_fields(event)


def _ga_response(event: events.ResponseCreate) -> Wire:
    response: Wire = {"metadata": dict(event.metadata)}
    if event.verbatim:
        response |= _recital(event.verbatim)
        response |= {"conversation": "none", "input": [], "tool_choice": "none"}
    return response


def _beta_response(event: events.ResponseCreate) -> Wire:
    # Servers of the flat dialect know no metadata and may refuse it.
    return _recital(event.verbatim) if event.verbatim else {}


def _recital(words: str) -> Wire:
    """A model has no other way to be told what to say."""
    task = "Say exactly the following, word for word, and nothing before or after it:"
    return {"instructions": f"{task}\n\n{words}"}


def _input_fields(
    event: events.InputAudioAppend | events.InputAudioCommit | events.InputAudioClear,
) -> tuple[str, Wire]:
    match event:
        case events.InputAudioAppend(audio=audio):
            return "input_audio_buffer.append", {"audio": _base64(audio)}
        case events.InputAudioCommit():
            return "input_audio_buffer.commit", {}
        case events.InputAudioClear():
            return "input_audio_buffer.clear", {}


def _item_fields(
    event: events.ItemCreate
    | events.FunctionOutput
    | events.ItemTruncate
    | events.ItemDelete,
) -> tuple[str, Wire]:
    match event:
        case events.FunctionOutput(call_id=call_id, output=output):
            given: Wire = {
                "id": event.item_id,
                "type": "function_call_output",
                "call_id": call_id,
                "output": output,
            }
            return "conversation.item.create", {"item": given}
        case events.ItemTruncate():
            return "conversation.item.truncate", {
                "item_id": event.item_id,
                "content_index": event.content_index,
                "audio_end_ms": event.audio_end_ms,
            }
        case events.ItemDelete():
            return "conversation.item.delete", {"item_id": event.item_id}
        case events.ItemCreate(audio=audio):
            part: Wire = {"type": "input_text", "text": event.text}
            if audio is not None:
                part = {"type": "input_audio", "audio": _base64(audio)}
            item: Wire = {
                "id": event.item_id,
                "type": "message",
                "role": "user",
                "content": [part],
            }
            return "conversation.item.create", {"item": item}


def ga_session(
    config: SessionConfig, changed: frozenset[str], transcription_model: str
) -> Wire:
    """The `session` of a GA `session.update`: just the `changed` settings."""
    first = "model" in changed
    into: Wire = {}
    out: Wire = {}
    session: Wire = {"type": "realtime"}
    if first:
        into["format"] = out["format"] = _PCM
        into["transcription"] = {"model": transcription_model}
    if "turn_detection" in changed:
        into["turn_detection"] = _turn_detection(config.turn_detection)
    if _tells_of_noise(config, changed):
        into["noise_reduction"] = _noise_reduction(config)
    if "voice" in changed:
        session["output_modalities"] = ["text"] if config.text_only else ["audio"]
        if not config.text_only:
            out["voice"] = _voice(config.voice)
    if "speed" in changed:
        out["speed"] = config.speed
    if "system" in changed:
        session["instructions"] = config.system
    session |= _tools(config, changed)
    audio = {name: part for name, part in (("input", into), ("output", out)) if part}
    return {**session, "audio": audio} if audio else session


def _beta_session(
    config: SessionConfig, changed: frozenset[str], transcription_model: str
) -> Wire:
    session: Wire = {}
    if "model" in changed:
        session["input_audio_format"] = session["output_audio_format"] = "pcm16"
        session["input_audio_transcription"] = {"model": transcription_model}
    if "turn_detection" in changed:
        session["turn_detection"] = _turn_detection(config.turn_detection)
    if _tells_of_noise(config, changed):
        session["input_audio_noise_reduction"] = _noise_reduction(config)
    if "voice" in changed:
        session["modalities"] = ["text"] if config.text_only else ["text", "audio"]
        if not config.text_only:
            session["voice"] = _voice(config.voice)
    plain = {"speed": config.speed, "temperature": config.temperature}
    session |= {name: value for name, value in plain.items() if name in changed}
    if "system" in changed:
        session["instructions"] = config.system
    return session | _tools(config, changed)


def _tools(config: SessionConfig, changed: frozenset[str]) -> Wire:
    # A session begins without any, and a server may know of none.
    if "tools" not in changed or not (config.tools or "model" not in changed):
        return {}
    return {"tools": [tool.wire for tool in config.tools], "tool_choice": "auto"}


def _voice(name: str) -> str | Wire:
    # A voice of one's own goes by its id, which the service gives this beginning.
    return {"id": name} if name.startswith("voice_") else name


def _tells_of_noise(config: SessionConfig, changed: frozenset[str]) -> bool:
    # A session begins without it, and a server of the same protocol may not know it.
    is_wanted = config.noise_reduction != "none" or "model" not in changed
    return "noise_reduction" in changed and is_wanted


def _noise_reduction(config: SessionConfig) -> Wire | None:
    kind = config.noise_reduction
    return None if kind == "none" else {"type": kind}


def _turn_detection(detection: TurnDetection) -> Wire | None:
    match detection:
        case PushToTalk():
            return None
        case ServerVad():
            return {
                "type": "server_vad",
                "threshold": detection.threshold,
                "prefix_padding_ms": detection.prefix_padding_ms,
                "silence_duration_ms": detection.silence_duration_ms,
                "create_response": detection.create_response,
                "interrupt_response": detection.server_interrupts,
            }
        case SemanticVad():
            return {
                "type": "semantic_vad",
                "eagerness": detection.eagerness,
                "create_response": detection.create_response,
                "interrupt_response": detection.server_interrupts,
            }


def _base64(audio: bytes) -> str:
    return base64.b64encode(audio).decode("ascii")
