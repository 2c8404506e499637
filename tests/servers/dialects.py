"""The two dialects: GA as it is, and the flat beta shape translated to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from rt_widget.backends.local.requests import specs
from rt_widget.backends.local.requests.item_specs import IMAGE, message_items
from rt_widget.backends.local.requests.schema import Choice, Exactly, Number, Rule, Text
from rt_widget.backends.local.requests.shapes import (
    Anything,
    ListOf,
    Nullable,
    Record,
    Tagged,
)
from tests.servers.specs import MESSAGES, RESPONSE, SESSION, VOICES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.servers.wire import JsonObject

BETA_VOICES = VOICES[:8]
TEMPERATURE = Number(0.6, 1.2)
_MODALITIES = Exactly((("text",), ("text", "audio"), ("audio", "text")))
_FORMAT = Choice(("pcm16",))
_SHARED: dict[str, Rule] = {
    "instructions": Text(),
    "modalities": _MODALITIES,
    "output_audio_format": _FORMAT,
    "temperature": TEMPERATURE,
    "tool_choice": specs.TOOL_CHOICE,
    "tools": specs.TOOLS,
    "voice": Choice(BETA_VOICES),
}
_SESSION = Record(
    {
        **_SHARED,
        "model": Text(),
        "input_audio_format": _FORMAT,
        "input_audio_transcription": Nullable(specs.TRANSCRIPTION),
        "input_audio_noise_reduction": Nullable(specs.NOISE_REDUCTION),
        "max_response_output_tokens": specs.MAX_TOKENS,
        "speed": specs.SPEED,
        "turn_detection": Nullable(specs.TURN_DETECTION),
        "tracing": Nullable(specs.TRACING),
    }
)
_RESPONSE = Record(
    {
        **_SHARED,
        "conversation": Choice(("auto", "none")),
        "input": ListOf(Anything()),
        "max_response_output_tokens": specs.MAX_TOKENS,
        "metadata": Nullable(specs.METADATA),
    }
)
_EVENT_NAMES = {
    "response.output_text.delta": "response.text.delta",
    "response.output_text.done": "response.text.done",
    "response.output_audio.delta": "response.audio.delta",
    "response.output_audio.done": "response.audio.done",
    "response.output_audio_transcript.delta": "response.audio_transcript.delta",
    "response.output_audio_transcript.done": "response.audio_transcript.done",
    "conversation.item.added": "conversation.item.created",
}
_OUTPUT_FIELDS = {"voice": "voice", "speed": "speed"}
_INPUT_FIELDS = {
    "turn_detection": "turn_detection",
    "input_audio_transcription": "transcription",
    "input_audio_noise_reduction": "noise_reduction",
}
_PLAIN_FIELDS = (
    "model",
    "instructions",
    "tools",
    "tool_choice",
    "tracing",
    "temperature",
    "conversation",
    "input",
    "metadata",
)


class Dialect(Protocol):
    """How one dialect differs from what the server computes with (GA)."""

    events: Mapping[str, Record]
    """Client events and their fields."""
    items: Tagged
    """Messages that a client may create."""

    def incoming(self, params: JsonObject) -> JsonObject:
        """Translate a judged session or response object to GA."""

    def outgoing(self, event: JsonObject) -> JsonObject | None:
        """Translate a GA event; None if the dialect has no such event."""


class Ga:
    """The GA dialect."""

    events: Mapping[str, Record] = specs.client_events(SESSION, RESPONSE)
    items = MESSAGES

    def incoming(self, params: JsonObject) -> JsonObject:
        """Give it back as it is."""
        return params

    def outgoing(self, event: JsonObject) -> JsonObject | None:
        """Give it back as it is."""
        return event


class Beta:
    """The flat dialect, with `temperature` from 0.6 to 1.2."""

    events: Mapping[str, Record] = specs.client_events(_SESSION, _RESPONSE)
    items = message_items("text", IMAGE)

    def incoming(self, params: JsonObject) -> JsonObject:
        """Nest what is flat."""
        found: JsonObject = {key: params[key] for key in _PLAIN_FIELDS if key in params}
        audio_in = {
            new: params[old] for old, new in _INPUT_FIELDS.items() if old in params
        }
        audio_out = {
            new: params[old] for old, new in _OUTPUT_FIELDS.items() if old in params
        }
        if audio_in or audio_out:
            found["audio"] = {"input": audio_in, "output": audio_out}
        if "modalities" in params:
            spoken = "audio" in params["modalities"]
            found["output_modalities"] = ["audio"] if spoken else ["text"]
        if "max_response_output_tokens" in params:
            found["max_output_tokens"] = params["max_response_output_tokens"]
        return found

    def outgoing(self, event: JsonObject) -> JsonObject | None:
        """Rename events, flatten sessions and responses, rename item contents."""
        kind = event["type"]
        if kind == "conversation.item.done":
            return None
        changed = {**event, "type": _EVENT_NAMES.get(kind, kind)}
        if "session" in changed:
            changed["session"] = _flat_session(changed["session"])
        if "response" in changed:
            changed["response"] = _flat_response(changed["response"])
        if "item" in changed:
            changed["item"] = _beta_item(changed["item"])
        return changed


def _flat_session(session: JsonObject) -> JsonObject:
    heard, said = session["audio"]["input"], session["audio"]["output"]
    same = ("id", "object", "model", "instructions", "tools", "tool_choice", "tracing")
    return {
        **{key: session[key] for key in (*same, "expires_at")},
        "modalities": _modalities(session),
        "voice": said["voice"],
        "speed": said["speed"],
        "input_audio_format": "pcm16",
        "output_audio_format": "pcm16",
        "input_audio_transcription": heard["transcription"],
        "input_audio_noise_reduction": heard["noise_reduction"],
        "turn_detection": heard["turn_detection"],
        "temperature": session.get("temperature", 0.8),
        "max_response_output_tokens": session["max_output_tokens"],
    }


def _flat_response(response: JsonObject) -> JsonObject:
    nested = ("audio", "output_modalities")
    flat = {key: value for key, value in response.items() if key not in nested}
    return {
        **flat,
        "modalities": _modalities(response),
        "voice": response["audio"]["output"]["voice"],
        "output_audio_format": "pcm16",
        "output": [_beta_item(item) for item in response["output"]],
    }


def _modalities(holder: JsonObject) -> list[str]:
    return ["text", "audio"] if holder["output_modalities"] == ["audio"] else ["text"]


def _beta_item(item: JsonObject) -> JsonObject:
    if item.get("role") != "assistant":
        return item
    content = [
        {**part, "type": part["type"].removeprefix("output_")}
        for part in item["content"]
    ]
    return {**item, "content": content}


DIALECTS: Mapping[str, Dialect] = {"ga": Ga(), "beta": Beta()}
