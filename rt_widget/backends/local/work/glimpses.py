"""Readings of a turn that is not over yet, where there is time for them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from rt_widget.backends.local.work.recognition import Recognition

if TYPE_CHECKING:
    from collections.abc import Callable

    from rt_widget.backends.local.protocol.outcome import Glimpse
    from rt_widget.backends.local.workers import Workers

TIMELY_S = 0.4
"""After a glimpse that took longer there is no other in the same turn."""


class Glimpses:
    """At most one at a time, and none that is in the way of the turn's own reading.

    Args:
        workers: Where they are recognised.
        tell: Gets the item's id and the words.
    """

    def __init__(self, workers: Workers, tell: Callable[[str, str], None]) -> None:
        self._workers = workers
        self._tell = tell
        self._current: Recognition | None = None
        self._slow_item = ""

    async def look(self, glimpse: Glimpse) -> None:
        """Recognise what was said so far, unless the machine cannot keep up."""
        if self._current is not None or self._slow_item == glimpse.item_id:
            return
        clock = asyncio.get_running_loop().time
        started = clock()
        self._current = current = Recognition(
            self._workers, glimpse.samples, gives_way=True
        )
        words = await current.words()
        if clock() - started > TIMELY_S:
            self._slow_item = glimpse.item_id
        if self._current is current:
            self._current = None
            if words and isinstance(words, str):
                self._tell(glimpse.item_id, words)

    def drop(self) -> None:
        """The turn's own reading comes: it must not wait."""
        if self._current is not None:
            self._current.cancel()
        self._current = None
