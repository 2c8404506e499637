"""A widget's half on the background loop: its session, as long as there is one.

Everything here runs on the background loop; the widget only hands over.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from rt_widget import updates
from rt_widget._loop import background_loop
from rt_widget.conversation import Conversation
from rt_widget.errors import NotConnectedError, RealtimeWidgetError
from rt_widget.publisher import Page, Publisher
from rt_widget.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from rt_widget.answers import Turn
    from rt_widget.audio import Audio
    from rt_widget.backends.base import Backend
    from rt_widget.config import SessionConfig
    from rt_widget.dialogue import Dialogue

_log = logging.getLogger(__name__)


class Live:
    """A widget's live side; made on any thread, used on the background loop.

    `listeners` are told each update before the pages are; they neither block nor raise.
    """

    def __init__(
        self, backend: Backend, config: Callable[[], SessionConfig], page: Page
    ) -> None:
        self.conversation = Conversation()
        self.publisher = Publisher(page, self.conversation)
        self.listeners: list[Callable[[updates.Update], None]] = []
        self._backend = backend
        self._config = config
        self._page = page
        self._session: Session | None = None
        self._opening: asyncio.Task[Session] | None = None
        self._notices: tuple[str, ...] = ()
        # What was asked and said first is sent first, also while a session opens.
        self._in_order = asyncio.Lock()

    @property
    def dialogue(self) -> Dialogue | None:
        """Of the live session; None when there is none."""
        return None if self._session is None else self._session.dialogue

    async def connect(self) -> Session:
        """The live session; opens one when there is none.

        Raises:
            RealtimeWidgetError: it cannot be opened; shown in the cell too.
        """
        if self._session is not None:
            return self._session
        opening = self._begin_opening()
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            if not opening.cancelled():
                raise
        msg = "The attempt to connect was given up."
        raise NotConnectedError(msg)

    async def disconnect(self) -> None:
        """End the session, or the attempt to open one."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.wait([self._opening])
        if self._session is not None:
            await self._session.close()

    async def close(self) -> None:
        """The widget is gone: end everything."""
        self.publisher.silence()
        await self.disconnect()
        self.publisher.stop()

    async def ask(self, question: str | Audio) -> Turn:
        """Put a question; connects when needed."""
        async with self._in_order:
            said: str | bytes
            if isinstance(question, str):
                said = question
            else:
                # Resampling a minute takes long enough to be heard elsewhere.
                said = await asyncio.to_thread(question.to_pcm16)
            return (await self.connect()).dialogue.ask(said, time.monotonic())

    async def withdraw(self, turn: Turn) -> None:
        """Nobody waits for this turn any more."""
        if self._session is not None:
            self._session.dialogue.withdraw(turn)

    async def append_audio(self, pcm: bytes) -> None:
        """Sound of the person, from Python."""
        async with self._in_order:
            (await self.connect()).dialogue.append_audio(pcm)

    async def commit_audio(self) -> None:
        """The person has finished, says Python."""
        async with self._in_order:
            (await self.connect()).dialogue.commit_audio(time.monotonic())

    def interrupt(self) -> None:
        """Stop the answer; the page falls silent and reports how far it came."""
        if self._session is not None:
            self._session.dialogue.interrupt()
        self.publisher.silence()

    def update(self) -> None:
        """The person has moved a setting."""
        if self._session is None:
            return
        adjusted = self._backend.adjust(self._config())
        for notice in set(adjusted.notices) - set(self._notices):
            self._hear(updates.Noticed(notice))
        self._notices = adjusted.notices
        self._session.dialogue.update(adjusted.config)

    def _hear(self, update: updates.Update) -> None:
        if isinstance(update, updates.Closed):
            self._session = None
            background_loop().session_closed(self.disconnect)
        for listen in self.listeners:
            listen(update)
        self.publisher.hear(update)

    def _begin_opening(self) -> asyncio.Task[Session]:
        if self._opening is None:
            self._opening = asyncio.create_task(self._open())
            self._opening.add_done_callback(_retrieve)
        return self._opening

    async def _open(self) -> Session:
        self._page.show(status="connecting", error={})
        config = self._config()
        try:
            self._notices = self._backend.adjust(config).notices
            self._session = await Session.open(
                self._backend, config, self._hear, self.conversation
            )
        except BaseException as error:
            self._page.show(status="disconnected")
            if isinstance(error, RealtimeWidgetError):
                self._hear(updates.Failed(error))
            raise
        finally:
            self._opening = None
        background_loop().session_opened(self.disconnect)
        self.update()
        return self._session


def _retrieve(task: asyncio.Task[Session]) -> None:
    if task.cancelled() or (error := task.exception()) is None:
        return
    if not isinstance(error, RealtimeWidgetError):
        _log.error("Connecting failed.", exc_info=error)
