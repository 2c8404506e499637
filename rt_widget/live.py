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
from rt_widget.chunk_turn import Ended, Spoken, Typed
from rt_widget.conversation import Conversation
from rt_widget.errors import ClosedError, NotConnectedError, RealtimeWidgetError
from rt_widget.leaving import Leaving
from rt_widget.listening import Ears
from rt_widget.publisher import Page, Publisher
from rt_widget.questions import Lines
from rt_widget.replies import Replies
from rt_widget.session import Session
from rt_widget.tool_runs import Toolbox, with_tools

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rt_widget.answers import Turn
    from rt_widget.audio import Audio
    from rt_widget.backends.base import Backend
    from rt_widget.chunk_turn import Part
    from rt_widget.config import SessionConfig
    from rt_widget.dialogue import Dialogue
    from rt_widget.reply import Reply
    from rt_widget.tool_runs import Runnable

_log = logging.getLogger(__name__)


class Live:
    """A widget's live side; made on any thread, used on the background loop.

    `listeners` are told each update before the pages are; they neither block nor raise.
    `replies` and `ears` are such listeners. `tools` are what the model may call, by
    name: replaced as a whole, from any thread; `update` tells a live session.
    """

    def __init__(
        self, backend: Backend, config: Callable[[], SessionConfig], page: Page
    ) -> None:
        self.conversation = Conversation()
        self.publisher = Publisher(page, self.conversation)
        self.replies = Replies()
        self.ears = Ears()
        self.listeners: list[Callable[[updates.Update], None]] = [
            self.replies.hear,
            self.ears.hear,
        ]
        self.tools: Mapping[str, Runnable] = {}
        self._backend = backend
        self._config: Callable[[], SessionConfig] = lambda: with_tools(
            config(), self.tools
        )
        self._toolbox = Toolbox(lambda: self.tools, lambda: self.publisher.is_attended)
        self._page = page
        self._session: Session | None = None
        self._opening: asyncio.Task[Session] | None = None
        self._notices: tuple[str, ...] = ()
        self._gone: ClosedError | None = None
        self._lacks_sound = False
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
        _raise(self._gone)
        if self._session is not None:
            return self._session
        opening = self._begin_opening()
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            if not opening.cancelled():
                raise
        msg = "The attempt to connect was given up."
        _raise(self._gone)
        raise NotConnectedError(msg)

    async def disconnect(self) -> None:
        """End the session, or the attempt to open one."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.wait([self._opening])
        if self._session is not None:
            await self._session.close(self._gone)

    async def close(self) -> None:
        """The widget is gone: end everything; who waits gets a `ClosedError`."""
        self._gone = ClosedError("The widget was closed.")
        self.publisher.silence()
        await self.disconnect()
        self.ears.end()
        self.publisher.stop()

    async def ask(self, question: str | Audio | Lines) -> Turn:
        """Put a question, or words to be said; connects when needed."""
        async with self._in_order:
            said: str | bytes | Lines
            if isinstance(question, str | Lines):
                said = question
            else:
                # Resampling a minute takes long enough to be heard elsewhere.
                said = await asyncio.to_thread(question.to_pcm16)
            return (await self.connect()).dialogue.ask(said, time.monotonic())

    async def withdraw(self, turn: Turn) -> Reply | None:
        """Nobody waits for this turn any more.

        Returns:
            What had come of its answer; None when the server does not end it soon.
        """
        if self._session is None:
            return None
        leaving = Leaving(turn)
        self.listeners.append(leaving.hear)
        try:
            self._session.dialogue.withdraw(turn)
            return await leaving.reply()
        finally:
            self.listeners.remove(leaving.hear)

    async def put(self, part: Part) -> None:
        """What the person gives from Python, by the piece; connects when needed.

        The rest of a turn is left out when the session for its sound cannot be opened.
        """
        async with self._in_order:
            is_rest = self._lacks_sound and not isinstance(part, Typed)
            self._lacks_sound = isinstance(part, Spoken)
            if is_rest and self._session is None:
                return
            dialogue, at = (await self.connect()).dialogue, time.monotonic()
            self._lacks_sound = False
            match part:
                case Typed(text=text):
                    dialogue.ask(text, at)
                case Spoken(pcm=pcm, before=before):
                    dialogue.append_audio(pcm, before=before)
                case Ended(after=after):
                    dialogue.end_turn(at, after)

    def interrupt(self) -> None:
        """Stop the answer; the page falls silent and reports how far it came."""
        if self._session is not None:
            self._session.dialogue.interrupt()
        self.publisher.silence()

    def confirm(self, call_id: str, *, allow: bool) -> None:
        """The person has said whether a tool may be run; only the first word counts."""
        if self._session is not None:
            self._session.tool_runs.confirm(call_id, allow=allow)

    def update(self) -> None:
        """The person has moved a setting, or given other tools."""
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
            if self._gone is not None:
                # It was meant to end: there is no failure to show.
                update = updates.Closed(None)
        for listen in tuple(self.listeners):
            listen(update)
        self.publisher.hear(update)

    def _begin_opening(self) -> asyncio.Task[Session]:
        if self._opening is None:
            self._opening = asyncio.create_task(self._open())
            self._opening.add_done_callback(_retrieve)
        return self._opening

    async def _open(self) -> Session:
        # An opening beside a busy cell needs its share of the interpreter too.
        background_loop().session_opened(self.disconnect)
        self._page.show(error={})
        self._hear(updates.StatusChanged("connecting"))
        config = self._config()
        try:
            self._notices = self._backend.adjust(config).notices
            self._session = await Session.open(
                self._backend, config, self._hear, self.conversation, self._toolbox
            )
        except BaseException as error:
            background_loop().session_closed(self.disconnect)
            self._hear(updates.StatusChanged("disconnected"))
            if isinstance(error, RealtimeWidgetError):
                self._hear(updates.Failed(error))
            raise
        finally:
            self._opening = None
        self.update()
        return self._session


def _raise(error: ClosedError | None) -> None:
    if error is not None:
        raise error


def _retrieve(task: asyncio.Task[Session]) -> None:
    if task.cancelled() or (error := task.exception()) is None:
        return
    if not isinstance(error, RealtimeWidgetError):
        _log.error("Connecting failed.", exc_info=error)
