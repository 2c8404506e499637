"""A session's settings, as one frozen value that the widget hands to a session."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from numbers import Real
from typing import Literal, TypeAlias, get_args

from rt_widget.errors import InputError

SPEED_RANGE = (0.25, 1.5)
"""Slowest and fastest speech, as a factor; the GA session's own limits."""

TEMPERATURE_RANGE = (0.6, 1.2)
"""Lowest and highest sampling temperature; the limits of the beta dialect."""

_RANGES = {"speed": SPEED_RANGE, "temperature": TEMPERATURE_RANGE}

PAUSE_RANGE_MS = (0.0, 60_000.0)
"""Shortest and longest stretch of sound that turn detection takes."""

Eagerness: TypeAlias = Literal["low", "medium", "high", "auto"]
"""How soon semantic turn detection lets the assistant answer."""

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
    """

    threshold: float = 0.5
    prefix_padding_ms: int = 300
    silence_duration_ms: int = 400
    create_response: bool = True
    interrupt_response: bool = True

    def __post_init__(self) -> None:
        """Check each value at the door."""
        threshold = check_range("threshold", self.threshold, (0.0, 1.0))
        object.__setattr__(self, "threshold", threshold)
        for name in ("prefix_padding_ms", "silence_duration_ms"):
            number = check_range(name, getattr(self, name), PAUSE_RANGE_MS)
            object.__setattr__(self, name, round(number))
        _check_switches(self)


@dataclass(frozen=True, slots=True)
class SemanticVad:
    """The server judges from the words too whether the person has finished.

    Args:
        eagerness: How soon to answer: `low`, `medium`, `high`, or `auto` (= medium).
        create_response: Answer each turn.
        interrupt_response: Stop an answer when the person speaks.
    """

    eagerness: Eagerness = "auto"
    create_response: bool = True
    interrupt_response: bool = True

    def __post_init__(self) -> None:
        """Check each value at the door."""
        known = get_args(Eagerness)
        if str(self.eagerness) not in known:
            msg = f"eagerness is {self.eagerness!r:.50}."
            raise InputError(msg, hint=f"Give one of {', '.join(known)}.")
        _check_switches(self)


@dataclass(frozen=True, slots=True)
class PushToTalk:
    """The person says when a turn ends; the server does not listen for it."""


TurnDetection: TypeAlias = ServerVad | SemanticVad | PushToTalk


def _check_switches(value: ServerVad | SemanticVad) -> None:
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
    """The turn detection that a name stands for; a value passes as it is.

    Raises:
        InputError: neither one of the three names nor one of the three values.
    """
    if isinstance(value, ServerVad | SemanticVad | PushToTalk):
        return value
    kind = _BY_NAME.get(value) if isinstance(value, str) else None
    if kind is None:
        msg = f"turn_detection is {value!r}."
        hint = f"Give one of {', '.join(_BY_NAME)}, or a value such as ServerVad()."
        raise InputError(msg, hint=hint)
    return kind()


def turn_detection_name(value: TurnDetection) -> str:
    """`server_vad`, `semantic_vad` or `push_to_talk`."""
    return _NAMES[type(value)]


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

    Raises:
        InputError: a value is of the wrong type or out of its range.
    """

    model: str = ""
    system: str = DEFAULT_SYSTEM
    voice: str = DEFAULT_VOICE
    speed: float = 1.0
    temperature: float = 0.8
    turn_detection: TurnDetection = field(default_factory=ServerVad)

    def __post_init__(self) -> None:
        """Check each value at the door."""
        for name in ("model", "system", "voice"):
            if not isinstance(getattr(self, name), str):
                msg = f"{name} is {getattr(self, name)!r}, not a text."
                raise InputError(msg)
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
