"""The server: takes clients in, and gives each its session."""

from __future__ import annotations

import logging
from functools import partial
from http import HTTPStatus
from time import time
from typing import TYPE_CHECKING

from websockets.asyncio.server import serve
from websockets.protocol import State

from rt_widget.backends.local.serving.client import BETA, STOPPED, Client
from rt_widget.backends.local.serving.door import (
    SUBPROTOCOL,
    Door,
    asked_model,
    is_beta,
)
from rt_widget.backends.local.serving.replies import (
    no_connection_left,
    no_session_left,
)
from rt_widget.backends.local.serving.sockets import guarded

if TYPE_CHECKING:
    import socket as sockets
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from websockets.asyncio.server import Server, ServerConnection
    from websockets.http11 import Request, Response
    from websockets.typing import Subprotocol

    from rt_widget.backends.local.serving.bounds import Bounds
    from rt_widget.backends.local.session import LocalSession

    OpenSession: TypeAlias = Callable[[str, int], LocalSession]

_LOG = logging.getLogger(__name__)

# The socket library writes the Authorization header and all text into its debug log.
_silent = logging.Logger("rt_widget.serving.socket", logging.CRITICAL)  # noqa: LOG001 - in no hierarchy, so that nobody raises its level by name
_silent.addHandler(logging.NullHandler())


class RealtimeServer:
    """Holds the conversations of strangers' clients.

    Args:
        door: Who may come in.
        bounds: How much they may take.
        open_session: Makes a session of a model's name, and of the time at which it
            ends, in seconds since 1970.
    """

    def __init__(self, door: Door, bounds: Bounds, open_session: OpenSession) -> None:
        self._door = door
        self._bounds = bounds
        self._open_session = open_session
        self._clients: set[Client] = set()
        self._is_stopping = False
        self._count = 0

    async def listen(self, listener: sockets.socket) -> Server:
        """Take clients in at a socket that is bound."""
        bounds = self._bounds
        return await serve(
            self._handle,
            sock=listener,
            process_request=self._process,
            select_subprotocol=_choose,
            # A small message could become a very large one.
            compression=None,
            max_size=bounds.message_bytes,
            # Messages read ahead; each may be of the longest.
            max_queue=1,
            open_timeout=bounds.handshake_s,
            close_timeout=bounds.closing_s,
            ping_interval=bounds.ping_s,
            ping_timeout=bounds.silence_s,
            server_header=None,
            create_connection=guarded(bounds.connections),
            logger=_silent,
        )

    async def stop(self, listening: Server) -> None:
        """Take nobody in any more, and end all conversations."""
        listening.close(close_connections=False)
        for socket in listening.handlers:
            if socket.protocol.state is State.CONNECTING:
                socket.transport.abort()
        self._is_stopping = True
        for client in self._clients:
            client.end(STOPPED)
        await listening.wait_closed()

    def _process(self, socket: ServerConnection, request: Request) -> Response | None:
        answer = self._door.judge(request) or self._no_room(socket)
        if answer is not None and answer.status_code != HTTPStatus.OK:
            where = request.path.partition("?")[0]
            _LOG.info("Refused with %d: %.80r.", answer.status_code, where)
        return answer

    async def _handle(self, socket: ServerConnection) -> None:
        client = Client(socket, self._bounds)
        request = socket.request
        if self._is_stopping or request is None:
            await client.refuse(STOPPED)
        elif is_beta(request.headers):
            await client.refuse(BETA)
        else:
            await self._hold(client, socket, request)

    async def _hold(
        self, client: Client, socket: ServerConnection, request: Request
    ) -> None:
        """Hold a conversation to its end."""
        self._count += 1
        number = self._count
        who = "".join(request.headers.get_all("User-Agent")[:1])
        _LOG.info("Session %d begins: %.80r.", number, who)
        model, ends_at = asked_model(request), int(time() + self._bounds.session_s)
        self._clients.add(client)
        try:
            ending = await client.serve(partial(self._open_session, model, ends_at))
        finally:
            self._clients.discard(client)
        why = ending.reason or socket.close_reason or "The client left."
        _LOG.info("Session %d is over: %s", number, why)

    def _no_room(self, socket: ServerConnection) -> Response | None:
        bounds = self._bounds
        states = [one.protocol.state for one in socket.server.handlers]
        taken = states.count(State.OPEN)
        if taken + states.count(State.CLOSING) >= bounds.connections:
            return no_connection_left(bounds.connections)
        if taken >= bounds.sessions:
            return no_session_left(bounds.sessions)
        return None


def _choose(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """The one name that is no secret, where a client offers it."""
    return next((name for name in offered if name == SUBPROTOCOL), None)
