"""Events on their way to a client, and no more of them than there is room for."""

from __future__ import annotations

import asyncio
from collections import deque


class Outbox:
    """Texts in the order of sending.

    Args:
        most: Bytes that may wait.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._texts: deque[str] = deque()
        self._bytes = 0
        self._closed = False
        self._changed = asyncio.Event()

    def put(self, text: str) -> bool:
        """Add a text, of ASCII only, unless it is closed; False: there is no room."""
        if self._bytes + len(text) > self._most:
            return False
        if not self._closed:
            self._texts.append(text)
            self._bytes += len(text)
            self._changed.set()
        return True

    async def get(self) -> str | None:
        """The next text; None when it is closed and all were given."""
        while not self._texts:
            if self._closed:
                return None
            self._changed.clear()
            await self._changed.wait()
        text = self._texts.popleft()
        self._bytes -= len(text)
        return text

    def close(self, *, drop: bool = False) -> None:
        """Take no more; with `drop` give no more either."""
        self._closed = True
        if drop:
            self._texts.clear()
            self._bytes = 0
        self._changed.set()
