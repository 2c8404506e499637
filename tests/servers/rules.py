"""The session's configuration as a fold: updates in, effective configuration out."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from tests.servers.wire import JsonObject, RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

INSTRUCTIONS = (
    "You are a friendly assistant. Answer briefly, in the language of the speaker."
)
TURN_DETECTION_DEFAULTS: Mapping[str, JsonObject] = {
    "server_vad": {
        "type": "server_vad",
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": 500,
        "idle_timeout_ms": None,
        "create_response": True,
        "interrupt_response": True,
    },
    "semantic_vad": {
        "type": "semantic_vad",
        "eagerness": "auto",
        "create_response": True,
        "interrupt_response": True,
    },
}
NOISE_REDUCTION_DEFAULTS: JsonObject = {"strength": 1.0}
_PLAIN_MODELS = ("gpt-realtime-1.5", "gpt-realtime-mini", "gpt-realtime-2025")
_REASONING_FIELDS = ("reasoning", "parallel_tool_calls")
# Objects that an update changes field by field; all others are replaced whole.
_MERGED = frozenset({"audio", "input", "output", "transcription"})


class SessionRules:
    """One session's configuration; an update is applied whole or not at all.

    Args:
        model: As named in the connection's query; it cannot change later.
        session_id: What `session.id` says.
        expires_at: Unix time in seconds, or None.
    """

    def __init__(self, model: str, session_id: str, expires_at: int | None) -> None:
        self.voice_locked = False
        """True once the session has produced audio."""
        self.reasoning = model != "gpt-realtime" and not model.startswith(_PLAIN_MODELS)
        self._config: JsonObject = {
            "type": "realtime",
            "object": "realtime.session",
            "id": session_id,
            "model": model,
            "output_modalities": ["audio"],
            "instructions": INSTRUCTIONS,
            "tools": [],
            "tool_choice": "auto",
            "max_output_tokens": "inf",
            "tracing": None,
            "truncation": "auto",
            "prompt": None,
            "expires_at": expires_at,
            "audio": {
                "input": {
                    "format": {"type": "audio/pcm", "rate": 24_000},
                    "transcription": None,
                    "noise_reduction": None,
                    "turn_detection": copy.deepcopy(
                        TURN_DETECTION_DEFAULTS["server_vad"]
                    ),
                },
                "output": {
                    "format": {"type": "audio/pcm", "rate": 24_000},
                    "voice": "alloy",
                    "speed": 1.0,
                },
            },
            "include": None,
        }

    @property
    def config(self) -> JsonObject:
        """The effective configuration, as `session.updated` shows it (a copy)."""
        return copy.deepcopy(self._config)

    @property
    def turn_detection(self) -> JsonObject | None:
        """Effective turn detection; None when the client takes turns by hand."""
        found: JsonObject | None = self._config["audio"]["input"]["turn_detection"]
        return found

    @property
    def transcription(self) -> JsonObject | None:
        """Effective input transcription; None when it is off."""
        found: JsonObject | None = self._config["audio"]["input"]["transcription"]
        return found

    def update(self, patch: JsonObject) -> None:
        """Apply a `session.update` whose shape was judged already.

        Raises:
            RequestError: the model differs, the voice is locked, or a field does
                not fit the model; nothing was changed then.
        """
        model = self._config["model"]
        if patch.get("model", model) != model:
            raise RequestError(
                "The model of a session cannot be changed.",
                code="invalid_value",
                param="session.model",
            )
        self.check_model_fields(patch, "session")
        self.check_voice(patch.get("audio", {}).get("output", {}))
        self._config = _merged(self._config, patch)

    def check_voice(self, output: JsonObject) -> None:
        """Refuse another voice once audio was produced."""
        voice = self._config["audio"]["output"]["voice"]
        if self.voice_locked and output.get("voice", voice) != voice:
            raise RequestError(
                "Cannot update a conversation's voice if assistant audio is present.",
                code="cannot_update_voice",
            )

    def check_model_fields(self, patch: JsonObject, path: str) -> None:
        """Refuse what only reasoning models take."""
        for name in _REASONING_FIELDS:
            if name in patch and not self.reasoning:
                raise RequestError(
                    f"Unsupported parameter: '{path}.{name}' is not supported with "
                    "this model.",
                    code="unsupported_parameter",
                    param=f"{path}.{name}",
                )

    def for_response(self, params: JsonObject) -> JsonObject:
        """Give the configuration of one response: the session's with its own on top."""
        own = {key: value for key, value in params.items() if key in self._config}
        if "reasoning" in params:
            own["reasoning"] = params["reasoning"]
        return _merged(self._config, own)


def _merged(current: JsonObject, patch: JsonObject) -> JsonObject:
    result = copy.deepcopy(current)
    for name, value in patch.items():
        result[name] = _merged_field(name, result.get(name), value)
    return result


def _merged_field(name: str, old: object, new: object) -> object:
    if not isinstance(new, dict):
        return copy.deepcopy(new)
    before = old if isinstance(old, dict) else {}
    if name == "turn_detection":
        same_kind = before.get("type") == new["type"]
        base = before if same_kind else TURN_DETECTION_DEFAULTS[new["type"]]
        return {**base, **new}
    if name == "noise_reduction":
        return {**(before or NOISE_REDUCTION_DEFAULTS), **new}
    if name == "format":
        return {"rate": 24_000, **new}
    if name in _MERGED:
        return _merged(before, new)
    return copy.deepcopy(new)
