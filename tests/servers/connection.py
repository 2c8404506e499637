"""One client's socket: reads events, carries out what follows, writes the log."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket as sockets
import struct
import time
from typing import TYPE_CHECKING

from websockets.exceptions import ConnectionClosed

from rt_widget.backends.local.requests.decoding import parse
from rt_widget.backends.local.requests.values import RequestError
from tests.servers import faults
from tests.servers.handlers import handle
from tests.servers.journal import Journal, Notes
from tests.servers.running import ResponseRun
from tests.servers.scenarios import DEFAULT_PACE, SCENARIOS
from tests.servers.state import Effect, Send, SendLater, Session, Start, Stop
from tests.servers.steps import Close, Cut
from tests.servers.wire import error_event, new_id

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from websockets.asyncio.server import ServerConnection

    from tests.servers.wire import JsonObject

DEFAULT_PACE_FACTOR = 2.0
_GARBAGE = b"\xf1\x01x"  # a text frame whose reserved bits are set


class Connection:
    """Serves one session.

    Args:
        socket: The accepted WebSocket.
        number: Counts the server's connections from 1.
        session: Its state.
        journal: Where everything is noted.
        strikes: Tells whether a fault shall strike (again).
    """

    def __init__(
        self,
        socket: ServerConnection,
        number: int,
        session: Session,
        journal: Journal,
        *,
        strikes: bool,
    ) -> None:
        self._socket = socket
        self._session = session
        self._notes = Notes(journal, number)
        self._strikes = strikes
        self._runs: dict[str, tuple[ResponseRun, asyncio.Task[None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._later: list[JsonObject] = []

    async def serve(self, expires_in: float) -> None:
        """Greet, then answer until the socket is closed; then nothing is left over."""
        try:
            self._spawn(self._expire(expires_in))
            await self.greet()
            async for message in self._socket:
                await self._receive(message)
        except ConnectionClosed:
            pass
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def greet(self) -> None:
        """Send the first event (in the beta dialect, the first two)."""
        config = self._session.rules.config
        await self.post({"type": "session.created", "session": config})
        if "temperature" in config:
            conversation_id = self._session.conversation.id
            conversation = {"id": conversation_id, "object": "realtime.conversation"}
            await self.post(
                {"type": "conversation.created", "conversation": conversation}
            )

    async def refuse(self, message: str, code: str, close_code: int) -> None:
        """Send an `error` event and close."""
        await self.post(error_event(message, code=code))
        await self._socket.close(close_code, f"invalid_request_error.{code}")

    async def post(self, message: JsonObject | str | bytes) -> None:
        """Send an event in the session's dialect, or a raw message as it is."""
        if isinstance(message, dict):
            translated = self._session.dialect.outgoing(message)
            if translated is None:
                return
            event: JsonObject = {"event_id": new_id("event"), **translated}
            text: str | bytes = json.dumps(event)
            self._notes.sent(event, len(text))
        else:
            text = message
            self._notes.sent({"type": None}, len(text))
        await self._socket.send(text)

    async def end(self, how: Close | Cut) -> None:
        """End the connection with a close frame, or without one."""
        match how:
            case Close(code, reason):
                await self._socket.close(code, reason)
            case Cut("reset"):
                linger = struct.pack("ii", 1, 0)
                raw = self._socket.transport.get_extra_info("socket")
                raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, linger)
                self._socket.transport.abort()
            case Cut("fin"):
                self._socket.transport.write_eof()
            case Cut():
                self._socket.transport.write(_GARBAGE)

    def audio_was_sent(self) -> None:
        """Lock the voice."""
        self._session.rules.voice_locked = True

    def response_ends(self, response_id: str) -> None:
        """Let the next response begin; transcripts that waited follow."""
        self._session.running.pop(response_id, None)
        self._session.stopping.discard(response_id)
        later, self._later = self._later, []
        if later:
            self._spawn(self._post_all(later))

    async def _receive(self, message: str | bytes) -> None:
        arrived = time.time()
        event_id = None
        try:
            event = parse(message)
            self._notes.received(event, message, arrived)
            given = event.get("event_id")
            event_id = given if isinstance(given, str) else None
            for effect in handle(self._session, event):
                await self._execute(effect)
        except RequestError as error:
            if error.code in ("invalid_json", "invalid_event"):
                self._notes.received(None, message, arrived)
            await self.post(error.event(event_id))

    async def _execute(self, effect: Effect) -> None:
        match effect:
            case Send(event):
                await self.post(event)
            case SendLater(events):
                self._later.extend(events)
            case Start():
                await self._start(effect)
            case Stop(response_id, reason):
                self._runs[response_id][0].stop(reason)

    async def _start(self, effect: Start) -> None:
        builder, plan = effect.builder, self._session.plan
        active = self._session.active
        if builder.in_band and active is not None:
            await asyncio.wait({self._runs[active.id][1]})
        self._session.running[builder.id] = builder
        pace = plan.options.get("pace", DEFAULT_PACE.get(plan.name))
        scenario = SCENARIOS.get(plan.name, faults.fault)
        if plan.name == "fault" and not self._strikes:
            scenario = faults.after_fault
        run = ResponseRun(
            builder,
            scenario(effect.question),
            self,
            DEFAULT_PACE_FACTOR if pace is None else float(pace),
        )
        self._runs[builder.id] = (run, self._spawn(run.run()))

    async def _post_all(self, events: list[JsonObject]) -> None:
        for event in events:
            await self.post(event)

    async def _expire(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self.post(error_event(faults.EXPIRED, code="session_expired"))
        await self._socket.close(1001, faults.EXPIRED)

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        async def guarded() -> None:
            with contextlib.suppress(ConnectionClosed):
                await work

        task = asyncio.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
