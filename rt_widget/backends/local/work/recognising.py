"""The words of items, looked for one item beside the other."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from rt_widget.backends.local.protocol.pieces import Failed

if TYPE_CHECKING:
    from rt_widget.backends.local.conversation.kept_sound import Key
    from rt_widget.backends.local.work.means import Means
    from rt_widget.backends.local.work.recognition import Recognition


class Recognising:
    """Knows which words are still looked for.

    Args:
        means: Who is told of them.
    """

    def __init__(self, means: Means) -> None:
        self._means = means
        self._tasks: dict[Key, asyncio.Task[None]] = {}
        self._misheard: Failed | None = None

    @property
    def is_busy(self) -> bool:
        """Whether words are looked for."""
        return bool(self._tasks)

    def follow(self, key: Key, recognition: Recognition) -> None:
        """Tell the words of a part once they are known."""
        self._tasks[key] = task = self._means.spawn(self._report(key, recognition))
        # A task that is cancelled before it began runs nothing of its own.
        task.add_done_callback(partial(self._retire, key, recognition))

    def forget(self, item_id: str) -> None:
        """Nobody wants the words of an item any more."""
        for key, task in self._tasks.items():
            if key[0] == item_id:
                task.cancel()

    async def all_words(self) -> Failed | None:
        """Wait until nothing is looked for; gives what went wrong last."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))
        return self._misheard

    async def _report(self, key: Key, recognition: Recognition) -> None:
        words = await recognition.words()
        self._misheard = None
        if not isinstance(words, str):
            self._misheard = Failed(words.code, words.message)
        item_id, content_index = key
        protocol = self._means.protocol
        self._means.emit(protocol.recognised(item_id, words, content_index))

    def _retire(
        self, key: Key, recognition: Recognition, task: asyncio.Task[None]
    ) -> None:
        if self._tasks.get(key) is task:
            del self._tasks[key]
        if task.cancelled():
            recognition.cancel()
