"""A streamed answer, cut into pieces that sound right when each is spoken alone.

The first piece comes early, so that the voice can start; later ones are sentences.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.backends.local.speaking.blocks import end_of, first_block
from rt_widget.backends.local.speaking.reading import read
from rt_widget.backends.local.speaking.spans import is_open, leans_on_next
from rt_widget.backends.local.speaking.stops import CLOSERS, ends_sentence, looks_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget.backends.local.speaking.blocks import Block

FIRST_MIN_WORDS = 3
"""Words before a comma may end the first piece."""

FIRST_MAX_WORDS = 8
"""Words after which the first piece ends even without a comma."""

HURRIED_WORDS = 3
"""Words after which a piece ends when the next sound is wanted at once."""

LONG_SENTENCE_WORDS = 14
"""Words before a comma may end a later piece."""

MAX_WORDS = 40
"""Words after which any piece ends."""

FOREIGN_SAID = "This is not in English."
"""In place of what is written in letters that the voice does not know."""

_STOP = re.compile(
    rf"(?P<sentence>[.!?…]+{CLOSERS}\s|[\u3002\uff01\uff1f]+)"
    rf"|(?P<clause>[,;:]{CLOSERS}\s|(?P<dash>(?<=\s)[\u2014\u2013-]\s)|\u2014)"
    r"|(?P<word>\s)"
)
_JOINT = re.compile(
    r"\s(?=(?:and|or|but|because|so|that|which|who|when|where|while|if|than|as"
    r"|with|without|for|from|in|into|on|at|to|of|by|about)\s)"
)

_NO_PAUSE_AFTER = re.compile(
    r"\b(?:an?|the|my|your|his|her|its|our|their)\s*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece to be spoken.

    Args:
        text: Words only: no markup, no symbols that cannot be read.
        ends: For each word of `text` where it ends in the whole answer, in characters;
            signs that are not read belong to the word that they touch, or to the last.
    """

    text: str
    ends: tuple[int, ...]


class Clauses:
    """Fed with the deltas of one answer; gives clauses as soon as they are whole."""

    def __init__(self) -> None:
        self._text = ""
        self._offset = 0
        self._line = ""
        self._scanned = 0
        self._words = 0
        self._block: Block | None = None
        self._last = ""
        self._hurry = False

    def feed(self, delta: str, *, hurry: bool = False) -> list[Clause]:
        """Take in more text; returns the clauses that it completes.

        With `hurry` an early clause matters more than a well-cut one.
        """
        self._text += delta
        self._hurry = hurry
        return list(self._ready())

    def first_if_whole(self) -> Clause | None:
        """The hurried first clause if the last word is whole and others follow."""
        if self._last or self._text[-1:].isspace():
            return None
        found = copy(self).feed(" ", hurry=True)
        return found[0] if found else None

    def flush(self) -> list[Clause]:
        """The answer is complete: returns what is left to be spoken."""
        done = list(self._ready())
        rest = [] if self._block else self._take(len(self._text), ends_line=True)
        return done + rest

    def _ready(self) -> Iterator[Clause]:
        while True:
            if self._block is not None:
                end = end_of(self._block, self._text)
                if end is None:
                    return
                self._block = None
                self._drop(end)
            block = first_block(self._text)
            end = self._boundary(block)
            if end is None:
                return
            at_block = block is not None and block.is_sure and end == block.at
            yield from self._take(end, ends_line=at_block)
            if block is not None and at_block:
                self._block = block
                yield from self._announced(block.said)

    def _announced(self, said: str) -> list[Clause]:
        """What is said in place of something unread, unless words before it did."""
        if self._last == said or self._last.endswith(":"):
            return []
        self._last = said
        return [Clause(said, (self._offset,) * len(said.split()))]

    def _boundary(self, block: Block | None) -> int | None:
        """Where the next clause ends; None while that cannot be told."""
        limit = len(self._text) if block is None else block.at
        for match in _STOP.finditer(self._text, self._scanned):
            if match.start() >= limit:
                break
            verdict = self._ends_here(match)
            if verdict is None:
                return None
            self._scanned = match.end()
            at_line_end = match.group().endswith("\n")
            piece = self._text[: match.end()]
            if verdict and not is_open(piece, at_line_end=at_line_end):
                return self._at_joint(match)
        if block is None:
            return len(self._text) if self._may_start() else None
        return limit if block.is_sure else None

    def _ends_here(self, match: re.Match[str]) -> bool | None:
        """Whether a clause ends at this place; None while more text is needed."""
        self._words += 1
        kind = match.lastgroup
        if match.group().endswith("\n"):
            return bool(self._text[: match.end()].strip())
        if kind == "sentence":
            verdict = self._ends_sentence(match)
            if verdict is None:
                self._words -= 1
            if verdict is not False:
                return verdict
            kind = "word"
        if kind == "clause" and not (match["dash"] and self._leans(match)):
            early = self._hurry or not self._last
            return self._words >= (FIRST_MIN_WORDS if early else LONG_SENTENCE_WORDS)
        most = MAX_WORDS if self._last else FIRST_MAX_WORDS
        most = HURRIED_WORDS if self._hurry else most
        if self._words < most:
            return False
        return not self._leans(match) or self._joint(match.end()) is not None

    def _leans(self, match: re.Match[str]) -> bool:
        """Whether the word before this place goes with what comes after it."""
        if self._words >= 2 * MAX_WORDS:
            return False
        return self._leans_at(match.start() if match["dash"] else match.end())

    def _leans_at(self, at: int) -> bool:
        before = self._text[:at]
        return leans_on_next(before) or _NO_PAUSE_AFTER.search(before) is not None

    def _ends_sentence(self, match: re.Match[str]) -> bool | None:
        before = self._line + self._text[: match.start()]
        after = self._text[match.end() : match.end() + 1]
        return ends_sentence(before, match.group().rstrip(), after)

    def _may_start(self) -> bool:
        """Whether the first piece looks whole, with nothing after it yet.

        The space that proves it comes with the next word: too late for the start.
        """
        if self._last or is_open(self._text):
            return False
        return looks_whole(self._text)

    def _at_joint(self, match: re.Match[str]) -> int:
        """Where to end a piece that got too long: before a word that joins."""
        end = match.end()
        if match.lastgroup != "word" or match.group() == "\n":
            return end
        return self._joint(end) or end

    def _joint(self, end: int) -> int | None:
        """The last place before `end` where a person might draw breath."""
        least = HURRIED_WORDS - 1 if self._hurry else FIRST_MIN_WORDS + 1
        joints = [joint.end() for joint in _JOINT.finditer(self._text, 0, end)]
        fit = [
            at
            for at in joints
            if len(self._text[:at].split()) >= least
            and not is_open(self._text[:at])
            and not self._leans_at(at)
        ]
        return fit[-1] if fit else None

    def _take(self, end: int, *, ends_line: bool = False) -> list[Clause]:
        written, offset = self._text[:end], self._offset
        is_last = ends_line or written.endswith("\n")
        text, ends = read(written, self._line, ends_line=is_last)
        self._drop(end)
        if not text:
            return self._announced(FOREIGN_SAID) if _has_letters(written) else []
        self._last = text
        return [Clause(text, tuple(offset + at for at in ends))]

    def _drop(self, end: int) -> None:
        dropped = self._text[:end]
        _, newline, rest = dropped.rpartition("\n")
        self._line = rest if newline else self._line + dropped
        self._text = self._text[end:]
        self._offset += end
        self._scanned = self._words = 0


def _has_letters(written: str) -> bool:
    return any(char.isalpha() for char in written)
