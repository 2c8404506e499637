"""Numbered pieces, delivered in order and once; and a window of sent ones to repeat.

The page has the same two in `js/src/sequence.js`: synced traits and rate-limited
servers may lose a message without a word, so each side counts.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

_T = TypeVar("_T")


class InOrder(Generic[_T]):
    """Puts numbered pieces in order.

    Args:
        limit: Pieces that wait for a missing one before it is given up.
    """

    def __init__(self, limit: int = 50) -> None:
        self._limit = limit
        self._next = 0
        self._early: dict[int, _T] = {}
        self._asked_below = 0
        self.lost = 0

    def push(self, number: int, piece: _T) -> Iterator[_T]:
        """Take in a piece; yields those that are now due. Repeated ones are ignored."""
        if number >= self._next:
            self._early[number] = piece
        if len(self._early) > self._limit:
            first = min(self._early)
            self.lost += first - self._next
            self._next = first
        while self._next in self._early:
            yield self._early.pop(self._next)
            self._next += 1

    def gap(self) -> tuple[int, int] | None:
        """First and last number of a hole that was not asked for yet."""
        if not self._early:
            return None
        first, last = self._next, min(self._early) - 1
        if first < self._asked_below:
            return None
        self._asked_below = last + 1
        return first, last


class Sent(Generic[_T]):
    """The last pieces that were sent, to be sent again on request.

    Args:
        limit: Pieces kept.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._pieces: OrderedDict[int, _T] = OrderedDict()
        self.next_number = 0

    def add(self, piece: _T) -> None:
        """Keep the piece that has just been given `next_number`."""
        self._pieces[self.next_number] = piece
        self.next_number += 1
        if len(self._pieces) > self._limit:
            self._pieces.popitem(last=False)

    def between(self, first: int, last: int) -> list[_T]:
        """Those of the numbers `first` to `last` that are still kept."""
        last = min(last, self.next_number - 1)
        return [self._pieces[n] for n in range(first, last + 1) if n in self._pieces]
