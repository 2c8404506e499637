"""A streamed answer, cut into pieces that sound right when each is spoken alone.

The first piece comes early, so that the voice can start; later ones are sentences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.backends.local.speakable import speakable

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_MIN_WORDS = 3
"""Words before a comma may end the first piece."""

FIRST_MAX_WORDS = 8
"""Words after which the first piece ends even without a comma."""

HURRIED_WORDS = 4
"""Words after which a piece ends when the next sound is wanted at once."""

LONG_SENTENCE_WORDS = 14
"""Words before a comma may end a later piece."""

MAX_WORDS = 40
"""Words after which any piece ends."""

FENCE = "```"

# Right single and double quotation mark, en dash, em dash.
_CLOSERS = "[\"'\u2019\u201d)\\]*_]*"
_STOP = re.compile(
    rf"(?P<sentence>[.!?…]+{_CLOSERS}\s)"
    rf"|(?P<clause>[,;:]{_CLOSERS}\s|(?<=\s)[\u2014\u2013-]\s|\u2014)"
    r"|(?P<line>\n)"
    r"|(?P<word>\s)"
)
_ABBREVIATIONS = frozenset(
    ("dr", "mr", "mrs", "ms", "prof", "st", "vs", "fig", "approx", "e.g", "i.e", "cf")
)
_OPEN_ABBREVIATIONS = frozenset(
    ("a.m", "p.m", "u.s", "u.k", "etc", "inc", "ltd", "jr", "sr", "no")
)
_JOINT = re.compile(
    r"\s(?=(?:and|or|but|because|so|that|which|who|when|where|while|if|than|as"
    r"|with|without|for|from|in|into|on|at|to|of|by|about)\s)"
)
_SPACE = re.compile(r"\s")
_LAST_WORD = re.compile(r"[\w.]+$")
_WHOLE = re.compile(r"(?:^|\s)([^\W\d_]{2,})[.!?]$")
_LIST_NUMBER = re.compile(r"(?:^|\n)\s*\d{1,2}$")


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
        self._scanned = 0
        self._words = 0
        self._in_code = False
        self._spoke = False
        self._hurry = False

    def feed(self, delta: str, *, hurry: bool = False) -> list[Clause]:
        """Take in more text; returns the clauses that it completes.

        With `hurry` an early clause matters more than a well-cut one.
        """
        self._text += delta
        self._hurry = hurry
        return list(self._ready())

    def flush(self) -> list[Clause]:
        """The answer is complete: returns what is left to be spoken."""
        done = list(self._ready())
        rest = [] if self._in_code else self._take(len(self._text))
        return done + rest

    def _ready(self) -> Iterator[Clause]:
        while True:
            if self._in_code:
                if not self._skip_code():
                    return
                continue
            end = self._boundary()
            if end is None:
                return
            yield from self._take(end)

    def _skip_code(self) -> bool:
        close = self._text.find(FENCE, len(FENCE))
        if close < 0:
            return False
        self._in_code = False
        self._drop(close + len(FENCE))
        return True

    def _boundary(self) -> int | None:
        """Where the next clause ends; None while that cannot be told."""
        fence = self._text.find(FENCE)
        limit = len(self._text) if fence < 0 else fence
        for match in _STOP.finditer(self._text, self._scanned):
            if match.start() >= limit:
                break
            verdict = self._ends_here(match)
            if verdict is None:
                return None
            self._scanned = match.end()
            if verdict:
                return self._at_joint(match)
        if fence < 0:
            return len(self._text) if self._may_start() else None
        if fence:
            return fence
        self._in_code = True
        return 0

    def _ends_here(self, match: re.Match[str]) -> bool | None:
        """Whether a clause ends at this place; None while more text is needed."""
        self._words += 1
        kind = match.lastgroup
        if kind == "sentence":
            verdict = self._ends_sentence(match)
            if verdict is None:
                self._words -= 1
            if verdict is not False:
                return verdict
            kind = "word"
        if kind == "line":
            return bool(self._text[: match.start()].strip())
        if kind == "clause":
            early = self._hurry or not self._spoke
            return self._words >= (FIRST_MIN_WORDS if early else LONG_SENTENCE_WORDS)
        if self._hurry:
            return self._words >= HURRIED_WORDS
        return self._words >= (MAX_WORDS if self._spoke else FIRST_MAX_WORDS)

    def _ends_sentence(self, match: re.Match[str]) -> bool | None:
        after = self._text[match.end() : match.end() + 1]
        if not match.group().startswith("."):
            quoted = match.group().rstrip()[-1] not in "!?…."
            return not after.islower() if after or not quoted else None
        before = self._text[: match.start()]
        if _LIST_NUMBER.search(before):
            return False
        found = _LAST_WORD.search(before)
        word = found.group().casefold() if found else ""
        if word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()):
            return word == "i"
        if word not in _OPEN_ABBREVIATIONS:
            return True
        if not after:
            return None
        return after.isdigit() is False if word == "no" else after.isupper()

    def _may_start(self) -> bool:
        """Whether the first piece looks whole, with nothing after it yet.

        The space that proves it comes with the next word: too late for the start.
        """
        if self._spoke:
            return False
        found = _WHOLE.search(self._text)
        return found is not None and found[1].casefold() not in (
            _ABBREVIATIONS | _OPEN_ABBREVIATIONS
        )

    def _at_joint(self, match: re.Match[str]) -> int:
        """Where to end a piece that got too long: before a word that joins."""
        end = match.end()
        if match.lastgroup != "word":
            return end
        joints = [joint.end() for joint in _JOINT.finditer(self._text, 0, end)]
        far = [at for at in joints if len(self._text[:at].split()) > FIRST_MIN_WORDS]
        return far[-1] if far else end

    def _take(self, end: int) -> list[Clause]:
        written, offset = self._text[:end], self._offset
        text = speakable(written)
        self._drop(end)
        if not text:
            return []
        self._spoke = True
        return [Clause(text, tuple(offset + at for at in _word_ends(written, text)))]

    def _drop(self, end: int) -> None:
        self._text = self._text[end:]
        self._offset += end
        self._scanned = self._words = 0


def _word_ends(written: str, spoken: str) -> list[int]:
    """Where in `written` each word of `spoken` ends."""
    ends, at = [], 0
    for word in spoken.split():
        found = written.find(word, at)
        if found >= 0:
            space = _SPACE.search(written, found + len(word))
            at = space.start() if space else len(written)
        ends.append(at)
    ends[-1] = len(written.rstrip())
    return ends
