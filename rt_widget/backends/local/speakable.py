"""What of a written answer can be read aloud."""

from __future__ import annotations

import re
import unicodedata

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)")
_ADDRESS = re.compile(r"https?://(?:www\.)?([^\s/)]+)[^\s)]*")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_LINE_START = re.compile(r"^\s*(?:#{1,6}\s+|>\s?|[-*+•]\s+)+", re.MULTILINE)
_RULE = re.compile(r"^\s*(?:[-*_=]\s*){3,}$", re.MULTILINE)
_STARS = re.compile(r"\*+(?=\S)|(?<=\S)\*+")
_UNDERSCORES = re.compile(r"(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)")
_SPACES = re.compile(r"\s+")

_KEPT_SYMBOLS = frozenset("°%$€£¥+=<>&")
_DROPPED = frozenset("`#|~\\^{}[]")
_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))
# So: pictures; Sk: their skin tones; Cf, Me: what joins and frames them.
_UNREAD = frozenset({"So", "Sk", "Cf", "Me", "Cc", "Cs", "Co", "Cn"})


def speakable(text: str) -> str:
    """`text` without markup, pictures and signs; empty when no words are left."""
    text = _LINK.sub(r"\1", text)
    text = _ADDRESS.sub(r"\1", text)
    text = _TAG.sub("", text)
    text = _RULE.sub("", text)
    text = _LINE_START.sub("", text)
    text = _STARS.sub("", text)
    text = _UNDERSCORES.sub("", text)
    text = "".join(c for c in text if _is_read(c))
    text = _SPACES.sub(" ", text).strip()
    return text if any(c.isalnum() for c in text) else ""


def _is_read(char: str) -> bool:
    if char in _DROPPED:
        return False
    if char.isspace() or char in _KEPT_SYMBOLS:
        return True
    return unicodedata.category(char) not in _UNREAD and char not in _SELECTORS
