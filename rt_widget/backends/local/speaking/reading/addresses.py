"""E-mail and web addresses, file names, and names in code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rt_widget.backends.local.speaking.reading.words import any_of, table, words

if TYPE_CHECKING:
    from rt_widget.backends.local.speaking.reading.traced import Rule

_ENDINGS: dict[str, str] = table("endings")
_DOMAINS = any_of(words("domains"))
_COUNTRY = re.compile(r"(?<=\.)(?!me|us|at|co|to|is|it|in|so)[a-z]{2}$")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MARKS = {"@": " at ", ".": " dot ", "_": " underscore ", "-": " dash ", "+": " plus "}


def _mail(match: re.Match[str]) -> str:
    return "".join(_MARKS.get(char, char) for char in _with_country(match[0]))


def _with_country(host: str) -> str:
    """Its last two letters spelled, unless they make a word."""
    return _COUNTRY.sub(lambda last: " ".join(last[0].upper()), host)


def _host(match: re.Match[str]) -> str:
    said = _with_country(match[1]).replace(".", " dot ").replace("-", " dash ")
    return f"{said} port {match[2]}" if match[2] else said


def _file(match: re.Match[str]) -> str:
    stem = match[1].replace(".", " dot ").replace("_", " ").replace("-", " ")
    stem = stem.lower() if stem.isupper() else stem
    return f"{stem} dot {_ENDINGS[match[2]]}"


def _path(match: re.Match[str]) -> str:
    return match[0].replace("/.", " slash dot ").replace("/", " slash ").strip()


def _dotted(match: re.Match[str]) -> str:
    return match[0].replace(".", " dot ")


def _humps(match: re.Match[str]) -> str:
    return _HUMP.sub(" ", match[0])


RULES: tuple[Rule, ...] = (
    (re.compile(r"\bmailto:"), ""),
    (re.compile(r"\b[\w+-]+(?:\.[\w+-]+)*@[\w-]+(?:\.[\w-]+)+"), _mail),
    (
        re.compile(
            r"\b(?:https?|ftp|wss?)://(?:www\.)?([^\s/:)>\]]+?)(?::(\d+))?"
            r"(?:[/?#][^\s)>\]]*?)?(?=[.,;:!?]*(?:[\s)>\]]|$))"
        ),
        _host,
    ),
    (
        re.compile(
            r"(?<![\w./@-])(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*"
            rf"\.(?:{_DOMAINS}))(?![\w@-]|\.\w)()(?:/[^\s)>\]]*(?<![.,;:!?]))?"
        ),
        _host,
    ),
    (re.compile(rf"(?<![\w./])([\w.-]*\w)\.({any_of(_ENDINGS)})\b(?!\.\w)"), _file),
    (
        re.compile(r"(?<![^\s\"'(\[`])(?:~|\.{1,2})?/[\w.-]+(?:/[\w.-]+)*/?"),
        _path,
    ),
    (
        re.compile(r"\b(?!(?:[A-Za-z]\.)+)[A-Za-z_]\w*(?:\.[a-z_]\w+)+\b"),
        _dotted,
    ),
    (re.compile(r"(?<=\w)\(\)"), ""),
    (re.compile(r"\b_+(?=\w)|(?<=\w)_+\b"), ""),
    (re.compile(r"\b[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+\b"), lambda m: m[0].lower()),
    (re.compile(r"(?<=[^\W_])_+(?=[^\W_])"), " "),
    (re.compile(r"\b([fgh])\(([a-z])\)"), r"\1 of \2"),
    (re.compile(r"\b[a-z]{2,}[a-z0-9]*(?:[A-Z][a-z0-9]*)+\b"), _humps),
    (re.compile(r"(?<!\S)(?<![=(,]\s)--?(?=[A-Za-z])"), ""),
)
