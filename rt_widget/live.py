"""A widget's half on the background loop: its session, and what the page asks for.

Everything here runs on the background loop; the widget only hands over.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from typing import TYPE_CHECKING

from rt_widget import messages, updates
from rt_widget._loop import background_loop
from rt_widget.conversation import Conversation
from rt_widget.download import Download
from rt_widget.errors import NotConnectedError, RealtimeWidgetError
from rt_widget.publisher import Page, Publisher
from rt_widget.sequence import InOrder
from rt_widget.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from rt_widget.answers import Turn
    from rt_widget.audio import Audio
    from rt_widget.backends.base import Backend
    from rt_widget.config import SessionConfig

EARLY_PIECES = 100
"""Microphone pieces kept while a session opens: 10 s of 100 ms pieces."""

_log = logging.getLogger(__name__)


class Live:
    """A widget's live side; made on any thread, used on the background loop."""

    def __init__(
        self, backend: Backend, config: Callable[[], SessionConfig], page: Page
    ) -> None:
        self.conversation = Conversation()
        self._backend = backend
        self._config = config
        self._page = page
        self._publisher = Publisher(page, self.conversation)
        self._download = Download(backend, page)
        self._session: Session | None = None
        self._opening: asyncio.Task[Session] | None = None
        self._microphone: InOrder[bytes] = InOrder()
        # Said while the session opens; passed on when it is open.
        self._early: deque[bytes] = deque(maxlen=EARLY_PIECES)
        self._notices: tuple[str, ...] = ()
        # What was asked and said first is sent first, also while a session opens.
        self._in_order = asyncio.Lock()

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
        self._download.stop()
        await self.disconnect()
        self._publisher.stop()

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
        self._publisher.silence()

    def show_state(self, name: str) -> None:
        """A trait about the session is new."""
        self._publisher.change_state(name)

    def update(self) -> None:
        """The person has moved a setting."""
        if self._session is None:
            return
        adjusted = self._backend.adjust(self._config())
        for notice in set(adjusted.notices) - set(self._notices):
            self._publisher.hear(updates.Noticed(notice))
        self._notices = adjusted.notices
        self._session.dialogue.update(adjusted.config)

    def handle(self, message: messages.PageMessage) -> None:
        """Do what the page asks for."""
        match message:
            case messages.AudioPiece(number=number, pcm=pcm):
                self._hear_microphone(number, pcm)
            case messages.Microphone(on=True):
                self._microphone = InOrder()
                self._early.clear()
                if self._session is None:
                    self._begin_opening()
            case messages.Hello():
                self._publisher.show_all()
            case messages.Resend():
                self._publisher.show_again(message)
            case messages.Fetch():
                self._download.start()
            case messages.Connect():
                _start(self.connect())
            case messages.Disconnect():
                _start(self.disconnect())
            case _:
                self._handle_in_session(message)

    def _handle_in_session(self, message: messages.PageMessage) -> None:
        match message:
            case messages.Typed(text=text) if text.strip():
                _start(self.ask(text))
            case messages.Interrupt(position=position) if self._session:
                self._publisher.drop_audio()
                self._session.dialogue.interrupt(position)
            case messages.Microphone() if self._session:
                self._session.dialogue.end_audio(time.monotonic())
            case messages.Cut(position=position) if self._session:
                self._session.dialogue.cut(position)
            case messages.Played(position=position, ended=True) if self._session:
                self._session.dialogue.played(position)
            case _:
                pass

    def _hear_microphone(self, number: int, pcm: bytes) -> None:
        for piece in self._microphone.push(number, pcm):
            if self._session is not None:
                self._session.dialogue.append_audio(piece, is_live=True)
            elif self._opening is not None:
                self._early.append(piece)
        gap = self._microphone.gap()
        if gap is not None:
            self._page.tell(messages.resend_message(*gap))

    def _hear(self, update: updates.Update) -> None:
        if isinstance(update, updates.Closed):
            self._session = None
            background_loop().session_closed(self.disconnect)
        self._publisher.hear(update)

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
                self._publisher.show_error(error)
            raise
        finally:
            self._opening = None
        background_loop().session_opened(self.disconnect)
        self.update()
        while self._early:
            self._session.dialogue.append_audio(self._early.popleft())
        return self._session


def _start(work: Coroutine[object, object, object]) -> None:
    """Run what the page has asked for; its failures are shown where they happen."""
    task: asyncio.Task[object] = asyncio.create_task(work)
    _running.add(task)
    task.add_done_callback(_running.discard)
    task.add_done_callback(_retrieve)


_running: set[asyncio.Task[object]] = set()
"""The loop itself keeps only weak references to its tasks."""


def _retrieve(task: asyncio.Future[Session] | asyncio.Future[object]) -> None:
    if task.cancelled() or (error := task.exception()) is None:
        return
    if not isinstance(error, RealtimeWidgetError):
        _log.error("A request of the page failed.", exc_info=error)
