"""What of a recognised text was said by somebody."""

from __future__ import annotations

import re

_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\*[^*]*\*|[♪♫]+")
_LOOP = re.compile(r"\b(\w.*?)(?:\W+\1\b){3,}", re.IGNORECASE)
_DRAWL = re.compile(r"([^\W\d]{1,4}?)\1{7,}", re.IGNORECASE)
_HUMS = frozenset(
    ("hm", "hmm", "hmmm", "mm", "mmm", "uh", "um", "er", "erm", "ah", "ugh")
)
_LIST_NUMBER = re.compile(r"^\d{1,2}\.\s+(?=[A-Z])")
_QUOTE = re.compile(r"^'|(?<=[.!?])'$")
_SPACES = re.compile(r"\s+")


def spoken_part(text: str) -> str:
    """`text` without asides such as "(music)", and without what nobody says.

    Before a sentence Moonshine now and then writes a quotation mark or a list's number.
    Returns an empty string where no letter or digit is left.
    """
    words = _SPACES.sub(" ", _ASIDE.sub(" ", text)).strip()
    if words.count('"') == 1:
        words = words.replace('"', "")
    words = _LIST_NUMBER.sub("", _QUOTE.sub("", words))
    return words if any(letter.isalnum() for letter in words) else ""


def is_hum(text: str) -> bool:
    """Whether `text` is a hum and no word."""
    bare = "".join(c for c in spoken_part(text).casefold() if c.isalnum() or c == " ")
    return bare in _HUMS


def without_loops(text: str) -> str:
    """`text` with what is said more than three times in a row said once.

    Letters or syllables within a word may come up to seven times.
    """
    return _DRAWL.sub(r"\1", _LOOP.sub(r"\1", text))
