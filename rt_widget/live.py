"""A widget's half on the background loop: its session, and what the page asks for.

Everything here runs on the background loop; the widget only hands over.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from rt_widget import messages, updates
from rt_widget._loop import background_loop
from rt_widget.audio import Audio
from rt_widget.conversation import Conversation
from rt_widget.download import Download
from rt_widget.errors import RealtimeWidgetError
from rt_widget.publisher import Page, Publisher
from rt_widget.sequence import InOrder
from rt_widget.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from rt_widget.answers import Turn
    from rt_widget.backends.base import Backend
    from rt_widget.config import SessionConfig

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

    async def connect(self) -> Session:
        """The live session; opens one when there is none.

        Raises:
            RealtimeWidgetError: it cannot be opened; shown in the cell too.
        """
        if self._session is not None:
            return self._session
        if self._opening is None:
            self._opening = asyncio.create_task(self._open())
            self._opening.add_done_callback(_retrieve)
        return await asyncio.shield(self._opening)

    async def disconnect(self) -> None:
        """End the session, or the attempt to open one."""
        if self._opening is not None:
            self._opening.cancel()
        if self._session is not None:
            await self._session.close()

    async def close(self) -> None:
        """The widget is gone: end everything."""
        self._download.stop()
        await self.disconnect()

    async def ask(self, question: str | Audio) -> Turn:
        """Put a question; connects when needed."""
        session = await self.connect()
        if isinstance(question, Audio):
            session.say_audio(question.to_pcm16())
        else:
            session.say(question)
        return session.create_response()

    async def withdraw(self, turn: Turn) -> None:
        """Nobody waits for this turn any more."""
        if self._session is not None:
            self._session.withdraw(turn)

    async def append_audio(self, pcm: bytes) -> None:
        """Sound of the person, from Python."""
        (await self.connect()).append_audio(pcm)

    async def commit_audio(self) -> None:
        """The person has finished, says Python."""
        (await self.connect()).commit_audio()

    def interrupt(self) -> None:
        """Stop the answer; the page falls silent and reports how far it came."""
        if self._session is not None:
            self._session.interrupt()
        self._publisher.silence()

    def update(self) -> None:
        """The person has moved a setting."""
        if self._session is not None:
            self._session.update(self._config())

    def handle(self, message: messages.PageMessage) -> None:
        """Do what the page asks for."""
        match message:
            case messages.AudioPiece(number=number, pcm=pcm):
                self._hear_microphone(number, pcm)
            case messages.Microphone(on=True):
                self._microphone = InOrder()
                _start(self.connect())
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
                self._session.interrupt(position)
            case messages.Played(position=position, ended=True) if self._session:
                self._session.played(position)
            case _:
                pass

    def _hear_microphone(self, number: int, pcm: bytes) -> None:
        for piece in self._microphone.push(number, pcm):
            if self._session is not None:
                self._session.append_audio(piece)
        gap = self._microphone.gap()
        if gap is not None:
            self._page.tell(messages.resend_message(*gap))

    def _hear(self, update: updates.Update) -> None:
        if isinstance(update, updates.Closed):
            self._session = None
            background_loop().session_closed()
        self._publisher.hear(update)

    async def _open(self) -> Session:
        self._page.show(status="connecting", error={})
        try:
            self._session = await Session.open(
                self._backend, self._config(), self._hear, self.conversation
            )
        except RealtimeWidgetError as error:
            self._page.show(status="disconnected")
            self._publisher.show_error(error)
            raise
        except asyncio.CancelledError:
            self._page.show(status="disconnected")
            raise
        finally:
            self._opening = None
        background_loop().session_opened()
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
