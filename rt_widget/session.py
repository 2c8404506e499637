"""One live conversation over one connection: what opens, reads, writes and closes it.

How it reacts to what comes in is the business of its `Dialogue`. It knows no backend
by name and no widget.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from rt_widget import events, updates
from rt_widget.conversation import Conversation
from rt_widget.dialogue import Dialogue
from rt_widget.errors import ConnectError, ProtocolError, RealtimeWidgetError
from rt_widget.faults import server_error
from rt_widget.live_settings import LiveSettings
from rt_widget.outbox import Outbox
from rt_widget.tool_runs import Toolbox, ToolRuns

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from rt_widget.backends.base import Backend, Connection
    from rt_widget.config import SessionConfig

_log = logging.getLogger(__name__)

OPENING_TIMEOUT_S = 20.0
"""For `session.created` and `session.updated` to come after connecting."""


class Session:
    """A live session; made by `Session.open`, used from its own event loop only.

    One task reads, one task writes. `dialogue` takes what the person does, and
    `tool_runs` what a person says about a call.
    """

    def __init__(
        self,
        connection: Connection,
        dialogue: Dialogue,
        outbox: Outbox,
        tool_runs: ToolRuns,
    ) -> None:
        self.dialogue = dialogue
        self.tool_runs = tool_runs
        self._connection = connection
        self._outbox = outbox
        self._tasks = [
            asyncio.create_task(self._go_on(work), name=f"rt_widget {name}")
            for name, work in (("reads", self._read()), ("writes", self._write()))
        ]

    @classmethod
    async def open(
        cls,
        backend: Backend,
        config: SessionConfig,
        tell: Callable[[updates.Update], None],
        conversation: Conversation | None = None,
        toolbox: Toolbox | None = None,
    ) -> Session:
        """Connect, set the session up, and start reading and writing.

        Args:
            backend: Where the conversation is held.
            config: The settings to begin with.
            tell: Called on this loop with each `Update`; must not block or raise.
            conversation: What was said before, to go on from on screen.
            toolbox: What the model may call; nothing, when it is left out.

        Raises:
            RealtimeWidgetError: it could not be opened; the error says what to do.
        """
        adjusted = backend.adjust(config)
        for notice in adjusted.notices:
            tell(updates.Noticed(notice))
        connection = await backend.connect(adjusted.config)
        settings = LiveSettings(adjusted.config, backend.capabilities)
        try:
            async with asyncio.timeout(OPENING_TIMEOUT_S):
                is_set_up = await _set_up(connection, settings, tell)
        except TimeoutError:
            await connection.close()
            msg = f"The server did not set the session up in {OPENING_TIMEOUT_S:.0f} s."
            raise ConnectError(msg, hint="Connect again.") from None
        except BaseException:
            await connection.close()
            raise
        outbox = Outbox()
        runs = ToolRuns(toolbox or Toolbox())
        said = conversation or Conversation()
        dialogue = Dialogue(settings, said, outbox, tell, runs.start)
        runs.changed = dialogue.call_changed
        session = cls(connection, dialogue, outbox, runs)
        dialogue.take(is_set_up, time.monotonic())
        return session

    async def close(self, error: RealtimeWidgetError | None = None) -> None:
        """End the session; safe to call twice.

        Args:
            error: Why, when it was not meant to end.
        """
        if self.dialogue.is_over:
            return
        self.dialogue.is_over = True
        current = asyncio.current_task()
        others = [task for task in self._tasks if task is not current]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self.tool_runs.stop()
        await self._connection.close()
        self.dialogue.end(error)

    async def _go_on(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - a defect must end in the cell, not in silence
            await self.close(_shown(error))

    async def _read(self) -> None:
        while True:
            event = await _next_event(self._connection)
            self.dialogue.take(event, time.monotonic())

    async def _write(self) -> None:
        while True:
            await self._connection.send(await self._outbox.get())


async def _set_up(
    connection: Connection,
    settings: LiveSettings,
    tell: Callable[[updates.Update], None],
) -> events.SessionUpdated:
    """Wait for the session, send its settings, wait until they hold."""
    while not isinstance(event := await _next_event(connection), events.SessionCreated):
        if isinstance(event, events.ErrorReported):
            raise server_error(event.error)
    await connection.send(settings.first())
    while not isinstance(event := await _next_event(connection), events.SessionUpdated):
        if isinstance(event, events.ErrorReported):
            smaller = settings.refused(event.error)
            if smaller is None:
                raise server_error(event.error)
            tell(updates.Noticed(event.error.message))
            await connection.send(smaller)
    return event


async def _next_event(connection: Connection) -> events.ServerEvent:
    """The next event that can be used; what cannot is logged and left out."""
    while True:
        try:
            return await connection.receive()
        except ProtocolError as error:
            _log.warning("An event was left out. %s", error)


def _shown(error: Exception) -> RealtimeWidgetError:
    """The error that a person reads for one that ended the session."""
    if isinstance(error, RealtimeWidgetError):
        return error
    _log.error("The session failed.", exc_info=error)
    msg = "An internal error ended the session."
    return RealtimeWidgetError(msg, code="internal", hint="Connect again.")
