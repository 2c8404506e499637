"""A growing text as words: the time that they take, and the breaks after them."""

from __future__ import annotations

import re
from bisect import bisect_right

from rt_widget.captions.spoken import SHORTENED, spoken_length

COMMA, SENTENCE = 1, 2
"""How strong the break after a word is; 0 is none."""

LONGEST_WORD = 48
"""Characters after which signs without a space are taken for the next word."""

_LAST_S = 0.1
"""How much longer a word is before a break."""

# Kana and Chinese characters stand without spaces.
_ALONE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_DASH = "\u2014"
_TOKEN = re.compile(
    rf"[{_ALONE}][^\w\s{_DASH}]*|[^\s{_DASH}{_ALONE}]{{1,{LONGEST_WORD}}}"
    rf"|[{_DASH}]+"
)
_DASHES = "-\u2013\u2014"
_CLOSERS = "\"'\u2019\u201d\u00bb)]}*_`"
_SENTENCE_ENDS = frozenset(".!?\u2026\u3002\uff01\uff1f")
_PAUSES = frozenset(",;:\u060c\u3001\uff0c\uff1b\uff1a")


class Words:
    """The words of a text that grows, each as soon as it is whole."""

    def __init__(self) -> None:
        self.ends: list[int] = []
        """Where each word ends in the text, in characters."""
        self.lengths: list[float] = [0.0]
        """Seconds that the first so many words take."""
        self.breaks: list[int] = []
        """The break after each word."""
        self.passed: tuple[list[int], list[int]] = ([0], [0])
        """Commas and sentence ends after the first so many words, but the last word."""
        self.is_whole = False
        self._rest = ""
        self._seen = 0

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def settled(self) -> int:
        """Words of which nothing changes any more."""
        return len(self) if self.is_whole else max(0, len(self) - 1)

    @property
    def text_length(self) -> int:
        """Characters of the text so far."""
        return self._seen + len(self._rest)

    def read(self, delta: str) -> None:
        """More of the text."""
        self._rest += delta
        self._take(whole=False)

    def end_word(self) -> None:
        """The text so far ends with a word."""
        self._take(whole=True)

    def end(self) -> None:
        """The text ends here."""
        self.end_word()
        self.is_whole = True

    def said_by(self, text_end: int) -> int:
        """Words in the first `text_end` characters."""
        return bisect_right(self.ends, text_end)

    def length(self, first: int, last: int) -> float:
        """Seconds from word boundary `first` to `last`."""
        return self.lengths[last] - self.lengths[first]

    def _take(self, *, whole: bool) -> None:
        done = 0
        for match in _TOKEN.finditer(self._rest):
            is_open = match.end() == len(self._rest)
            if is_open and not whole and len(match.group()) < LONGEST_WORD:
                break
            self._space(self._rest[done : match.start()])
            done = match.end()
            self._add(match.group(), self._seen + done)
        left = self._rest[done:].lstrip()
        self._space(self._rest[done : len(self._rest) - len(left)])
        self._seen += len(self._rest) - len(left)
        self._rest = left

    def _add(self, token: str, end: int) -> None:
        seconds = spoken_length(token)
        strength = _break_after(token)
        if not seconds:
            # A sign that is not read belongs to the word that follows.
            self._break(strength)
            return
        if self.breaks:
            for passed, kind in zip(self.passed, (COMMA, SENTENCE), strict=True):
                passed.append(passed[-1] + (self.breaks[-1] == kind))
        self.ends.append(end)
        self.breaks.append(strength)
        self.lengths.append(self.lengths[-1] + seconds + _LAST_S * (strength > 0))

    def _space(self, between: str) -> None:
        if "\n" in between:
            self._break(SENTENCE)

    def _break(self, strength: int) -> None:
        if self.breaks:
            self.breaks[-1] = max(self.breaks[-1], strength)


def _break_after(token: str) -> int:
    bare = token.rstrip(_CLOSERS)
    last = bare[-1:]
    if last in _PAUSES or not token.strip(_DASHES):
        return COMMA
    if last not in _SENTENCE_ENDS:
        return 0
    word = bare.strip(".\"'(").casefold()
    is_initial = len(word) == 1 and word.isalpha() and word != "i"
    is_short = word in SHORTENED and word != "etc"
    return 0 if last == "." and (is_initial or is_short) else SENTENCE
