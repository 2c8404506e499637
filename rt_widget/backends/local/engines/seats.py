"""Which session each of an engine's slots belongs to."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True, eq=False)
class _Seat:
    number: int
    owner: object = None
    is_busy: bool = False
    used: int = 0


class Seats:
    """A slot keeps what it has read, so a session gets the one that it had before.

    Args:
        count: How many there are.
    """

    def __init__(self, count: int) -> None:
        self._seats = [_Seat(number) for number in range(count)]
        self._changed = threading.Condition()
        self._uses = 0

    @contextmanager
    def taken(self, owner: object) -> Iterator[int]:
        """A seat's number; waits for the owner's own, or for any where it has none.

        Of those that it never had it gets the one that was left the longest ago.
        """
        with self._changed:
            while (seat := self._free(owner)) is None:
                self._changed.wait()
            self._uses += 1
            seat.owner, seat.is_busy, seat.used = owner, True, self._uses
        try:
            yield seat.number
        finally:
            with self._changed:
                seat.is_busy = False
                self._changed.notify_all()

    def _free(self, owner: object) -> _Seat | None:
        own = [seat for seat in self._seats if seat.owner is owner]
        free = [seat for seat in own or self._seats if not seat.is_busy]
        return min(free, key=lambda seat: seat.used, default=None)
