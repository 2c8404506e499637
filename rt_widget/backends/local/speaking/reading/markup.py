"""Markdown and HTML: what is left of it when it is read aloud."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rt_widget.backends.local.speaking.reading.traced import Rule, Traced

_HEADING = r"#{1,6}\s+"
_ITEM = r"[-*+•]\s+(?:\[[ xX]\]\s+)?"
_NUMBER = r"\d{1,3}[.)]\s+"
_QUOTE = r">\s?"
_STRUCTURE = re.compile(rf"\s*(?:{_QUOTE})*\s*(?:{_HEADING}|{_ITEM}|{_NUMBER}|\|)")
"""Lines that are heard as something of their own, with a pause after them."""

_CELLS = re.compile(r"\s*\|\s*")
_LINE_STARTS: tuple[Rule, ...] = (
    (re.compile(r"^[ \t]*(?:[-*_=]\s*){3,}$", re.MULTILINE), ""),
    (re.compile(r"^(?=[^\n]*-)[ \t|:-]+$", re.MULTILINE), ""),
    (re.compile(rf"^[ \t]*(?:{_QUOTE})+", re.MULTILINE), ""),
    (re.compile(rf"^[ \t]*(?:{_HEADING}|{_ITEM})", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(\d{1,3})[.)]\s+", re.MULTILINE), r"\1: "),
    (re.compile(r"^[ \t]*\[\^[^\]\s]+\]:\s*", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*\|\s*", re.MULTILINE), ""),
)
_SPANS: tuple[Rule, ...] = (
    (re.compile(r"!?\[([^\[\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)"), r"\1"),
    (re.compile(r"\[\^[^\]\s]+\]"), ""),
    (re.compile(r"(?<=\w)\s?\[\d{1,2}(?:[,\u2013-]\s?\d{1,2})*\]"), ""),
    (re.compile(r"!?\[([^\[\]]+)\]\[[^\]]*\]"), r"\1"),
    (re.compile(r"\]\([^)\s]*\)?"), ""),
    (re.compile(r"<((?:https?|mailto):[^<>\s]+)>"), r"\1"),
    (re.compile(r"<br\s*/?>|</(?:p|li|tr|div|h\d)>", re.IGNORECASE), " "),
    (re.compile(r"<!--.*?-->", re.DOTALL), ""),
    (re.compile(r"</?[A-Za-z][^<>]*>"), ""),
    (re.compile(r"&(?:[A-Za-z]+|#\d+|#x[0-9A-Fa-f]+);"), lambda m: html.unescape(m[0])),
    (re.compile(r"\\(?=[*_`#\[\](){}.!|>~-])"), ""),
)
_EMPHASIS: tuple[Rule, ...] = (
    (re.compile(r"~~(?=\S)|(?<=\S)~~"), ""),
    (re.compile(r"\*+(?=\S)|(?<=\S)\*+"), ""),
    (re.compile(r"(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)"), ""),
    (re.compile(r"`+"), ""),
)
_CELL_ENDS: tuple[Rule, ...] = (
    (re.compile(r"\s*\|\s*$", re.MULTILINE), ""),
    (re.compile(r"(?<=\S)\s*\|\s+(?=\S)|(?<=\S)\s+\|\s*(?=\S)"), ", "),
    (re.compile(r"^\s*\|\s*"), ""),
)
_LAST_SIGN = re.compile(r"(?<=[^\W_])([)\"'\u201d\u2019%°*_`~]*)\s*\Z")


def unmarked(traced: Traced, before: str) -> Traced:
    """Without the marks of lines, links, tags and footnotes.

    Args:
        traced: As written.
        before: What stands before it on its first line.
    """
    first = traced.text.find("\n") + 1 or len(traced.text)
    start = first if before.strip() else 0
    for rule in _LINE_STARTS:
        # A rule may have made the text shorter: then the line is longer than it is.
        traced = traced.sub(rule, min(start, len(traced.text)))
    return traced.with_rules(_SPANS)


def unstressed(traced: Traced) -> Traced:
    """Without stars and strokes around words."""
    return traced.with_rules(_EMPHASIS)


def in_cells(traced: Traced, line: str) -> Traced:
    """The cells of a table's line, one after the other."""
    if not (line.lstrip().startswith("|") or " | " in line):
        return traced
    return traced.with_rules(_CELL_ENDS)


def stopped(traced: Traced, line: str) -> Traced:
    """With a full stop after a heading, an item of a list, or a line of a table."""
    if not _STRUCTURE.match(line):
        return traced
    return traced.sub((_LAST_SIGN, r"\1."))
