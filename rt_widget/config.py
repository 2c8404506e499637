"""A session's settings, as one frozen value that the widget hands to a session."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from numbers import Real
from typing import Any, Literal, TypeAlias, get_args

from rt_widget.errors import InputError

SPEED_RANGE = (0.25, 1.5)
"""Slowest and fastest speech, as a factor; the GA session's own limits."""

TEMPERATURE_RANGE = (0.6, 1.2)
"""Lowest and highest sampling temperature; the limits of the beta dialect."""

_RANGES = {"speed": SPEED_RANGE, "temperature": TEMPERATURE_RANGE}

PAUSE_RANGES_MS = {
    "prefix_padding_ms": (0.0, 5_000.0),
    "silence_duration_ms": (0.0, 10_000.0),
}
"""Shortest and longest stretches of sound that turn detection takes."""

FALSE_ALARM_RANGE_MS = (0.0, 10_000.0)
"""Shortest and longest grace for a sound that may be no interruption."""

Eagerness: TypeAlias = Literal["low", "medium", "high", "auto"]
"""How soon semantic turn detection lets the assistant answer."""

NoiseReduction: TypeAlias = Literal["none", "near_field", "far_field"]
"""What the service does about noise: nothing, for a headset, for a room."""

SYSTEM_LIMIT = 64_000
"""Longest system text, in characters."""

DEFAULT_SYSTEM = (
    "You are a friendly voice assistant in a live conversation. Answer correctly, in "
    "one or two short spoken sentences. Say so when you are not sure, and ask back "
    "when a question is unclear. Stay polite and safe, keep to the same terms, and "
    "speak at the level of the person you talk to."
)

DEFAULT_VOICE = "alloy"


@dataclass(frozen=True, slots=True)
class ServerVad:
    """The server hears from the sound when a turn starts and ends.

    Args:
        threshold: Speech probability in [0, 1] that counts as speech.
        prefix_padding_ms: Sound kept from before the start of speech.
        silence_duration_ms: Silence that ends a turn.
        create_response: Answer each turn.
        interrupt_response: Stop an answer when the person speaks.
        false_alarm_ms: Speech that is shorter only pauses an answer, which then goes
            on; 0 stops it at the first sound of speech.

    Example:
        >>> w.turn_detection = ServerVad(silence_duration_ms=600)
        >>> w.turn_detection.silence_duration_ms
        600
    """

    threshold: float = 0.5
    prefix_padding_ms: int = 300
    silence_duration_ms: int = 400
    create_response: bool = True
    interrupt_response: bool = True
    false_alarm_ms: int = 500

    def __post_init__(self) -> None:
        threshold = check_range("threshold", self.threshold, (0.0, 1.0))
        object.__setattr__(self, "threshold", threshold)
        for name, limits in PAUSE_RANGES_MS.items():
            number = check_range(name, getattr(self, name), limits)
            object.__setattr__(self, name, round(number))
        _check_interruption(self)

    @property
    def server_interrupts(self) -> bool:
        """Whether the server stops an answer, at the first sound of speech."""
        return self.interrupt_response and not self.false_alarm_ms


@dataclass(frozen=True, slots=True)
class SemanticVad:
    """The server judges from the words too whether the person has finished.

    Args:
        eagerness: How soon to answer: `low`, `medium`, `high`, or `auto` (= medium).
        create_response: Answer each turn.
        interrupt_response: Stop an answer when the person speaks.
        false_alarm_ms: Speech that is shorter only pauses an answer, which then goes
            on; 0 stops it at the first sound of speech.

    Example:
        >>> w.turn_detection = SemanticVad(eagerness="low")
        >>> w.turn_detection.eagerness
        'low'
    """

    eagerness: Eagerness = "auto"
    create_response: bool = True
    interrupt_response: bool = True
    false_alarm_ms: int = 500

    def __post_init__(self) -> None:
        known = get_args(Eagerness)
        if str(self.eagerness) not in known:
            msg = f"eagerness is {self.eagerness!r:.50}."
            raise InputError(msg, hint=f"Give one of {', '.join(known)}.")
        _check_interruption(self)

    @property
    def server_interrupts(self) -> bool:
        """Whether the server stops an answer, at the first sound of speech."""
        return self.interrupt_response and not self.false_alarm_ms


@dataclass(frozen=True, slots=True)
class PushToTalk:
    """The person says when a turn ends; the server does not listen for it.

    Example:
        >>> w.turn_detection = PushToTalk()
        >>> w.turn_detection
        PushToTalk()
    """


TurnDetection: TypeAlias = ServerVad | SemanticVad | PushToTalk


def _check_interruption(value: ServerVad | SemanticVad) -> None:
    grace = check_range("false_alarm_ms", value.false_alarm_ms, FALSE_ALARM_RANGE_MS)
    object.__setattr__(value, "false_alarm_ms", round(grace))
    for name in ("create_response", "interrupt_response"):
        if not isinstance(getattr(value, name), bool):
            msg = f"{name} is {getattr(value, name)!r:.50}."
            raise InputError(msg, hint="Give True or False.")


_BY_NAME: dict[str, type[ServerVad | SemanticVad | PushToTalk]] = {
    "server_vad": ServerVad,
    "semantic_vad": SemanticVad,
    "push_to_talk": PushToTalk,
}
_NAMES = {kind: name for name, kind in _BY_NAME.items()}


def turn_detection(value: object) -> TurnDetection:
    """The turn detection that is meant.

    `value` is a name, a value, or an object as `turn_detection_fields` makes them, of
    which all but `type` may be left out.

    Raises:
        InputError: it is none of these; the error says what is.
    """
    if isinstance(value, ServerVad | SemanticVad | PushToTalk):
        return value
    given: dict[str, Any]
    given = dict(value) if isinstance(value, Mapping) else {"type": value}
    name = given.pop("type", None)
    kind = _BY_NAME.get(name) if isinstance(name, str) else None
    if kind is None:
        msg = f"turn_detection is {value!r:.100}."
        hint = f"Give one of {', '.join(_BY_NAME)}, or a value such as ServerVad()."
        raise InputError(msg, hint=hint)
    known = [f.name for f in fields(kind)]
    unknown = sorted(str(key) for key in given if key not in known)
    if unknown:
        msg = f"{name} has no {', '.join(unknown):.100}."
        raise InputError(msg, hint=f"It has {', '.join(known) or 'nothing to set'}.")
    return kind(**given)


def turn_detection_fields(value: TurnDetection) -> dict[str, object]:
    """As an object of plain values: its `type`, and what it is set to."""
    return {"type": turn_detection_name(value), **asdict(value)}


def turn_detection_name(value: TurnDetection) -> str:
    """`server_vad`, `semantic_vad` or `push_to_talk`."""
    return _NAMES[type(value)]


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """What a model is told of a function that it may call.

    Args:
        name: 1 to 64 letters, digits, `_` and `-`.
        description: What it does, in words.
        parameters: A JSON schema of the type `object`; not to be changed.
    """

    name: str
    description: str
    parameters: Mapping[str, object]

    @property
    def wire(self) -> dict[str, object]:
        """As the Realtime protocol has it."""
        return {
            "type": "function",
            "name": self.name,
            "description": self.description,
            "parameters": dict(self.parameters),
        }


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """All that a session is set up with.

    Args:
        model: Any name; the backend decides whether it exists.
        system: The session's instructions, at most `SYSTEM_LIMIT` characters.
        voice: A voice's name, or `none` for answers in text only.
        speed: Of the voice, in `SPEED_RANGE`.
        temperature: Of the sampling, in `TEMPERATURE_RANGE`; used where the backend
            takes one.
        turn_detection: Who decides when a turn ends.
        noise_reduction: What the service does about noise, where it can.
        tools: Functions that the model may call.

    Raises:
        InputError: a value is of the wrong type or out of its range.
    """

    model: str = ""
    system: str = DEFAULT_SYSTEM
    voice: str = DEFAULT_VOICE
    speed: float = 1.0
    temperature: float = 0.8
    turn_detection: TurnDetection = field(default_factory=ServerVad)
    noise_reduction: NoiseReduction = "none"
    tools: tuple[ToolSpec, ...] = ()

    def __post_init__(self) -> None:
        for name in ("model", "system", "voice"):
            if not isinstance(getattr(self, name), str):
                msg = f"{name} is {getattr(self, name)!r}, not a text."
                raise InputError(msg)
        if str(self.noise_reduction) not in get_args(NoiseReduction):
            msg = f"noise_reduction is {self.noise_reduction!r:.50}."
            hint = f"Give one of {', '.join(get_args(NoiseReduction))}."
            raise InputError(msg, hint=hint)
        if len(self.system) > SYSTEM_LIMIT:
            msg = f"The system text has {len(self.system):,} characters."
            raise InputError(msg, hint=f"At most {SYSTEM_LIMIT:,} are taken.")
        for name, limits in _RANGES.items():
            number = check_range(name, getattr(self, name), limits)
            object.__setattr__(self, name, number)

    @property
    def text_only(self) -> bool:
        """Whether answers come without a voice."""
        return self.voice == "none"

    def replace(self, **changes: object) -> SessionConfig:
        """A copy with some settings changed, checked anew."""
        return replace(self, **changes)  # type: ignore[arg-type] # checked by __post_init__

    def changed_from(self, other: SessionConfig) -> frozenset[str]:
        """Names of the settings that differ."""
        names = (f.name for f in fields(self))
        return frozenset(n for n in names if getattr(self, n) != getattr(other, n))


ALL_SETTINGS = frozenset(f.name for f in fields(SessionConfig))
"""Names of all settings of a `SessionConfig`."""


def check_range(name: str, value: object, limits: tuple[float, float]) -> float:
    """`value` as a float, once it is a real number within `limits`.

    Raises:
        InputError: not a number (booleans and NaN included), or out of range.
    """
    low, high = limits
    number = math.nan
    # NumPy's scalars are `Real`, its booleans and arrays are not.
    if not isinstance(value, bool) and isinstance(value, Real):
        with suppress(OverflowError):
            number = float(value)
    if not low <= number <= high:
        msg = f"{name} is {value!r:.50}."
        raise InputError(msg, hint=f"Give a number from {low:g} to {high:g}.")
    return number
