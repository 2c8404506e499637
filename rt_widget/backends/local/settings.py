"""What a local session is set to, as one frozen value that updates make anew."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from rt_widget import events
from rt_widget.backends.local.requests.merging import Config, first_config, merged
from rt_widget.backends.local.requests.typed import MODEL, session_patch
from rt_widget.backends.local.requests.values import RequestError, Wire
from rt_widget.backends.local.speaking.voices import NO_VOICE, at_hand
from rt_widget.backends.local.turn_settings import DETECTIONS, detection_of
from rt_widget.config import (
    ALL_SETTINGS,
    DEFAULT_SYSTEM,
    DEFAULT_VOICE,
    SessionConfig,
    ToolSpec,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rt_widget.backends.local.hearing.g711 import AudioFormat
    from rt_widget.config import TurnDetection

# Judged and taken, but nothing here traces, reasons, filters or rates words.
_WITHOUT_EFFECT = ("tracing", "include", "prompt", "reasoning", "parallel_tool_calls")
_ANY_OBJECT: Mapping[str, object] = {"type": "object", "properties": {}}


@dataclass(frozen=True, slots=True)
class FunctionChoice:
    """The one function that must be called."""

    name: str


ToolChoice: TypeAlias = Literal["auto", "none", "required"] | FunctionChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A session's effective configuration, and the same as values.

    A voice is not locked by the first answer, as it is on the service: this engine
    can change it at any time. What is changed holds from the next response on.

    Args:
        config: In the shape of GA, with `temperature`; not to be changed.
        voices: Names of the voices that can speak.
        model: The name that the client connected with.
        instructions: What the language model reads first.
        text_only: Whether answers come without a voice.
        voice: Who speaks: one of `voices`.
        speed: Of the voice, as a factor.
        temperature: Of the sampling, from 0 to 2.
        turn_detection: Whether the server interrupts is all in `interrupt_response`.
        idle_timeout_ms: Silence after an answer that counts as a turn; None is never.
        tools: What may be called.
        tool_choice: `auto`, `none`, `required`, or the one that must be called.
        max_output_tokens: Of one response; None is as many as the model likes.
        input_format: What the client sends.
        output_format: What the client hears.
        transcription: Tells of the words heard; None where they are not wanted.
    """

    config: Config
    voices: tuple[str, ...]
    model: str
    instructions: str
    text_only: bool
    voice: str
    speed: float
    temperature: float
    turn_detection: TurnDetection
    idle_timeout_ms: int | None
    tools: tuple[ToolSpec, ...]
    tool_choice: ToolChoice
    max_output_tokens: int | None
    input_format: AudioFormat
    output_format: AudioFormat
    transcription: Wire | None

    @classmethod
    def new(
        cls,
        voices: Sequence[str],
        *,
        model: str = MODEL,
        instructions: str = DEFAULT_SYSTEM,
        expires_at: int | None = None,
    ) -> Settings:
        """What a session begins with, under an id of its own.

        Args:
            voices: Names of the voices that can speak.
            model: The name that the client connected with.
            instructions: Until the client sends its own.
            expires_at: Unix time in seconds at which the session ends. A session
                without an end does not have the field: clients take it as a number
                that may be absent, and not all of them as one that may be null.
        """
        session_id = events.new_id("sess")
        config = first_config(
            session_id,
            model,
            instructions,
            voice=at_hand(DEFAULT_VOICE, voices),
            detection=DETECTIONS["server_vad"],
        )
        config["temperature"] = SessionConfig().temperature
        if expires_at is not None:
            config["expires_at"] = expires_at
        return _settings(config, tuple(voices))

    @classmethod
    def of_config(cls, config: SessionConfig, voices: Sequence[str]) -> Settings:
        """What a session of the widget begins with: all that it is set to."""
        return cls.new(voices).updated(session_patch(config, ALL_SETTINGS))

    @property
    def wire(self) -> Wire:
        """As `session.created` and `session.updated` show it (a copy)."""
        return copy.deepcopy(self.config)

    def updated(self, patch: Wire) -> Settings:
        """With a `session.update` on top: absent fields stay, null clears.

        Raises:
            RequestError: the model is another one, or the tool that must be called
                is not there; nothing of the patch holds then.
        """
        if patch.get("model", self.model) != self.model:
            raise RequestError(
                f"The model of a session cannot be changed: it is {self.model:.100}.",
                code="invalid_value",
                param="session.model",
            )
        return self._with(patch, "session")

    def for_response(self, overrides: Wire) -> Settings:
        """As they are for one response, with its own fields on top.

        Raises:
            RequestError: the tool that must be called is not there.
        """
        return self._with(overrides, "response") if overrides else self

    def _with(self, patch: Wire, path: str) -> Settings:
        effective = {k: v for k, v in patch.items() if k not in _WITHOUT_EFFECT}
        config = merged(self.config, effective, DETECTIONS)
        config["audio"]["input"]["noise_reduction"] = None
        spoken = config["audio"]["output"]
        spoken["voice"] = _voice(spoken["voice"], self.voices)
        if not _has_chosen_tool(config):
            if "tool_choice" in patch:
                raise _no_such_tool(config, path)
            # The tools were changed, and the one that had to be called is gone.
            config["tool_choice"] = "auto"
        return _settings(config, self.voices)


def _settings(config: Config, voices: tuple[str, ...]) -> Settings:
    heard, spoken = config["audio"]["input"], config["audio"]["output"]
    detection = heard["turn_detection"]
    limit = config["max_output_tokens"]
    return Settings(
        config=config,
        voices=voices,
        model=config["model"],
        instructions=config["instructions"],
        text_only=config["output_modalities"] == ["text"],
        voice=spoken["voice"],
        speed=float(spoken["speed"]),
        temperature=float(config["temperature"]),
        turn_detection=detection_of(detection),
        idle_timeout_ms=(detection or {}).get("idle_timeout_ms"),
        tools=tuple(_tool(tool) for tool in config["tools"]),
        tool_choice=_tool_choice(config["tool_choice"]),
        max_output_tokens=None if limit == "inf" else limit,
        input_format=heard["format"]["type"],
        output_format=spoken["format"]["type"],
        transcription=heard["transcription"],
    )


def _voice(asked: str | Mapping[str, str], voices: Sequence[str]) -> str:
    name = asked if isinstance(asked, str) else asked["id"]
    # No voice is a matter of `output_modalities` here.
    return at_hand("" if name == NO_VOICE else name, voices)


def _tool(tool: Config) -> ToolSpec:
    return ToolSpec(
        name=tool["name"],
        description=tool.get("description", ""),
        parameters=tool.get("parameters", _ANY_OBJECT),
    )


def _tool_choice(choice: str | Mapping[str, str]) -> ToolChoice:
    match choice:
        case "auto" | "none" | "required":
            return choice
        case str():
            return "auto"
        case _:
            return FunctionChoice(choice["name"])


def _has_chosen_tool(config: Config) -> bool:
    choice = config["tool_choice"]
    names = [tool["name"] for tool in config["tools"]]
    return not isinstance(choice, dict) or choice["name"] in names


def _no_such_tool(config: Config, path: str) -> RequestError:
    where, name = f"{path}.tool_choice", config["tool_choice"]["name"]
    return RequestError(
        f"Invalid '{where}': there is no tool '{name:.100}'.",
        code="invalid_value",
        param=where,
    )
