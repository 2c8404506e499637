"""The marks of one item."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from rt_widget.captions.alignment import Alignment, Knot
from rt_widget.captions.voicing import Voicing
from rt_widget.captions.words import Words

if TYPE_CHECKING:
    from rt_widget.captions.pace import Pace

_FINE_S = 0.12
"""A stretch this short between two places that are known is not looked into."""

_LEAST_SHARE = 0.5
"""With less than this share of its time a text is not taken for said."""


@dataclass(frozen=True, slots=True)
class CaptionMark:
    """After `ms` of an item's sound, its text is said up to character `end`."""

    end: int
    ms: int


class Track:
    """Text and sound of an item as they come; its marks as far as both go.

    Args:
        pace: Of the voice; learns from this item once all of it is said.
    """

    def __init__(self, pace: Pace) -> None:
        self.marks: list[CaptionMark] = []
        self._said_at: list[float] = []
        self._pace = pace
        self._speed, self._prior = pace.speed, pace.prior
        self._texts: list[str] = []
        self._sound = Voicing()
        self._known: list[tuple[int, float]] = []
        self._sound_ended = False
        self._is_said: bool | None = None
        self._is_stale = False
        self._end: Knot | None = None
        self._restart()

    def read(self, delta: str) -> None:
        """More of the text."""
        if not self._words.is_whole:
            self._texts.append(delta)
            self._words.read(delta)

    def read_whole(self, text: str) -> None:
        """The whole text, whatever came of it before."""
        self._texts = ["".join(self._texts)]
        if text == self._texts[0]:
            self._words.end()
            return
        self._texts = [text]
        self._is_stale = True
        self._restart()
        self._words.read(text)
        self._words.end()
        for known in self._known:
            self._pin(*known)

    def hear(self, pcm: bytes, text_end: int) -> None:
        """More sound; `text_end` characters are said by its end, 0: nobody knows."""
        self._sound.push(pcm)
        if text_end <= 0:
            return
        if [end for end, _ in self._known[-2:]] == [text_end, text_end]:
            self._known.pop()
        self._known.append((text_end, self._sound.seconds))
        self._pin(*self._known[-1])

    def end_sound(self) -> None:
        """No more sound comes."""
        self._sound_ended = True

    def end(self, *, said: bool) -> None:
        """The item is over; `said` when its sound says the whole text."""
        if said and not self._is_said:
            self._pace.learn(self._words.lengths[-1], self._sound.voiced, self._speed)
        self._sound_ended, self._is_said = True, said
        if not said:
            self._end = None

    def heard_end(self, ms: int) -> int | None:
        """Characters said in the first `ms`; None without any sound.

        A word is said when half of it is.
        """
        if not self._sound.seconds:
            return None
        count = bisect_right(self.marks, ms, key=lambda mark: mark.ms)
        if count < len(self.marks):
            before = self._said_at[count - 1] if count else 0.0
            begin = 1000 * self._sound.resumed(before)
            count += 2 * ms >= begin + self.marks[count].ms
        return self.marks[count - 1].end if count else 0

    def update(self) -> int | None:
        """Bring the marks up to date; returns the number of the first that changed."""
        self._alignment.advance()
        head = self._closing() or self._alignment.head
        kept = self._follow(head)
        if self._is_stale:
            kept, self._is_stale = 0, False
        laid = len(self.marks) if kept is None else self._path[kept].words
        # At the end the last mark may get longer.
        seen = laid if self._end is None else max(0, min(laid, len(self.marks) - 1))
        before = self.marks[seen:]
        del self.marks[laid:], self._said_at[laid:]
        if kept is not None:
            for one, other in pairwise(self._path[kept:]):
                self._lay_between(one, other)
        self._lay_ahead(head)
        if self._end is not None and self.marks:
            whole = self._words.text_length
            self.marks[-1] = replace(self.marks[-1], end=whole)
        return _first_change(before, self.marks[seen:], seen)

    def _restart(self) -> None:
        self._words = Words()
        self._root = Knot(0, 0.0, self._prior)
        self._path = [self._root]
        self._alignment = Alignment(self._words, self._sound, self._prior, self._root)
        self._end = None

    def _pin(self, text_end: int, seconds: float) -> None:
        """So much is said by then: what lies before is settled."""
        words, root = self._words, self._root
        if text_end >= words.text_length:
            words.end_word()
        said = max(root.words, words.said_by(text_end))
        voiced = max(root.voiced, self._sound.voiced_at(seconds))
        self._root = self._alignment.closed(said, voiced, known=True)
        self._alignment = Alignment(words, self._sound, self._prior, self._root)

    def _closing(self) -> Knot | None:
        """The end of it all, once text and sound are whole and end together."""
        ended = self._sound_ended and self._sound.seconds > 0
        if self._end is None and ended and self._words.is_whole:
            fits = self._fits() if self._is_said is None else self._is_said
            count, voiced = len(self._words), self._sound.voiced
            if fits:
                self._end = self._alignment.closed(count, voiced, known=False)
        return self._end

    def _fits(self) -> bool:
        """Whether there is time for what is still to be said; else it was cut."""
        head = self._alignment.head
        left = self._words.length(head.words, len(self._words)) * head.pace
        return self._sound.voiced - head.voiced >= _LEAST_SHARE * left

    def _follow(self, head: Knot) -> int | None:
        """Take the path to `head`; returns the number of the last knot that is kept.

        None when that is the path already.
        """
        fresh, knot = [], head
        while knot.back is not None and not self._is_on_path(knot):
            fresh.append(knot)
            knot = knot.back
        kept = knot.depth
        if not fresh and kept == len(self._path) - 1:
            return None
        self._path[kept + 1 :] = reversed(fresh)
        return kept

    def _is_on_path(self, knot: Knot) -> bool:
        return knot.depth < len(self._path) and self._path[knot.depth] is knot

    def _lay_between(self, one: Knot, other: Knot) -> None:
        """Words from one knot to the next."""
        count, time = other.words - one.words, other.voiced - one.voiced
        if not count:
            return
        words = self._words
        if other.known and time <= _FINE_S:
            # Somewhere in it: half of it is the smallest error.
            shares = [(2 * n + 1) / (2 * count) for n in range(count)]
        else:
            whole = words.length(one.words, other.words)
            said = range(one.words + 1, other.words + 1)
            shares = [words.length(one.words, n) / whole for n in said]
        for share in shares:
            self._lay(one.voiced + share * time)

    def _lay_ahead(self, head: Knot) -> None:
        """Words after the last knot, at the pace learned so far."""
        lengths = self._words.lengths
        begun = lengths[head.words]
        limit = begun + (self._sound.voiced - head.voiced) / head.pace
        for n in range(len(self.marks), bisect_right(lengths, limit) - 1):
            self._lay(head.voiced + (lengths[n + 1] - begun) * head.pace)

    def _lay(self, voiced: float) -> None:
        """The next word ends when so much voiced time has passed."""
        received = int(self._sound.seconds * 1000)
        ms = min(received, round(self._sound.reached(voiced) * 1000))
        earlier = self.marks[-1].ms if self.marks else 0
        self._said_at.append(voiced)
        word_end = self._words.ends[len(self.marks)]
        self.marks.append(CaptionMark(word_end, max(earlier, ms)))


def _first_change(
    old: list[CaptionMark], new: list[CaptionMark], first: int
) -> int | None:
    if old == new:
        return None
    pairs = enumerate(zip(old, new, strict=False))
    return first + next(
        (n for n, (one, other) in pairs if one != other), min(len(old), len(new))
    )
