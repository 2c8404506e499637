"""What the person says, for those who listen to it in Python."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from rt_widget._loop import background_loop
from rt_widget._waiting import wait_for
from rt_widget.pieces import Pieces
from rt_widget.updates import WordsRecognised

if TYPE_CHECKING:
    from rt_widget.updates import Update

SAID_KEPT = 256
"""Values kept for a listener that does not take them; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the person.

    Args:
        text: All that is recognised of the turn so far.
        is_final: Whether that is all.
        item_id: The conversation's item that they are.

    Example:
        >>> Said("Good morning", is_final=True, item_id="item_1").text
        'Good morning'
    """

    text: str
    is_final: bool
    item_id: str


class Ear:
    """What one listener has yet to take. Used on the background loop.

    Who does not keep up gets the latest words of a turn, not each stage of them.
    """

    def __init__(self) -> None:
        self._said: deque[Said] = deque(maxlen=SAID_KEPT)
        self._news = asyncio.Event()
        self._is_over = False

    def hear(self, said: Said) -> None:
        """More was said."""
        last = self._said[-1] if self._said else None
        if last and last.item_id == said.item_id and not last.is_final:
            self._said.pop()
        self._said.append(said)
        self._news.set()

    def end(self) -> None:
        """Nothing more will be said."""
        self._is_over = True
        self._news.set()

    async def take(self) -> list[Said]:
        """All that was said since the last time, at least one; empty at the end."""
        while not self._said and not self._is_over:
            self._news.clear()
            await self._news.wait()
        taken = list(self._said)
        self._said.clear()
        return taken


class Ears:
    """All who listen to one widget. Ears come and go on any thread."""

    def __init__(self) -> None:
        self._ears: tuple[Ear, ...] = ()
        self._is_over = False

    def hear(self, update: Update) -> None:
        """Take in an update."""
        if isinstance(update, WordsRecognised):
            said = Said(update.text, update.is_final, update.item_id)
            for ear in self._ears:
                ear.hear(said)

    def add(self, ear: Ear) -> None:
        """One more listens."""
        self._ears = (*self._ears, ear)
        if self._is_over:
            ear.end()

    def remove(self, ear: Ear) -> None:
        """One less listens."""
        self._ears = tuple(each for each in self._ears if each is not ear)
        ear.end()

    def end(self) -> None:
        """The widget was closed."""
        self._is_over = True
        for ear in self._ears:
            ear.end()


class Listening(Pieces[Said]):
    """What the person says from now on; made by `RealtimeWidget.listen`.

    Several loops may follow each other; what is said between them is kept for the next.
    """

    def __init__(self, ears: Ears) -> None:
        super().__init__()
        self._ears = ears
        self._ear = Ear()
        self._loop = background_loop()
        self._loop.call(ears.add, self._ear)

    async def aclose(self) -> None:
        """Listen no more; a loop over it ends."""
        self.close()
        await wait_for(partial(asyncio.sleep, 0))

    def close(self) -> None:
        """`aclose` without await."""
        self._loop.call(self._ears.remove, self._ear)

    def __del__(self) -> None:
        self.close()

    async def _fill(self) -> None:
        said = await self._ear.take()
        self._ready.extend(said)
        self._is_over = not said
