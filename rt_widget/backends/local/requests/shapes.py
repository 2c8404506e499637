"""Rules for arrays and objects, made of rules for their parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rt_widget.backends.local.requests.schema import (
    Rule,
    Text,
    below,
    kind_name,
    require,
    wrong_type,
    wrong_value,
)
from rt_widget.backends.local.requests.values import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Anything:
    """Any JSON object, such as a tool's parameters."""

    def check(self, value: object, path: str) -> None:
        """Refuse what is not an object."""
        if not isinstance(value, dict):
            raise wrong_type(path, "an object", value)


@dataclass(frozen=True, slots=True)
class ListOf:
    """An array whose entries all follow one rule."""

    rule: Rule
    max_length: int | None = None

    def check(self, value: object, path: str) -> None:
        """Refuse other types, too many entries, and any bad entry."""
        if not isinstance(value, list):
            raise wrong_type(path, "an array", value)
        if self.max_length is not None and len(value) > self.max_length:
            raise RequestError(
                f"Invalid '{path}': array too long. Expected an array with maximum "
                f"length {self.max_length}, but got an array with length "
                f"{len(value)} instead.",
                code="array_above_max_length",
                param=path,
            )
        for index, entry in enumerate(value):
            self.rule.check(entry, f"{path}[{index}]")


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object of strings: at most `size` entries, keys and values limited."""

    size: int
    key_length: int
    value_length: int

    def check(self, value: object, path: str) -> None:
        """Refuse other types and anything above the limits."""
        if not isinstance(value, dict):
            raise wrong_type(path, "an object", value)
        if len(value) > self.size:
            raise RequestError(
                f"Invalid '{path}': too many properties. Expected an object with at "
                f"most {self.size} properties, but got {len(value)} instead.",
                code="object_above_max_properties",
                param=path,
            )
        for key, entry in value.items():
            Text(self.key_length).check(key, below(path, key))
            Text(self.value_length).check(entry, below(path, key))


@dataclass(frozen=True, slots=True)
class Nullable:
    """Null, or what the inner rule accepts."""

    rule: Rule

    def check(self, value: object, path: str) -> None:
        """Judge everything but null."""
        if value is not None:
            self.rule.check(value, path)


@dataclass(frozen=True, slots=True)
class ByType:
    """A rule for each Python type, as in `"inf"` or an integer."""

    rules: Mapping[type, Rule]

    def check(self, value: object, path: str) -> None:
        """Judge by the rule of the value's type."""
        rule = self.rules.get(type(value))
        if rule is None:
            expected = " or ".join(kind_name(known) for known in self.rules)
            raise wrong_type(path, expected, value)
        rule.check(value, path)


@dataclass(frozen=True, slots=True)
class Record:
    """An object with known fields; anything else in it is refused."""

    fields: Mapping[str, Rule]
    required: tuple[str, ...] = field(default=())

    def check(self, value: object, path: str) -> None:
        """Refuse missing and unknown fields, then judge each field."""
        if not isinstance(value, dict):
            raise wrong_type(path, "an object", value)
        for name in self.required:
            require(value, name, path)
        for name in value:
            if name not in self.fields:
                where = below(path, name)
                raise RequestError(
                    f"Unknown parameter: '{where}'.",
                    code="unknown_parameter",
                    param=where,
                )
        for name, entry in value.items():
            self.fields[name].check(entry, below(path, name))


@dataclass(frozen=True, slots=True)
class Tagged:
    """An object whose `tag` field says which record it is."""

    tag: str
    records: Mapping[str, Rule]

    def check(self, value: object, path: str) -> None:
        """Judge by the record that the tag names."""
        if not isinstance(value, dict):
            raise wrong_type(path, "an object", value)
        require(value, self.tag, path)
        name = value[self.tag]
        if not isinstance(name, str) or name not in self.records:
            raise wrong_value(below(path, self.tag), name, list(self.records))
        self.records[name].check(value, path)
