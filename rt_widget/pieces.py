"""Values that come one by one, for loops with and without await."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

from rt_widget._waiting import wait_for, wait_here

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

_T = TypeVar("_T")


class Pieces(Generic[_T]):
    """Values that come one by one: `async for` in any loop, `for` in a cell or script.

    Who derives from it says how more is had, in `_fill`.
    """

    def __init__(self) -> None:
        self._ready: deque[_T] = deque()
        self._is_over = False

    async def _fill(self) -> None:
        """Add to `_ready` once there is more, or set `_is_over`.

        Runs on the background loop, and is cancelled when nobody waits any more.
        """
        raise NotImplementedError

    def __aiter__(self) -> AsyncIterator[_T]:
        return self

    async def __anext__(self) -> _T:
        # A cell is interrupted in its loop's turn, also while there is enough to give.
        await asyncio.sleep(0)
        while True:
            if self._ready:
                return self._ready.popleft()
            if self._is_over:
                raise StopAsyncIteration
            await wait_for(self._fill)

    def __iter__(self) -> Iterator[_T]:
        return self

    def __next__(self) -> _T:
        while True:
            if self._ready:
                return self._ready.popleft()
            if self._is_over:
                raise StopIteration
            wait_here(self._fill)
