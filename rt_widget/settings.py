"""The widget's settings as traits: checked wherever they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, get_args

import traitlets

from rt_widget.chunks import clean_text
from rt_widget.config import (
    DEFAULT_SYSTEM,
    DEFAULT_VOICE,
    SPEED_RANGE,
    SYSTEM_LIMIT,
    TEMPERATURE_RANGE,
    NoiseReduction,
    ServerVad,
    SessionConfig,
    check_range,
    turn_detection,
    turn_detection_fields,
    turn_detection_name,
)
from rt_widget.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rt_widget.config import TurnDetection

SETTINGS = (
    "model",
    "voice",
    "system",
    "speed",
    "temperature",
    "turn_detection",
    "noise_reduction",
)
"""Names of the traits that a person owns; the page may write these and no others."""


TurnDetectionGiven: TypeAlias = "TurnDetection | str | Mapping[str, object]"
"""What is taken for a turn detection."""


class SettingError(InputError, traitlets.TraitError):
    """A setting was given a value that it cannot have; the old one stays."""


def _turn_detection_to_page(value: TurnDetection, _: object) -> dict[str, object]:
    return turn_detection_fields(value)


NAME_LIMIT = 256
"""Longest name of a model or a voice, in characters."""


class _Words(traitlets.TraitType[str, str]):
    """A text of at most so many characters, without halves of any.

    `blank` says whether it may say nothing.
    """

    info_text = "a text"

    def __init__(self, default: str, limit: int, *, blank: bool = True) -> None:
        super().__init__(default)
        self._limit = limit
        self._blank = blank

    def validate(self, obj: object, value: object) -> str:
        del obj
        if not isinstance(value, str):
            msg = f"{self.name} is {value!r:.50}, not a text."
            raise SettingError(msg)
        if len(value) > self._limit:
            msg = f"{self.name} has {len(value):,} characters."
            raise SettingError(msg, hint=f"At most {self._limit:,} are taken.")
        if not self._blank and not value.strip():
            msg = f"{self.name} is {value!r:.50}."
            raise SettingError(msg, hint=f"Give the name of a {self.name}.")
        return clean_text(value)


class _Within(traitlets.TraitType[float, float]):
    """A real number within limits; NaN and booleans are none."""

    def __init__(self, default: float, limits: tuple[float, float]) -> None:
        super().__init__(default)
        self._limits = limits

    def validate(self, obj: object, value: object) -> float:
        del obj
        try:
            return check_range(str(self.name), value, self._limits)
        except InputError as error:
            raise SettingError(error.message, hint=error.hint) from None


class _TurnDetection(traitlets.TraitType["TurnDetection", "TurnDetectionGiven"]):
    """A name, a value or an object; the page sees the object."""

    def validate(self, obj: traitlets.HasTraits, value: object) -> TurnDetection:
        current: TurnDetection | None = obj._trait_values.get("turn_detection")  # noqa: SLF001 - traitlets keeps values there
        is_name = isinstance(value, str)
        if current is not None and is_name and value == turn_detection_name(current):
            return current
        try:
            return turn_detection(value)
        except InputError as error:
            raise SettingError(error.message, hint=error.hint) from None


class _NoiseReduction(traitlets.TraitType[NoiseReduction, NoiseReduction]):
    """One of the three names."""

    def validate(self, obj: object, value: object) -> NoiseReduction:
        del obj
        known: tuple[NoiseReduction, ...] = get_args(NoiseReduction)
        for name in known:
            if isinstance(value, str) and value == name:
                return name
        msg = f"noise_reduction is {value!r:.50}."
        raise SettingError(msg, hint=f"Give one of {', '.join(known)}.")


class Settings(traitlets.HasTraits):
    """What a person sets; each is checked, and the old value stays.

    Example:
        >>> w.voice, w.speed, w.temperature = "marin", 1.1, 0.9
        >>> w.system = "Answer in French."
        >>> w.turn_detection = "push_to_talk"
        >>> w.turn_detection
        PushToTalk()
        >>> w.noise_reduction = "near_field"
        >>> w.speed = 3
        Traceback (most recent call last):
            ...
        rt_widget.settings.SettingError: speed is 3. Give a number from 0.25 to 1.5.
        >>> RealtimeWidget(model="gpt-realtime-2.1", api_key="...").model
        'gpt-realtime-2.1'
    """

    # ipywidgets echoes a page's own change back to it, which moves a slider under
    # the finger; every other page still gets it.
    model = _Words("", NAME_LIMIT).tag(sync=True, echo_update=False)
    """The model's name; a default that exists is filled in. Any name is accepted."""

    voice = _Words(DEFAULT_VOICE, NAME_LIMIT, blank=False).tag(
        sync=True, echo_update=False
    )
    """The voice's name; `none` for answers in text only."""

    system = _Words(DEFAULT_SYSTEM, SYSTEM_LIMIT).tag(sync=True, echo_update=False)
    """Instructions for the session."""

    speed = _Within(1.0, SPEED_RANGE).tag(sync=True, echo_update=False)
    """Of the voice, 0.25 to 1.5; applies from the next answer. Default 1.0."""

    temperature = _Within(0.8, TEMPERATURE_RANGE).tag(sync=True, echo_update=False)
    """Of the sampling, 0.6 to 1.2, where the backend takes one. Default 0.8."""

    turn_detection = _TurnDetection(ServerVad()).tag(
        sync=True, echo_update=False, to_json=_turn_detection_to_page
    )
    """Who ends a turn: a name, or a `ServerVad`, `SemanticVad`, `PushToTalk`.

    An object with a `type` and some of its fields is taken too, such as
    `{"type": "server_vad", "silence_duration_ms": 600}`. Applies at once.
    """

    noise_reduction = _NoiseReduction("none").tag(sync=True, echo_update=False)
    """What the service does about noise, where it can: `none` (the default),
    `near_field` for a headset, `far_field` for a room. Applies at once."""

    @property
    def session_config(self) -> SessionConfig:
        """The settings as one value."""
        return SessionConfig(
            model=self.model,
            system=self.system,
            voice=self.voice,
            speed=self.speed,
            temperature=self.temperature,
            turn_detection=self.turn_detection,
            noise_reduction=self.noise_reduction,
        )
