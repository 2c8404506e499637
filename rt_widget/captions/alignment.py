"""Which words stand between which pauses: the likeliest way through both."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rt_widget.captions.words import COMMA, SENTENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget.captions.voicing import Voicing
    from rt_widget.captions.words import Words

MOST_SKIPPED = 3
"""Pauses in a row that may be none in the text."""

MOST_KNOTS = 8
"""Places in the text that one pause is thought to be at."""

_PRIOR_S = 5.0
"""Seconds of speech that the pace known beforehand counts for."""

_TELLING_S = 1.5
"""Seconds of speech that tell the pace."""

_SLACK_S = 0.1
_SPREAD, _FIRST_SPREAD = 0.12, 0.15
"""How far a length may be off: always, and on top of it at the beginning."""

_WINDOW = 2.5
"""Spreads beyond which a place is not looked at."""

_AHEAD = 1.0
"""Spreads that the text has to reach beyond a pause before its place is looked for."""

_PASSED_COMMA, _PASSED_SENTENCE = 1.5, 3.0
_NO_BREAK, _NO_BREAK_PER_S, _SKIPPED, _SKIPPED_PER_S = 1.0, 6.0, 0.2, 8.0
_SHORT_PAUSE_S = 0.18
_NOTHING_SAID = 2.0


@dataclass(eq=False, slots=True)
class Knot:
    """So many words are said when so much voiced time has passed.

    Args:
        words: A number of words.
        voiced: Seconds.
        pace: Seconds that a second of `Words` takes, as learned up to here.
        cost: How unlikely all of it is.
        back: The knot before it.
        known: Whether the backend has said so.
    """

    words: int
    voiced: float
    pace: float
    cost: float = 0.0
    back: Knot | None = None
    known: bool = False
    depth: int = 0


class Alignment:
    """From a knot on, pause by pause; a fixed number of steps for each.

    Args:
        words: Of the item.
        sound: Of the item.
        prior: Pace known beforehand.
        root: Where it begins.
    """

    def __init__(self, words: Words, sound: Voicing, prior: float, root: Knot) -> None:
        self._words = words
        self._sound = sound
        self._prior = prior
        self._root = root
        # The pause that each layer of knots is at; the root is at none.
        self._layers: list[tuple[float, list[Knot]]] = [(0.0, [root])]
        self._run = bisect_right(sound.before, root.voiced) - 1
        self.head = root
        """The likeliest knot of the latest pause."""

    def advance(self, words: int | None = None, voiced: float = math.inf) -> None:
        """Take in the pauses that the text reaches beyond.

        Or all of them before `voiced`, by when so many `words` are said.
        """
        sound = self._sound
        while self._run + 1 < len(sound.starts):
            at = sound.before[self._run + 1]
            if at > self._root.voiced:
                if at >= voiced or (words is None and not self._reaches(at)):
                    return
                self._step(at, sound.pause(self._run), words)
            self._run += 1

    def closed(self, words: int, voiced: float, *, known: bool) -> Knot:
        """The way that ends with `words` said at `voiced`.

        It is looked for anew: now the pace in between can be told.
        """
        root, said = self._root, self._words.length(self._root.words, words)
        start, pace = root, self._prior
        if min(said, voiced - root.voiced) > _TELLING_S:
            pace = (voiced - root.voiced) / said
            start = replace(root, pace=pace)
        fresh = Alignment(self._words, self._sound, pace, start)
        fresh.advance(words, voiced)
        end = min(fresh.ways_to(words, voiced), key=lambda knot: knot.cost)
        end.known = known
        first = end
        while first.back is not None and first.back is not start:
            first = first.back
        first.back = root
        return end

    def _reaches(self, voiced: float) -> bool:
        words = self._words
        if words.is_whole:
            return True
        known = words.lengths[words.settled]
        return all(
            known > words.lengths[knot.words] + self._window(knot, voiced, _AHEAD)[1]
            for _, layer in self._layers
            for knot in layer
        )

    def _step(self, voiced: float, pause: float, limit: int | None) -> None:
        """A pause after `voiced`, `pause` seconds long."""
        best: dict[int, Knot] = {}
        words = self._words
        for knot, skipped in self._open():
            low, high = self._window(knot, voiced)
            begun = words.lengths[knot.words]
            first = max(knot.words + 1, bisect_left(words.lengths, begun + low))
            last = bisect_right(words.lengths, begun + high)
            stop = words.settled if limit is None else limit
            for count in (knot.words, *range(first, min(last, stop) + 1)):
                cost = knot.cost + skipped + self._cost(knot, count, voiced)
                cost += self._pause_cost(count, pause / knot.pace)
                if count not in best or cost < best[count].cost:
                    best[count] = self._knot(knot, count, voiced, cost)
        layer = sorted(best.values(), key=lambda knot: knot.cost)[:MOST_KNOTS]
        self._layers = [*self._layers[-MOST_SKIPPED:], (pause, layer)]
        self.head = layer[0]

    def ways_to(self, count: int, voiced: float) -> Iterator[Knot]:
        """The ways on from the latest pauses that end there."""
        for knot, skipped in self._open():
            if knot.words <= count:
                cost = knot.cost + skipped + self._cost(knot, count, voiced)
                yield self._knot(knot, count, voiced, cost)

    def _open(self) -> Iterator[tuple[Knot, float]]:
        """Knots to go on from, and what it costs to skip the pauses after them."""
        skipped = 0.0
        for pause, layer in reversed(self._layers):
            for knot in layer:
                yield knot, skipped / min(1.0, knot.pace) if skipped else 0.0
            skipped += _SKIPPED + _SKIPPED_PER_S * pause

    def _window(
        self, knot: Knot, voiced: float, spreads: float = _WINDOW
    ) -> tuple[float, float]:
        """Seconds of `Words` that may have been said since a knot."""
        expected = (voiced - knot.voiced) / knot.pace
        off = spreads * (self._spread(knot) * expected + _SLACK_S)
        return max(0.0, expected - off), expected + off

    def _spread(self, knot: Knot) -> float:
        return _SPREAD + _FIRST_SPREAD / (1 + self._words.lengths[knot.words])

    def _cost(self, knot: Knot, count: int, voiced: float) -> float:
        """Of saying the words up to `count` since a knot."""
        seconds = (voiced - knot.voiced) / knot.pace
        if count == knot.words:
            return _NOTHING_SAID + (seconds / (2 * _SLACK_S)) ** 2
        expected = self._words.length(knot.words, count)
        off = (seconds - expected) / (_SLACK_S + self._spread(knot) * expected)
        commas, sentences = (
            passed[count - 1] - passed[knot.words] for passed in self._words.passed
        )
        return off * off + _PASSED_COMMA * commas + _PASSED_SENTENCE * sentences

    def _pause_cost(self, count: int, pause: float) -> float:
        strength = self._words.breaks[count - 1] if count else SENTENCE
        if strength == SENTENCE:
            return max(0.0, _SHORT_PAUSE_S - pause) / _SHORT_PAUSE_S
        if strength == COMMA:
            return 0.3
        return _NO_BREAK + _NO_BREAK_PER_S * max(0.0, pause - _SHORT_PAUSE_S)

    def _knot(self, back: Knot, count: int, voiced: float, cost: float) -> Knot:
        said = self._words.lengths[count]
        pace = (_PRIOR_S * self._prior + voiced) / (_PRIOR_S + said)
        return Knot(count, voiced, pace, cost, back, depth=back.depth + 1)
