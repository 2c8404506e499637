"""One question on its way, on the background loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rt_widget.answers import Turn
    from rt_widget.audio import Audio
    from rt_widget.live import Live
    from rt_widget.questions import Lines
    from rt_widget.reply import Reply
    from rt_widget.updates import AudioReceived, TextReceived


TAKEN_AT_ONCE = 64
"""Deltas; a burst of many would hold up the other sessions."""


class Asking:
    """A question, from being put to its answer; given up when a waiter is cancelled.

    Made on any thread, used on the background loop.
    """

    def __init__(self, live: Live, question: str | Audio | Lines) -> None:
        self.reply: Reply | None = None
        """The answer, once it has ended."""
        self._live = live
        self._question = question
        self._turn: Turn | None = None
        self._has_all = False

    async def deltas(self) -> list[TextReceived | AudioReceived]:
        """All that has come since the last time, at least one; empty at the end."""
        try:
            turn = await self._put()
            some: list[TextReceived | AudioReceived] = []
            while not self._has_all and len(some) < TAKEN_AT_ONCE:
                if some and turn.deltas.empty():
                    break
                delta = await turn.deltas.get()
                if delta is None:
                    self._has_all = True
                else:
                    some.append(delta)
        except asyncio.CancelledError:
            await self.withdraw()
            raise
        return some

    async def ended(self) -> Reply:
        """The whole answer; puts the question first when nobody has.

        Raises:
            RealtimeWidgetError: there will be no answer.
        """
        try:
            turn = await self._put()
            self.reply = await asyncio.shield(turn.reply)
        except asyncio.CancelledError:
            await self.withdraw()
            raise
        return self.reply

    async def withdraw(self) -> None:
        """Nobody waits for the answer any more; returns when it has ended, or soon."""
        if self._turn is not None and not self._turn.reply.done():
            self.reply = await self._live.withdraw(self._turn) or self.reply

    def abandon(self) -> None:
        """`withdraw`, by nobody who waits for it."""
        task = asyncio.create_task(self.withdraw())
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)

    async def _put(self) -> Turn:
        if self._turn is None:
            self._turn = await self._live.ask(self._question)
        return self._turn


_tasks: set[asyncio.Task[None]] = set()
"""A loop holds its tasks weakly."""
