"""The child's side: it serves the sessions of its parent, and ends with it."""

from __future__ import annotations

import asyncio
import faulthandler
import os
import queue
import signal
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from rt_widget.backends.local.engine_process.frames import (
    Ask,
    Begin,
    Close,
    Ended,
    Failed,
    Open,
    Ready,
    Told,
    packed,
    read_frame,
)
from rt_widget.backends.local.loading import load
from rt_widget.errors import ConnectionLostError, ProtocolError, RealtimeWidgetError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from rt_widget.backends.local.engine_process.frames import Up
    from rt_widget.backends.local.loading import Recipe
    from rt_widget.backends.local.session import LocalSession
    from rt_widget.backends.local.workers import Workers

_SWITCH_INTERVAL_S = 0.001
"""The loop has to hear while the engines' threads are busy."""

_ORPHAN_CHECK_S = 2.0


def main(load: Callable[[Recipe], Awaitable[Workers]] = load) -> None:
    """Serve until standard input ends.

    Args:
        load: Makes the engines.
    """
    # "Interrupt kernel" is meant for the cell.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable()
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    source, drain = _private_pipes()
    asyncio.run(_serve(source, drain, load))


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output, out of reach of libraries that print."""
    source, drain = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return os.fdopen(source, "rb"), os.fdopen(drain, "wb", buffering=0)


async def _serve(
    source: BinaryIO,
    drain: BinaryIO,
    load: Callable[[Recipe], Awaitable[Workers]],
) -> None:
    loop = asyncio.get_running_loop()
    inbox: asyncio.Queue[object] = asyncio.Queue()
    outgoing: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def take(frame: object) -> None:
        loop.call_soon_threadsafe(inbox.put_nowait, frame)

    _thread(_read, source, take)
    _thread(_write, drain, outgoing)
    _thread(_watch, os.getppid())

    def tell(frame: Up) -> None:
        outgoing.put(packed(frame))

    try:
        match await inbox.get():
            case Begin(recipe):
                workers = await load(recipe)
            case frame:
                raise ProtocolError(f"The first frame is {frame!r:.100}.")
    except RealtimeWidgetError as error:
        tell(Failed(type(error).__name__, error.message, error.code, error.hint))
        # The parent ends this process once it has read that.
        await loop.create_future()
        return
    sessions = _Sessions(workers, tell)
    tell(Ready(tuple(workers.engines.tts.voices)))
    while True:
        sessions.take(await inbox.get())


class _Sessions:
    """The sessions of this process, by number.

    Args:
        workers: Serve them.
        tell: Gets what they say.
    """

    def __init__(self, workers: Workers, tell: Callable[[Up], None]) -> None:
        self._workers = workers
        self._tell = tell
        self._open: dict[int, LocalSession] = {}
        self._relays: set[asyncio.Task[None]] = set()

    def take(self, frame: object) -> None:
        match frame:
            case Open():
                self._begin(frame)
            case Ask(number, request) if number in self._open:
                # One that has ended says so itself.
                with suppress(ConnectionLostError):
                    self._open[number].submit(request)
            case Close(number) if number in self._open:
                self._open.pop(number).close()
            case _:
                """For a session that is gone."""

    def _begin(self, frame: Open) -> None:
        # They import packages of the extra `local`, which are here with the engines.
        from rt_widget.backends.local.session import LocalSession  # noqa: PLC0415 - on demand
        from rt_widget.backends.local.settings import Settings  # noqa: PLC0415 - same

        voices = self._workers.engines.tts.voices
        session = LocalSession(self._workers, Settings.of_config(frame.config, voices))
        self._open[frame.number] = session
        relay = asyncio.create_task(self._relay(frame.number, session))
        self._relays.add(relay)
        relay.add_done_callback(self._relays.discard)

    async def _relay(self, number: int, session: LocalSession) -> None:
        try:
            while True:
                self._tell(Told(number, await session.next()))
        except ConnectionLostError as error:
            self._open.pop(number, None)
            self._tell(Ended(number, error.message))


def _thread(work: Callable[..., None], *arguments: object) -> None:
    threading.Thread(target=work, args=arguments, daemon=True).start()


def _read(source: BinaryIO, take: Callable[[object], None]) -> None:
    try:
        while (frame := read_frame(source)) is not None:
            take(frame)
    except ProtocolError as error:
        sys.stderr.write(f"{error}\n")
    # At once: engines may be in the middle of long work that nobody waits for.
    os._exit(0)


def _write(drain: BinaryIO, outgoing: queue.SimpleQueue[bytes]) -> None:
    with suppress(OSError):
        while True:
            rest = memoryview(outgoing.get())
            while rest:
                rest = rest[drain.write(rest) :]


def _watch(parent: int) -> None:
    """End when the parent is gone.

    A fork of the parent may hold the pipe open, so that its end is never read. Where
    a process keeps its parent's number for ever, as on Windows, nothing is forked.
    """
    while os.getppid() == parent:
        time.sleep(_ORPHAN_CHECK_S)
    os._exit(0)
