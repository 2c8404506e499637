"""What is written, as a person would read it aloud.

Signs, short forms and markup become words; pictures and what has no sound go. Plain
numbers stay as they are: the voice reads them well.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from rt_widget.backends.local.speaking.reading import (
    abbreviations,
    addresses,
    latex,
    maths,
    numbers,
    units,
)
from rt_widget.backends.local.speaking.reading.markup import (
    in_cells,
    stopped,
    unmarked,
    unstressed,
)
from rt_widget.backends.local.speaking.reading.traced import Traced, word_ends

if TYPE_CHECKING:
    from rt_widget.backends.local.speaking.reading.traced import Rule

_KEPT_SYMBOLS = frozenset("°%$€£¥+=<>&")
_DROPPED = frozenset("`#|~\\^{}[]")
_LAST_LATIN = "\u024f"
_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))
# So: pictures; Sk: their skin tones; Cf, Me: what joins and frames them.
_UNREAD = frozenset({"So", "Sk", "Cf", "Me", "Cc", "Cs", "Co", "Cn"})

_WORDS: tuple[Rule, ...] = (
    *addresses.RULES,
    *numbers.EARLY,
    *abbreviations.RULES,
    *units.RULES,
    *numbers.MIXED,
    *maths.RULES,
    *numbers.LATE,
)

_SPACING: tuple[Rule, ...] = (
    (re.compile(r"\$(?!\s?\d)"), ""),
    (re.compile(r"[^\S ]+| {2,}"), " "),
    (re.compile(r"(?<=\w) (?=[,.;:!?](?:\s|$))"), ""),
)


def read(
    written: str, before: str = "", *, ends_line: bool = False
) -> tuple[str, list[int]]:
    """The words for a piece of an answer, and where each ends in what was written.

    Args:
        written: A piece: a line or a part of one.
        before: What stands before it on its line.
        ends_line: Whether nothing comes after it on its line.

    Returns:
        Words with spaces between them, empty when there are none to be said; and for
        each word the characters of `written` that are said once it is.
    """
    if written.lstrip(" \t").startswith("\n"):
        before = ""
    line = before + written.strip("\n")
    traced = Traced.of(written).with_rules(latex.RULES)
    traced = in_cells(unmarked(traced, before), line)
    traced = unstressed(traced.with_rules(_WORDS))
    traced = traced.only(_is_read)
    if ends_line:
        traced = stopped(traced, line)
    traced = traced.with_rules(_SPACING)
    if not any(char.isalnum() for char in traced.text):
        return "", []
    return traced.text.strip(), word_ends(traced, written)


def _is_read(char: str) -> bool:
    if char.isspace() or char in _KEPT_SYMBOLS:
        return True
    if char in _DROPPED or char in _SELECTORS:
        return False
    if char.isalpha():
        return char <= _LAST_LATIN or unicodedata.name(char, "").startswith("LATIN")
    return unicodedata.category(char) not in _UNREAD
