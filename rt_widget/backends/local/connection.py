"""A conversation with the local backend, in this process and without a socket."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING

from rt_widget.audio import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ
from rt_widget.backends.local.ear import Ear
from rt_widget.backends.local.outcome import Listen
from rt_widget.backends.local.protocol import LocalProtocol
from rt_widget.backends.local.turn_work import TurnWork
from rt_widget.errors import ConnectionLostError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from rt_widget.backends.local.outcome import Outcome
    from rt_widget.backends.local.workers import Workers
    from rt_widget.config import SessionConfig
    from rt_widget.events import AnyClientEvent, ServerEvent

_LOG = logging.getLogger(__name__)

_LISTEN_BYTES = SAMPLE_RATE_HZ // 10 * BYTES_PER_SAMPLE
_CLOSED = "The local session was closed."


class LocalConnection:
    """Carries events between a session, the protocol and the work it asks for.

    Made and used on one event loop.

    Args:
        workers: The engines and their threads.
        config: What the session starts with.
    """

    def __init__(self, workers: Workers, config: SessionConfig) -> None:
        voices = workers.engines.tts.voices
        self._protocol = LocalProtocol(config, voices=voices)
        self._workers = workers
        self._inbox: asyncio.Queue[AnyClientEvent] = asyncio.Queue()
        self._outbox: asyncio.Queue[ServerEvent | None] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._work = TurnWork(workers, self._protocol, self._emit, self._spawn)
        self._ended: ConnectionLostError | None = None
        self._emit(self._protocol.open())
        self._spawn(self._serve(Ear(workers.engines.new_vad())))

    async def send(self, event: AnyClientEvent) -> None:
        """Pass an event on; it is taken in the order of sending.

        Raises:
            ConnectionLostError: the connection has ended.
        """
        if self._ended is not None:
            raise self._ended
        self._inbox.put_nowait(event)

    async def receive(self) -> ServerEvent:
        """The next event.

        Raises:
            ConnectionLostError: the connection has ended.
        """
        event = await self._outbox.get()
        if event is None:
            # Others may wait too, and later calls must see the end.
            self._outbox.put_nowait(None)
            raise self._ended or ConnectionLostError(_CLOSED)
        return event

    async def close(self) -> None:
        """Stop all work; safe to call twice."""
        self._end(ConnectionLostError(_CLOSED))

    def _end(self, reason: ConnectionLostError) -> None:
        if self._ended is not None:
            return
        self._ended = reason
        self._work.close()
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
            self._end(ConnectionLostError(message))

    async def _serve(self, ear: Ear) -> None:
        """Take one event after the other; sound is listened to before the next.

        The ear is this task's own and goes with it: its resampler complains aloud
        when it outlives the interpreter.
        """
        while True:
            outcome = self._protocol.receive(await self._inbox.get())
            self._emit(outcome)
            for action in outcome.actions:
                if isinstance(action, Listen):
                    await self._listen(ear, action)

    async def _listen(self, ear: Ear, action: Listen) -> None:
        loop = asyncio.get_running_loop()
        for start in range(0, len(action.pcm), _LISTEN_BYTES):
            pcm = action.pcm[start : start + _LISTEN_BYTES]
            hear = partial(ear.hear, pcm, detect=action.detect)
            heard = await loop.run_in_executor(self._workers.vad, hear)
            self._emit(self._protocol.hear(heard))

    def _emit(self, outcome: Outcome) -> None:
        for event in outcome.events:
            self._outbox.put_nowait(event)
        for action in outcome.actions:
            self._work.perform(action)
