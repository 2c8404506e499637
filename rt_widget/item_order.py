"""The order in which items stand, as a fold over what the server says of it.

The server names for each item the one that it follows. News may come late and in any
order, so an item may be said to follow one that is not known yet: it waits at the end
and moves, with all that follow it, once the other has come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class ItemOrder:
    """Ids in the server's order; what changes stands near the end."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._here: set[str] = set()
        # Whom each item follows by the server's word, and the other way round.
        self._claims: dict[str, str] = {}
        self._followers: dict[str, list[str]] = {}
        self._gone: dict[str, str | None] = {}

    def __iter__(self) -> Iterator[str]:
        # Read by the user's threads too.
        return iter(tuple(self._ids))

    @property
    def last_id(self) -> str | None:
        """Id of the item at the end."""
        return self._ids[-1] if self._ids else None

    def before(self, item_id: str) -> Iterator[str]:
        """The ids before an item, the nearest first."""
        for index in range(self._index(item_id) - 1, -1, -1):
            yield self._ids[index]

    def place(self, item_id: str, previous: str | None = None) -> None:
        """An item stands after `previous`; at the end where nobody says so."""
        if item_id not in self._here:
            self._here.add(item_id)
            self._gone.pop(item_id, None)
            self._ids.append(item_id)
            self._gather(item_id)
        while previous in self._gone:
            previous = self._gone[previous]
        if previous is None or previous in (item_id, self._claims.get(item_id)):
            return
        block = self._block(item_id)
        if previous in self._ids[block.start : block.stop]:
            return
        self._claim(item_id, previous)
        if previous in self._here:
            self._move(block, self._index(previous) + 1)

    def remove(self, item_id: str) -> None:
        """Forget an item; those that follow it stay where they are."""
        index = self._index(item_id)
        nearest = self._ids[index - 1] if index else None
        del self._ids[index]
        self._here.discard(item_id)
        self._gone[item_id] = nearest
        before = self._claims.get(item_id)
        self._unclaim(item_id)
        for follower in self._followers.pop(item_id, []):
            del self._claims[follower]
            if before is not None:
                self._claim(follower, before)

    def _gather(self, item_id: str) -> None:
        """Those that have waited for an item come to stand after it."""
        for follower in tuple(self._followers.get(item_id, ())):
            block = self._block(follower)
            if item_id not in self._ids[block.start : block.stop]:
                self._move(block, self._index(item_id) + 1)

    def _block(self, item_id: str) -> range:
        """Where an item stands with all that follow it."""
        start = stop = self._index(item_id)
        inside = set()
        while stop < len(self._ids):
            each = self._ids[stop]
            if each != item_id and self._claims.get(each) not in inside:
                break
            inside.add(each)
            stop += 1
        return range(start, stop)

    def _move(self, block: range, to: int) -> None:
        ids, moved = self._ids, self._ids[block.start : block.stop]
        # In one step: another thread may be reading.
        if to <= block.start:
            ids[to : block.stop] = moved + ids[to : block.start]
        else:
            ids[block.start : to] = ids[block.stop : to] + moved

    def _claim(self, item_id: str, previous: str) -> None:
        self._unclaim(item_id)
        self._claims[item_id] = previous
        self._followers.setdefault(previous, []).append(item_id)

    def _unclaim(self, item_id: str) -> None:
        previous = self._claims.pop(item_id, None)
        if previous is not None:
            self._followers[previous].remove(item_id)

    def _index(self, item_id: str) -> int:
        for back, each in enumerate(reversed(self._ids), start=1):
            if each == item_id:
                return len(self._ids) - back
        raise KeyError(item_id)
