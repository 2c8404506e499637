"""From Whisper's tokens back to text."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPECIAL = re.compile(r"<\|[^|]*\|>")
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\*[^*]*\*|[♪♫]+")
_LOOP = re.compile(r"\b(\w.*?)(?:\W+\1\b){3,}", re.IGNORECASE)
_DRAWL = re.compile(r"([^\W\d]{1,4}?)\1{7,}", re.IGNORECASE)
_HUMS = frozenset(
    ("hm", "hmm", "hmmm", "mm", "mmm", "uh", "um", "er", "erm", "ah", "ugh")
)
_MADE_UP = frozenset(
    (
        "you",
        "oh",
        "bye",
        "bye bye",
        "im sorry",
        "thank you",
        "thank you very much",
        "thanks for watching",
        "thank you for watching",
        "please subscribe",
        "ill see you next time",
        "im gonna get you",
        "im gonna kill you",
    )
)
_SPACES = re.compile(r"\s+")


def text_of(tokens: Sequence[str]) -> str:
    """The words that `tokens` spell, without control tokens."""
    letters = _SPECIAL.sub("", "".join(tokens))
    table = _byte_of_letter()
    spelled = bytes(table[letter] for letter in letters if letter in table)
    return spelled.decode("utf-8", errors="ignore").strip()


def spoken_part(text: str) -> str:
    """`text` without asides such as "(music)" or "[BLANK_AUDIO]".

    Returns an empty string where no letter or digit is left.
    """
    words = _SPACES.sub(" ", _ASIDE.sub(" ", text)).strip()
    return words if any(letter.isalnum() for letter in words) else ""


def says_nothing(text: str, *, sure: bool) -> bool:
    """Whether `text` is a hum, or what Whisper is known to make of a short noise.

    Args:
        text: As it was recognised.
        sure: Whether it is sure that there was speech: people say these words too.
    """
    bare = "".join(c for c in spoken_part(text).casefold() if c.isalnum() or c == " ")
    return bare in _HUMS or (not sure and bare in _MADE_UP)


def without_loops(text: str) -> str:
    """`text` with what is said more than three times in a row said once.

    Letters or syllables within a word may come up to seven times.
    """
    return _DRAWL.sub(r"\1", _LOOP.sub(r"\1", text))


@cache
def _byte_of_letter() -> dict[str, int]:
    """GPT-2's byte map: each byte has one printable letter."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {chr(byte): byte for byte in printable}
    hidden = (byte for byte in range(256) if byte not in set(printable))
    table.update({chr(256 + place): byte for place, byte in enumerate(hidden)})
    return table
