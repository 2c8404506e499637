"""One client: its socket on one side, its session on the other."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from websockets.exceptions import ConnectionClosed

from rt_widget.backends.local.protocol.told import on_socket
from rt_widget.backends.local.requests import RequestError, read
from rt_widget.backends.local.serving.inbox import Inbox
from rt_widget.backends.local.serving.outbox import Outbox
from rt_widget.errors import ConnectionLostError

if TYPE_CHECKING:
    from collections.abc import Callable

    from websockets.asyncio.server import ServerConnection

    from rt_widget.backends.local.requests import Wire
    from rt_widget.backends.local.serving.bounds import Bounds
    from rt_widget.backends.local.session import LocalSession

_LOG = logging.getLogger(__name__)

_MEGABYTE = 1_000_000
_REASON_BYTES = 123
"""That many a close frame can carry."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a conversation ends.

    Args:
        code: Of the close frame.
        reason: A sentence for a person.
        error: What is said before, as an `error` event.
        drop: Whether what still waits to be sent is dropped.
    """

    code: int
    reason: str
    error: RequestError | None = None
    drop: bool = False


GONE = Ending(1000, "")
STOPPED = Ending(1001, "The server was stopped.")

_BETA_IS_GONE = "The Realtime Beta API is no longer supported. Use the GA API."
BETA = Ending(
    4000,
    "invalid_request_error.beta_api_shape_disabled",
    RequestError(_BETA_IS_GONE, code="beta_api_shape_disabled"),
)


class Client:
    """Carries events between a socket and a session until one of them ends.

    Args:
        socket: The accepted WebSocket.
        bounds: What it may take.
    """

    def __init__(self, socket: ServerConnection, bounds: Bounds) -> None:
        self._socket = socket
        self._bounds = bounds
        self._outbox = Outbox(bounds.outbox_bytes)
        self._told: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()

    def end(self, ending: Ending) -> None:
        """Have it end; the first ending counts."""
        if not self._told.done():
            self._told.set_result(ending)

    async def serve(self, open_session: Callable[[], LocalSession]) -> Ending:
        """Serve to the end; then both socket and session are closed."""
        try:
            session = open_session()
        except Exception as error:  # noqa: BLE001 - it is told, and the server goes on
            ending = _broken(error)
            await self.refuse(ending)
            return ending
        writing = asyncio.create_task(self._write())
        reading = asyncio.create_task(self._read(session))
        work = [writing, reading, asyncio.create_task(self._collect(session))]
        try:
            ending = await self._until_end(work)
            session.close()
            reading.cancel()
            await self._hang_up(ending, writing)
        finally:
            session.close()
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
        return ending

    async def refuse(self, ending: Ending) -> None:
        """Say why there is no session, and close."""
        writing = asyncio.create_task(self._write())
        await self._hang_up(ending, writing)
        await writing

    async def _until_end(self, work: list[asyncio.Task[Ending]]) -> Ending:
        done, _ = await asyncio.wait(
            {*work, self._told},
            timeout=self._bounds.session_s,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if self._told.done():
            return self._told.result()
        if not done:
            return _expired(self._bounds.session_s)
        first = done.pop()
        error = first.exception()
        if error is None:
            return first.result()
        return _broken(error)

    async def _read(self, session: LocalSession) -> Ending:
        """From the socket into the session; an event that is wrong is answered."""
        inbox = Inbox(session, self._bounds)
        while True:
            try:
                message = await self._socket.recv()
            except ConnectionClosed:
                return GONE
            except UnicodeDecodeError:  # websockets before 14 leave it to the caller
                return Ending(1007, "A text message is not UTF-8.")
            try:
                await inbox.put(read(message), len(message))
            except RequestError as error:
                self._put(error.event())
            except ConnectionLostError as error:
                return _failed(str(error))

    async def _collect(self, session: LocalSession) -> Ending:
        """From the session into the outbox."""
        while not self._told.done():
            try:
                event = await session.next()
            except ConnectionLostError as error:
                return _failed(str(error))
            self._put(event)
        return self._told.result()

    async def _write(self) -> Ending:
        try:
            while (text := await self._outbox.get()) is not None:
                await self._socket.send(text)
        except ConnectionClosed:
            pass
        return GONE

    def _put(self, event: Wire) -> None:
        text = json.dumps(on_socket(event), separators=(",", ":"))
        if not self._outbox.put(text):
            most = self._bounds.outbox_bytes / _MEGABYTE
            reason = f"Events were not read: more than {most:.3g} MB of them waited."
            self.end(Ending(1008, reason, drop=True))

    async def _hang_up(self, ending: Ending, writing: asyncio.Task[Ending]) -> None:
        """Send what waits, then close; a client that does not read is left."""
        if ending.error is not None:
            self._put(ending.error.event(None))
        self._outbox.close(drop=ending.drop)
        try:
            async with asyncio.timeout(self._bounds.closing_s):
                if not ending.drop:
                    await asyncio.shield(writing)
                reason = ending.reason.encode()[:_REASON_BYTES].decode(errors="ignore")
                await self._socket.close(ending.code, reason)
        except TimeoutError:
            self._socket.transport.abort()


def _expired(seconds: float) -> Ending:
    minutes = f"{seconds / 60:g}"
    reason = f"Your session hit the maximum duration of {minutes} minutes."
    return Ending(1001, reason, RequestError(reason, code="session_expired"))


def _broken(error: BaseException) -> Ending:
    _LOG.error("A session failed.", exc_info=error)
    return _failed(f"The server failed: {type(error).__name__}.")


def _failed(message: str) -> Ending:
    error = RequestError(message, code="server_error", kind="server_error")
    return Ending(1011, message, error)
