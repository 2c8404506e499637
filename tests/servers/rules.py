"""The session's configuration as a fold: updates in, effective configuration out."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from rt_widget.backends.local.requests.merging import first_config, merged
from rt_widget.backends.local.requests.values import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.servers.wire import JsonObject

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
_PLAIN_MODELS = ("gpt-realtime-1.5", "gpt-realtime-mini", "gpt-realtime-2025")
_REASONING_FIELDS = ("reasoning", "parallel_tool_calls")


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
        self._config: JsonObject = first_config(
            session_id,
            model,
            INSTRUCTIONS,
            voice="alloy",
            detection=TURN_DETECTION_DEFAULTS["server_vad"],
        )
        self._config["expires_at"] = expires_at

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
        self._config = merged(self._config, patch, TURN_DETECTION_DEFAULTS)

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
        return merged(self._config, own, TURN_DETECTION_DEFAULTS)
