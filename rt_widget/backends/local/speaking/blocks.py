"""Parts of an answer that are looked at, not listened to: code, and data as JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CODE_SAID = "Here is the code."
_DATA_SAID = "Here is the data."

_OPENING = re.compile(
    r"(?P<fence>`{3,}|~{3,})|(?:\[[\[{\s]{0,9})?\{\s*\"[^\"\n]*\"\s*:"
)
_PERHAPS = re.compile(r"(?:`{1,2}|~{1,2}|[\[{][\[{\s]{0,9}(?:\"[^\"\n]*\"?\s*)?)\Z")
_DATA_SIGNS = re.compile(r"\"(?:[^\"\\]|\\.)*\"?|[{}\[\]]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """Where a block begins.

    Args:
        at: The place in the text.
        fence: What opens it and will close it; empty for data.
        is_sure: False while more text has to tell whether it is one.
    """

    at: int
    fence: str = ""
    is_sure: bool = True

    @property
    def said(self) -> str:
        """What is said in its place, unless the words before announce it."""
        return _CODE_SAID if self.fence else _DATA_SAID


def first_block(text: str) -> Block | None:
    """The first block in `text`, or the place at its end where one may begin."""
    found = _OPENING.search(text)
    if found is not None:
        fence = found["fence"] or ""
        # A fence that has just come may still grow longer.
        is_sure = not fence or found.end() < len(text)
        return Block(found.start(), fence, is_sure=is_sure)
    perhaps = _PERHAPS.search(text)
    return None if perhaps is None else Block(perhaps.start(), is_sure=False)


def end_of(block: Block, text: str) -> int | None:
    """Where a block at the start of `text` is over; None while it goes on."""
    if not block.fence:
        return _end_of_data(text)
    close = text.find(block.fence, len(block.fence))
    return None if close < 0 else close + len(block.fence)


def _end_of_data(text: str) -> int | None:
    depth = 0
    for sign in _DATA_SIGNS.finditer(text):
        depth += (sign[0] in "{[") - (sign[0] in "}]")
        if not depth and sign[0] in "}]":
            return sign.end()
    return None
