"""Signs of arithmetic between plain words: 2 + 3 = 5, x², 10^6, -5, ≤."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rt_widget.backends.local.speaking.reading.words import any_of, table, words

if TYPE_CHECKING:
    from rt_widget.backends.local.speaking.reading.traced import Rule

_SIGNS: dict[str, str] = table("signs")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ", "0123456789-n")
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_POWERS = {"2": "squared", "3": "cubed"}
_ELEMENT = rf"(?:{any_of(words('elements'))})"
_OPERATIONS = (
    "plus|minus|times|over|equals|squared|cubed|is at most|is at least|is about"
    "|is not equal to"
)
"""Beside them a is a letter, not an article."""

_PARTS = re.compile(r"[A-Z][a-z]?|\d+")


def power(exponent: str) -> str:
    """What is said for an exponent of digits or words, after its base."""
    bare = exponent.strip().replace("\u2212", "-")
    said = re.sub(r"^-\s?", "minus ", bare)
    return _POWERS.get(bare, f"to the power of {said}")


def _caret(match: re.Match[str]) -> str:
    return f" {power(match[1] or match[2])}"


def _raised(match: re.Match[str]) -> str:
    return f" {power(match[0].translate(_RAISED))}"


def _lowered(match: re.Match[str]) -> str:
    return match[0].translate(_LOWERED)


def _formula(match: re.Match[str]) -> str:
    return " ".join(
        part if part.isdigit() or len(part) == 1 else " ".join(part.upper())
        for part in _PARTS.findall(match[0])
    )


def _sign(match: re.Match[str]) -> str:
    return f" {_SIGNS[match[0]]} "


RULES: tuple[Rule, ...] = (
    (re.compile(r"[₀-₉]+"), _lowered),
    (
        re.compile(
            rf"\b(?:(?=[A-Za-z]*\d){_ELEMENT}\d{{0,2}}(?:{_ELEMENT}\d{{0,2}})+"
            rf"|{any_of(words('gases'))})\b"
        ),
        _formula,
    ),
    (re.compile(r"(?<=\w)\*\*\(?(-?\d+|[a-z])\)?(?!\w)()"), _caret),
    (re.compile(r"\^(?:\{\s*([^{}\s][^{}]*)\}|\(?([-\u2212]?\w+)\)?)"), _caret),
    (re.compile(r"(?<=[\w)])[⁰¹²³⁴-⁹⁻ⁿ]+"), _raised),
    (re.compile(r"(?<=[\w)]) \* (?=\d|[A-Za-z]\b|\()"), " times "),
    (re.compile(r"(?<=\d)\*(?=\d)"), " times "),
    (re.compile(r"(?<=[\d)])\s[-\u2212]\s(?=[\d(]|[a-z]\b)"), " minus "),
    (re.compile(r"\b([A-Za-z])\s?[-\u2212]\s(?=\d|[a-z]\b\s?[=<>+])"), r"\1 minus "),
    (re.compile(r"(?<=[\w)])\s?\u2212\s?(?=[\w(])"), " minus "),
    (re.compile(r"(?<![\w.)\-])[-\u2212](?=[$€£]?\d)"), "minus "),
    (re.compile(r"(?<=[=(,]\s)[-\u2212](?=[a-z]\b)"), "minus "),
    (re.compile(r"(?<=[\d)]) / (?=[\d(])"), " divided by "),
    (re.compile(r"(?<=[\w)])\s?\+\s?(?=[\w(])"), " plus "),
    (re.compile(r"(?<=[\w)])\+\+"), " plus plus"),
    (re.compile(r"[~≈]\s?(?=[$€£]?\d)"), "about "),
    (re.compile(r"#(?=\d)"), "number "),
    (re.compile(r"(?<!\w)@(?=\w)"), "at "),
    (re.compile(r"\b([CF])#(?!\w)"), r"\1 sharp"),
    (re.compile(any_of(_SIGNS)), _sign),
    (re.compile(rf"\ba(?=\s+(?:{_OPERATIONS})\b|\s*[=+<>])"), "A"),
    (re.compile(rf"\b({_OPERATIONS}|of)(\s+)a(?=[.,;:!?]|\s*$)"), r"\1\2A"),
)
