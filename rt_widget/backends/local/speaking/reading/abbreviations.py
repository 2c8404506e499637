"""Short forms in full: e.g., etc., No. 7, Jan. 5, w/o, World War II."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rt_widget.backends.local.speaking.reading.words import any_of, table, words

if TYPE_CHECKING:
    from rt_widget.backends.local.speaking.reading.traced import Rule

_INSIDE: dict[str, str] = table("inside")
_CLOSING: dict[str, str] = table("closing")
_NUMBERED: dict[str, str] = table("numbered")
_STROKES: dict[str, str] = table("strokes")
_MONTHS: dict[str, str] = table("months")

NEVER_LAST = frozenset(form.rstrip(".").casefold() for form in _INSIDE)
"""Short forms, without their point, after which a sentence goes on."""

BEFORE_NUMBERS = frozenset(form.rstrip(".").casefold() for form in _NUMBERED)
"""Short forms, without their point, that are ones only when a number follows."""

_SHORT: dict[str, str] = table("short")
_PARTS = any_of(words("numbered_parts"))
_PEOPLE = any_of(words("numbered_people"))
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
_TEENS = range(11, 14)
_NUMERAL = (
    r"(?=[IVXLC]+\b)(?:XC|XL|L?X{0,3}|C{1,3}(?:XC|XL|L?X{0,3}))(?:IX|IV|V?I{0,3})\b"
    r"(?!['\u2019]\w)"
)
_LETTERS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
# A letter that is a word or a name as well counts where no sentence goes on with it.
_AFTER_NAME = (
    r"(?=\s*(?:[,.;:()!?]|$)"
    r"|\s(?:was|is|of|and|ruled|reigned|died|became|had|in|by|to|from)\b)"
)


def _inside(match: re.Match[str]) -> str:
    form = match[1]
    said = _INSIDE.get(form) or _INSIDE[form[0].lower() + form[1:]]
    return said.capitalize() if form[0].isupper() else said


def _closing(match: re.Match[str]) -> str:
    return _CLOSING[match[1]] + ("." if match["last"] is not None else "")


def _numbered(match: re.Match[str]) -> str:
    return f"{_NUMBERED[match[1]]} "


def _month(match: re.Match[str]) -> str:
    return f"{_MONTHS[match[1]]} "


def _stroke(match: re.Match[str]) -> str:
    return _STROKES[match[1]] + match[2]


def _value(numeral: str) -> int:
    values = [_LETTERS[letter] for letter in numeral]
    return sum(
        -value if value < after else value
        for value, after in zip(values, [*values[1:], 0], strict=True)
    )


def _numbered_part(match: re.Match[str]) -> str:
    return f"{match[1]} {_value(match[2])}"


def _ordinal(match: re.Match[str]) -> str:
    number = _value(match[2])
    ending = "th" if number in _TEENS else _ENDINGS.get(number % 10, "th")
    return f"{match[1]} the {number}{ending}"


def _short(match: re.Match[str]) -> str:
    return _SHORT[match[0]]


_FORMS = (*_INSIDE, *(form.capitalize() for form in _INSIDE))

RULES: tuple[Rule, ...] = (
    (re.compile(rf"(?<![\w.])({any_of(_FORMS)})(?!\w)"), _inside),
    (
        re.compile(
            rf"(?<![\w.])({any_of(_CLOSING)})(?P<last>(?=\s*$)|(?=\s+[A-Z]))?(?!\w)"
        ),
        _closing,
    ),
    (re.compile(rf"(?<![\w.])({any_of(_NUMBERED)})\s?(?=\d)"), _numbered),
    (re.compile(rf"\b({any_of(_MONTHS)})\.\s(?=\d)"), _month),
    (re.compile(rf"(?<![\w/])({any_of(_STROKES)})(\s|$|(?=[.,;:!?)]))"), _stroke),
    (re.compile(r"\b(Ph)\.?\s?D\b\.?(?=\s[a-z])"), "PhD"),
    (re.compile(rf"\b(?:{any_of(_SHORT)})\b"), _short),
    (re.compile(rf"\b({_PARTS}) ({_NUMERAL})"), _numbered_part),
    (re.compile(rf"\b({_PEOPLE}) ([IVX]){_AFTER_NAME}"), _ordinal),
    (
        re.compile(
            rf"\b(?!(?:{_PARTS})\b)([A-Z][a-z]{{2,}}) (?=[IVX]{{2}})({_NUMERAL})"
        ),
        _ordinal,
    ),
)
