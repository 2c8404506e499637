"""The widget's conversation with a session in a child process."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from rt_widget.backends.local.engine_process.frames import Ask
from rt_widget.backends.local.protocol.told.typed import typed
from rt_widget.backends.local.requests.typed import of_client
from rt_widget.errors import ConnectionLostError

if TYPE_CHECKING:
    from rt_widget.backends.local.engine_process.process import EngineProcess
    from rt_widget.backends.local.requests.values import Wire
    from rt_widget.config import SessionConfig
    from rt_widget.events import AnyClientEvent, ServerEvent


class ProcessConnection:
    """A session in the widget's own words: its events in, its events out.

    Made and used on one event loop.

    Args:
        process: Where the session is held; it lives on as long as this.
        config: What the session starts with.
    """

    def __init__(self, process: EngineProcess, config: SessionConfig) -> None:
        self._process = process
        self._loop = asyncio.get_running_loop()
        self._inbox: asyncio.Queue[Wire | ConnectionLostError] = asyncio.Queue()
        self._ended: ConnectionLostError | None = None
        self._number = process.open(config, self._take)

    async def send(self, event: AnyClientEvent) -> None:
        """Pass an event on; it is taken in the order of sending.

        Raises:
            ConnectionLostError: the connection has ended.
        """
        if self._ended is not None:
            raise self._ended
        self._process.put(Ask(self._number, of_client(event)))

    async def receive(self) -> ServerEvent:
        """The next event.

        Raises:
            ConnectionLostError: the connection has ended; the text says why.
        """
        told = await self._inbox.get()
        if isinstance(told, ConnectionLostError):
            # Others may wait too, and later calls must see the end.
            self._inbox.put_nowait(told)
            raise told
        return typed(told)

    async def close(self) -> None:
        """End the session; safe to call twice."""
        self._put(ConnectionLostError("The local session was closed."))
        self._process.close(self._number)

    def _take(self, told: Wire | ConnectionLostError) -> None:
        # The loop may be closed before the session is.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._put, told)

    def _put(self, told: Wire | ConnectionLostError) -> None:
        if self._ended is not None:
            return
        if isinstance(told, ConnectionLostError):
            self._ended = told
        self._inbox.put_nowait(told)
