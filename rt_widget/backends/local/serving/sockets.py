"""Sockets as they come in, before anybody has said who is there."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from websockets.asyncio.server import ServerConnection
from websockets.protocol import State

from rt_widget.backends.local.serving.replies import no_connection_left, refusal

if TYPE_CHECKING:
    import asyncio

_GET = b"GET "

_NOT_GET = refusal(
    HTTPStatus.METHOD_NOT_ALLOWED,
    "This server takes GET only: a WebSocket at /v1/realtime, and /v1/models.",
    code="method_not_allowed",
    headers={"Allow": "GET"},
).serialize()


def guarded(most: int) -> type[ServerConnection]:
    """The class of a server's connections, of which there are `most` at once.

    With one more, the one that has asked for nothing the longest is told to come
    back: those that only take up room never hold up one that means to talk.
    """
    full = no_connection_left(most).serialize()

    class Guarded(ServerConnection):
        """A socket; GET is all that it understands."""

        _has_begun = False
        _is_deaf = False

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            """Register it, and make room."""
            super().connection_made(transport)
            others = [
                one
                for one in self.server.handlers
                if one is not self and not one.transport.is_closing()
            ]
            silent = [one for one in others if one.protocol.state is State.CONNECTING]
            if len(others) >= most and silent:
                silent[0].transport.write(full)
                silent[0].transport.close()

        def data_received(self, data: bytes) -> None:
            """Take bytes in; another method than GET is answered here.

            The library would hang up without a word.
            """
            if not self._has_begun:
                self._has_begun = True
                self._is_deaf = data[: len(_GET)] != _GET[: len(data)]
                if self._is_deaf:
                    self.transport.write(_NOT_GET)
                    self.transport.write_eof()
            if not self._is_deaf:
                super().data_received(data)

    return Guarded
