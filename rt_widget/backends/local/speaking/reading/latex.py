r"""Formulas in LaTeX, read aloud: $\frac{a}{b}$ is "a over b"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rt_widget.backends.local.speaking.reading.maths import power
from rt_widget.backends.local.speaking.reading.words import table

if TYPE_CHECKING:
    from rt_widget.backends.local.speaking.reading.traced import Rule

_COMMANDS: dict[str, str] = table("latex")
_SIGNS: dict[str, str] = table("signs") | {
    "+": "plus",
    "-": "minus",
    "\u2212": "minus",
    "*": "times",
    "/": "over",
    "=": "equals",
    "<": "is less than",
    ">": "is greater than",
    "!": "factorial",
    "'": "prime",
    ",": ",",
    "%": "percent",
}
_TEXT = r"\\(?:text|mathrm|textbf|textit|mbox|operatorname)\s*\{([^{}]*)\}"
_TOKEN = re.compile(
    rf"{_TEXT}|(\\[A-Za-z]+|\\.|\d+(?:[.,]\d+)*|[A-Za-z]|[^\s])", re.DOTALL
)
_IS_FORMULA = re.compile(r"[\\^_={}+<>]|^[A-Za-z]'?$|^\d*[a-z]\b")
_DEEPEST = 40
"""Parts within parts; what is deeper is read without its structure."""

_FUNCTIONS = frozenset("fghFGPp")


class _Tokens:
    """The signs of a formula, one after the other."""

    def __init__(self, formula: str) -> None:
        self._found = [
            ("", match[1]) if match[1] is not None else (match[2], "")
            for match in _TOKEN.finditer(formula)
        ]
        self._at = 0
        self.depth = 0

    @property
    def next(self) -> str:
        """The sign that `take` would give; empty at the end and before a text."""
        return self._found[self._at][0] if self._at < len(self._found) else ""

    @property
    def is_over(self) -> bool:
        return self._at >= len(self._found)

    def take(self) -> tuple[str, str]:
        """A sign, or a text that is read as it is."""
        self._at += 1
        return self._found[self._at - 1]


def formula(written: str) -> str:
    """The words for a formula, without its dollars."""
    tokens = _Tokens(written)
    said: list[str] = []
    while not tokens.is_over:
        said += _atom(tokens)
    return " ".join(said).replace(" ,", ",")


def _group(tokens: _Tokens) -> list[str]:
    said: list[str] = []
    while not tokens.is_over and tokens.next != "}":
        said += _atom(tokens)
    if not tokens.is_over:
        tokens.take()
    return said


def _atom(tokens: _Tokens) -> list[str]:
    if tokens.is_over:
        return []
    sign, text = tokens.take()
    if tokens.depth == _DEEPEST:
        return _plain(sign) if sign else [text]
    tokens.depth += 1
    said = [text.strip()]
    match sign:
        case "":
            pass
        case "{":
            said = _group(tokens)
        case "^":
            said = [power(" ".join(_exponent(tokens)))]
        case "_":
            said = _atom(tokens)
        case _ if sign.startswith("\\"):
            said = _command(sign[1:], tokens)
        case _ if sign in _FUNCTIONS and tokens.next == "(":
            said = [sign, "of"]
        case _:
            said = _plain(sign)
    tokens.depth -= 1
    return said


def _exponent(tokens: _Tokens) -> list[str]:
    if tokens.next == "\\circ":
        tokens.take()
        return ["degrees"]
    return _atom(tokens)


def _plain(sign: str) -> list[str]:
    if sign in _SIGNS:
        return [_SIGNS[sign]]
    if sign == "a":
        return ["A"]
    return [sign] if sign.isalnum() or sign[0].isdigit() else []


def _command(name: str, tokens: _Tokens) -> list[str]:
    match name:
        case "frac" | "dfrac" | "tfrac":
            return [*_atom(tokens), "over", *_atom(tokens)]
        case "sqrt":
            return _root(tokens)
        case "sum" | "int" | "prod" if tokens.next == "_":
            return [_COMMANDS[name].removesuffix(" of"), *_bounds(tokens), "of"]
        case _ if not name.isalpha():
            return ["percent"] if name == "%" else []
    said = _COMMANDS.get(name, name)
    return [said] if said else []


def _root(tokens: _Tokens) -> list[str]:
    degree = "square"
    if tokens.next == "[":
        tokens.take()
        parts: list[str] = []
        while not tokens.is_over and tokens.next != "]":
            parts += _atom(tokens)
        if not tokens.is_over:
            tokens.take()
        known = {"2": "square", "3": "cube"}
        degree = known.get(" ".join(parts), f"{' '.join(parts)}-th")
    return [f"the {degree} root of", *_atom(tokens)]


def _bounds(tokens: _Tokens) -> list[str]:
    tokens.take()
    said = ["from", *_atom(tokens)]
    if tokens.next == "^":
        tokens.take()
        said += ["to", *_atom(tokens)]
    return said


def _span(match: re.Match[str]) -> str:
    return f" {formula(next(group for group in match.groups() if group))} "


def _dollars(match: re.Match[str]) -> str:
    # Two prices in a sentence look the same, but for what is between them.
    return f" {formula(match[1])} " if _IS_FORMULA.search(match[1]) else match[0]


RULES: tuple[Rule, ...] = (
    (
        re.compile(r"\$\$(.+?)\$\$|\\\[(.+?)\\\]|\\\((.+?)\\\)", re.DOTALL),
        _span,
    ),
    (
        re.compile(r"(?<![\w$\\])\$(?=[^\s$])([^$\n]*?[^\s$\\]|[^\s$\\])\$(?!\d)"),
        _dollars,
    ),
)
