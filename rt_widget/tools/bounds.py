"""Text that fits: bounded in length, and sure to be Unicode."""

from __future__ import annotations

DESCRIPTION_LIMIT = 1_024
"""Longest description of a function, in characters; the service's limit."""


def cut(text: str, limit: int, end: str = "…") -> str:
    """Text of at most `limit` characters, which ends in `end` where it is cut.

    Halves of surrogate pairs, which no wire can carry, become question marks.
    """
    if len(text) > limit:
        text = text[: limit - len(end)] + end
    return text.encode("utf-8", "replace").decode("utf-8")
