"""Small rules that judge single JSON values and name the field at fault.

Each rule has `check(value, path)`, which raises `RequestError` in the service's
words: `unknown_parameter`, `missing_required_parameter`, `invalid_type`,
`invalid_value`, and the `..._above_max_...` family.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from rt_widget.backends.local.requests.values import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_KINDS = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a decimal",
    type(None): "null",
}

_SHOWN = 100
"""Characters of a client's own value that an error repeats."""


class Rule(Protocol):
    """Judges one value."""

    def check(self, value: object, path: str) -> None:
        """Raise `RequestError` unless the value at `path` is as it must be."""


def kind_name(kind: type) -> str:
    """Name a type as in `expected a string`."""
    return _KINDS.get(kind, "something else")


def below(path: str, name: str) -> str:
    """The path of a field, whose name may be a client's own and is cut then."""
    return f"{path}.{name:.{_SHOWN}}" if path else f"{name:.{_SHOWN}}"


def wrong_type(path: str, expected: str, value: object) -> RequestError:
    """Say that a value has another type than expected."""
    got = kind_name(type(value))
    return RequestError(
        f"Invalid type for '{path}': expected {expected}, but got {got} instead.",
        code="invalid_type",
        param=path,
    )


def wrong_value(path: str, value: object, supported: Sequence[str]) -> RequestError:
    """Say that a value is none of the supported ones, and list them."""
    names = ", ".join(f"'{name}'" for name in supported)
    return RequestError(
        f"Invalid value: '{value!s:.{_SHOWN}}'. Supported values are: {names}.",
        code="invalid_value",
        param=path,
    )


@dataclass(frozen=True, slots=True)
class Text:
    """A string."""

    max_length: int | None = None
    pattern: str | None = None

    def check(self, value: object, path: str) -> None:
        """Refuse other types, strings that are too long, and others than `pattern`."""
        if not isinstance(value, str):
            raise wrong_type(path, "a string", value)
        if self.max_length is not None and len(value) > self.max_length:
            raise RequestError(
                f"Invalid '{path}': string too long. Expected a string with maximum "
                f"length {self.max_length}, but got a string with length "
                f"{len(value)} instead.",
                code="string_above_max_length",
                param=path,
            )
        if self.pattern is not None and not re.fullmatch(self.pattern, value):
            raise RequestError(
                f"Invalid '{path}': string does not match pattern. Expected a string "
                f"that matches the pattern '^{self.pattern}$'.",
                code="invalid_value",
                param=path,
            )


@dataclass(frozen=True, slots=True)
class Number:
    """A number from `low` to `high`, both included."""

    low: float
    high: float
    whole: bool = False

    def check(self, value: object, path: str) -> None:
        """Refuse other types and numbers out of range."""
        noun = "integer" if self.whole else "decimal"
        allowed = (int,) if self.whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, allowed):
            raise wrong_type(path, f"{'an' if self.whole else 'a'} {noun}", value)
        if not self.low <= value <= self.high:
            above = value > self.high
            limit, sign = (self.high, "<=") if above else (self.low, ">=")
            side, end = ("above", "max") if above else ("below", "min")
            shown = f"{value!s:.{_SHOWN}}"
            raise RequestError(
                f"Invalid '{path}': {noun} {side} {end}imum value. "
                f"Expected a value {sign} {limit}, but got {shown} instead.",
                code=f"{noun}_{side}_{end}_value",
                param=path,
            )


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def check(self, value: object, path: str) -> None:
        """Refuse all but booleans."""
        if not isinstance(value, bool):
            raise wrong_type(path, "a boolean", value)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few strings (or numbers)."""

    values: tuple[object, ...]

    def check(self, value: object, path: str) -> None:
        """Refuse what is not in the list."""
        if isinstance(value, bool) or value not in self.values:
            raise wrong_value(path, value, [str(known) for known in self.values])


@dataclass(frozen=True, slots=True)
class Exactly:
    """One of a few whole arrays, such as `["audio"]` or `["text"]`."""

    values: tuple[tuple[str, ...], ...]

    def check(self, value: object, path: str) -> None:
        """Refuse every other array."""
        if not isinstance(value, list):
            raise wrong_type(path, "an array", value)
        if not any(value == list(known) for known in self.values):
            raise wrong_value(path, value, [str(list(known)) for known in self.values])


@dataclass(frozen=True, slots=True)
class Refused:
    """What the protocol has and this server has not; null is as good as absent."""

    reason: str

    def check(self, value: object, path: str) -> None:
        """Refuse everything but null, and say why."""
        if value is not None:
            raise RequestError(
                f"Unsupported parameter: '{path}'. {self.reason}",
                code="unsupported_parameter",
                param=path,
            )


def require(value: Mapping[str, object], name: str, path: str) -> None:
    """Refuse an object without the field `name`."""
    if name not in value:
        where = below(path, name)
        raise RequestError(
            f"Missing required parameter: '{where}'.",
            code="missing_required_parameter",
            param=where,
        )
