"""The end of an answer that nobody waits for any more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from rt_widget.updates import Closed, ReplyFinished

if TYPE_CHECKING:
    from rt_widget.answers import Turn
    from rt_widget.reply import Reply
    from rt_widget.updates import Update

LEAVING_S = 0.25
"""How long the server may take to confirm that an answer has ended."""


class Leaving:
    """Waits for the end of a turn's answer, if one has begun."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._reply: Reply | None = None
        self._ended = asyncio.Event()
        if turn.response_id is None:
            self._ended.set()

    def hear(self, update: Update) -> None:
        """Take in an update."""
        match update:
            case ReplyFinished(reply=reply):
                if reply.response_id == self._turn.response_id:
                    self._reply = reply
                    self._ended.set()
            case Closed():
                self._ended.set()
            case _:
                pass

    async def reply(self) -> Reply | None:
        """What had come until then; None when nothing had, or the end does not come."""
        try:
            async with asyncio.timeout(LEAVING_S):
                await self._ended.wait()
        except TimeoutError:
            return None
        return self._reply
