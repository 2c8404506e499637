"""Numbers with a unit: 5 kg, 30 m/s, 80 m², 2h 30min, 5'10"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rt_widget.backends.local.speaking.reading.words import any_of, table

if TYPE_CHECKING:
    from rt_widget.backends.local.speaking.reading.traced import Rule

_UNITS: dict[str, list[str]] = table("units")
_UNIT = any_of(_UNITS)
_NUMBER = (
    r"(?<![\w.,$€£])[-\u2212]?\d[\d,]*(?:\.\d+)?"
    r"(?:\s(?:hundred|thousand|million|billion|trillion))?"
)
_POWERS = {"": "", "2": "square ", "²": "square ", "3": "cubic ", "³": "cubic "}
_PER_POWERS = {"": "", "2": " squared", "²": " squared", "3": " cubed", "³": " cubed"}

_IN_UNITS = frozenset(
    ("kg", "cm", "mm", "km", "mg", "ml", "kHz", "Hz", "GB", "MB", "TB")
)
"""Units that are no word: read as such without a number too."""

_LETTERS_ALONE = frozenset(("s", "K", "l", "J", "m"))
"""Units that only count as such after a space: in 80s and 5m they may be others."""


def _one(unit: str) -> str:
    return _UNITS[unit][0]


def _many(unit: str) -> str:
    forms = _UNITS[unit]
    return forms[1] if len(forms) > 1 else f"{forms[0]}s"


def _measure(match: re.Match[str]) -> str:
    number, space, unit, power = match["number"], match["space"], match["unit"], ""
    power = match["power"] or ""
    bare = not (power or match["per"])
    if bare and not space and unit in _LETTERS_ALONE:
        return match[0]
    is_one = number.lstrip("-\u2212") == "1" or match["article"]
    name = _one(unit) if is_one else _many(unit)
    said = f"{match['article'] or ''}{number} {_POWERS[power]}{name}"
    if match["per"]:
        said += f" per {_one(match['per'])}{_PER_POWERS[match['per_power'] or '']}"
    return said


def _price(match: re.Match[str]) -> str:
    return f"{match[1]} per {_one(match[2])}"


def _rate(match: re.Match[str]) -> str:
    return f"{_many(match[1])} per {_one(match[2])}{_PER_POWERS[match[3] or '']}"


def _in_units(match: re.Match[str]) -> str:
    unit = match[2]
    return f"{match[1]}{_many(unit)}" if unit in _IN_UNITS else match[0]


def _named(match: re.Match[str]) -> str:
    unit = match[1]
    return f"({_many(unit)})" if len(unit) > 1 else match[0]


_MEASURE = re.compile(
    rf"(?P<article>\b[Aa]n?\s(?=\S+\s?[^\s.,;:!?)]+\s[a-z]))?(?P<number>{_NUMBER})(?P<space>\s?)(?P<unit>{_UNIT})(?P<power>[²³])?"
    rf"(?:/(?P<per>{_UNIT})(?P<per_power>[²³2])?)?(?![\w²³/^'\u2019])(?:\.(?=\s[a-z]))?"
)

RULES: tuple[Rule, ...] = (
    (
        re.compile(r"\b(\d)['\u2032\u2019]\s?(\d{1,2})(?:[\"\u2033\u201d]|'')?(?!\w)"),
        r"\1 foot \2",
    ),
    (
        re.compile(
            r"\b(\d+(?:\.\d+)?)\s?[\"\u2033](?=\s(?:tall|wide|long|deep|thick))"
        ),
        r"\1 inches",
    ),
    (re.compile(r"\b(\d+ ft\.? \d+) in\b"), r"\1 inches"),
    (_MEASURE, _measure),
    (re.compile(rf"([$€£]\d[\d,.]*(?<=\d))\s?/\s?({_UNIT})(?![\w/])"), _price),
    (re.compile(r"(?<=\d)/(?=(?:day|week|month|year|person|user)\b)"), " per "),
    (re.compile(rf"(?<![\w/])({_UNIT})/({_UNIT})([²³])?(?![\w/])"), _rate),
    (re.compile(rf"\b(in )({_UNIT})\b(?!/)"), _in_units),
    (re.compile(rf"\(({_UNIT})\)"), _named),
    (re.compile(r"(?<=\d)\s?°\s?([CF])/"), r" degrees \1 per "),
    (re.compile(r"(?<!\d)(?<!\d )°\s?C\b"), "degrees Celsius"),
    (re.compile(r"(?<!\d)(?<!\d )°\s?F\b"), "degrees Fahrenheit"),
)
