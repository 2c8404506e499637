"""A conversation with the local voice: requests in, server events out, no socket."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING

from rt_widget.backends.local.hearing.ear import Ear
from rt_widget.backends.local.hearing.g711 import pieces
from rt_widget.backends.local.protocol.fold import LocalProtocol
from rt_widget.backends.local.protocol.outcome import Listen, Wake
from rt_widget.backends.local.work.means import Means
from rt_widget.backends.local.work.turn_work import TurnWork
from rt_widget.errors import ConnectionLostError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from rt_widget.backends.local.protocol.outcome import Outcome
    from rt_widget.backends.local.requests.values import Request, Wire
    from rt_widget.backends.local.settings import Settings
    from rt_widget.backends.local.workers import Workers

_LOG = logging.getLogger(__name__)

_CLOSED = "The local session was closed."


class LocalSession:
    """Carries requests and events between a client, the protocol and the work.

    Made and used on one event loop. Its events are GA server events without an
    `event_id`; `told.on_socket` makes them fit for strangers.

    Args:
        workers: The engines and their threads.
        settings: What the session starts with.
    """

    def __init__(self, workers: Workers, settings: Settings) -> None:
        workers = workers.for_session()
        self.protocol = LocalProtocol(settings)
        """The fold that it serves."""
        self._workers = workers
        self._inbox: asyncio.Queue[Request] = asyncio.Queue()
        self._outbox: asyncio.Queue[Wire | None] = asyncio.Queue()
        self._taken = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._alarm: asyncio.TimerHandle | None = None
        means = Means(workers, self.protocol, self._emit, self._spawn)
        self._work = TurnWork(means)
        self._ended: str | None = None
        self._emit(self.protocol.open())
        self._spawn(self._serve(Ear(workers.engines.new_vad())))

    @property
    def waiting(self) -> int:
        """Requests that the session has not come to yet."""
        return self._inbox.qsize()

    @property
    def is_quiet(self) -> bool:
        """Whether `next` would have to wait."""
        return self._outbox.empty()

    def submit(self, request: Request) -> None:
        """Ask for something; requests are served in order.

        Raises:
            ConnectionLostError: the session has ended.
        """
        if self._ended is not None:
            raise ConnectionLostError(self._ended)
        self._inbox.put_nowait(request)

    async def taken(self) -> None:
        """Wait until the session comes to its next request.

        Raises:
            ConnectionLostError: the session has ended.
        """
        self._taken.clear()
        if self._ended is None:
            await self._taken.wait()
        if self._ended is not None:
            raise ConnectionLostError(self._ended)

    async def next(self) -> Wire:
        """The next event.

        Raises:
            ConnectionLostError: the session has ended.
        """
        event = await self._outbox.get()
        if event is None:
            # Others may wait too, and later calls must see the end.
            self._outbox.put_nowait(None)
            raise ConnectionLostError(self._ended or _CLOSED)
        return event

    def close(self) -> None:
        """Stop all work; safe to call twice."""
        self._end(_CLOSED)

    def _end(self, reason: str) -> None:
        if self._ended is not None:
            return
        self._ended = reason
        self._taken.set()
        self._work.close()
        # It knows this session: the engines shall go when the last session does, and
        # not when the garbage collector comes by.
        del self._work
        if self._alarm is not None:
            self._alarm.cancel()
        for task in self._tasks:
            task.cancel()
        self._outbox.put_nowait(None)

    def _spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._retire)
        return task

    def _retire(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _LOG.error("The local session failed.", exc_info=error)
            message = f"The local session failed: {type(error).__name__}: {error}"
            self._end(message)

    async def _serve(self, ear: Ear) -> None:
        """Take one request after the other; sound is listened to before the next."""
        while True:
            request = await self._inbox.get()
            self._taken.set()
            outcome = self.protocol.receive(request)
            self._emit(outcome)
            for action in outcome.actions:
                if isinstance(action, Listen):
                    await self._listen(ear, action)

    async def _listen(self, ear: Ear, action: Listen) -> None:
        loop = asyncio.get_running_loop()
        for piece in pieces(action.sound, action.audio_format):
            hear = partial(ear.hear, piece, action.audio_format, detect=action.detect)
            heard = await loop.run_in_executor(self._workers.vad, hear)
            self._emit(self.protocol.hear(heard))

    def _emit(self, outcome: Outcome) -> None:
        if self._ended is not None:
            return
        for event in outcome.events:
            self._outbox.put_nowait(event)
        for action in outcome.actions:
            if isinstance(action, Wake):
                self._set_alarm(action)
            else:
                self._work.perform(action)

    def _set_alarm(self, wake: Wake) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        loop = asyncio.get_running_loop()
        self._alarm = loop.call_later(wake.after_ms / 1000, self._wake)

    def _wake(self) -> None:
        self._alarm = None
        self._emit(self.protocol.woke())
