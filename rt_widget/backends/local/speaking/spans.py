"""Places inside a line where it must not be cut: in a formula, a link, a measure."""

from __future__ import annotations

import re

LONGEST = 400
"""Characters of a piece after which nothing in it counts as open."""

LONGEST_IN_LINE = 80
"""Characters after which what was opened in a line no longer counts as open."""

_CLOSED = re.compile(
    r"`[^`\n]*`|\$\$.*?\$\$|\\\[.*?\\\]|\\\(.*?\\\)|\$[^\s$][^$\n]*?\$"
    r"|\[[^\[\]\n]*\](?:\([^)\s]*\))?|<[^<>\n]*>",
    re.DOTALL,
)
_OPEN = re.compile(r"`|\\\(|\[|<[/A-Za-z]")
# A dollar may be one of a formula, or stand before a name such as $HOME.
_OPEN_DOLLAR = re.compile(
    r"(?<![\w$])\$(?=[A-Za-z\\({])(?:[^$]{0,12}|[^$]*[\\^_={}+<>][^$]*)\Z"
)
_OPEN_BLOCK = re.compile(r"\$\$|\\\[")
_MONTHS = "Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec"
_LEANS_ON_NEXT = re.compile(
    r"(?:\d[\d.,]*|[$€£]|(?:^|\s)[+=<>\u00d7\u00f7*/\u00b1\u2264\u2265\u2260\u2248\u2212\u2013-]+"
    r"|\b(?:Drs?|Mrs?|Ms|Prof|Ste?|Mt)\."
    rf"|\b(?:{_MONTHS})[a-z]*\.?|\b(?:version|chapter|page|number|figure))\s*\Z",
    re.IGNORECASE,
)


def is_open(piece: str, *, at_line_end: bool = False) -> bool:
    """Whether `piece` ends inside a formula, code, a link or a tag."""
    if len(piece) > LONGEST:
        return False
    left = _CLOSED.sub("", piece)
    if _OPEN_BLOCK.search(left):
        return True
    line = left.rpartition("\n")[2]
    opened = _OPEN_DOLLAR.search(line) or _OPEN.search(line)
    within = opened is not None and len(line) - opened.start() <= LONGEST_IN_LINE
    return within and not at_line_end


def leans_on_next(piece: str) -> bool:
    """Whether the last word of `piece` is read by the one after it."""
    return _LEANS_ON_NEXT.search(piece) is not None
