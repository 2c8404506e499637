"""Accepts TCP connections and forwards each to a port of 127.0.0.1."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from tests.servers.flow import Conditions, End, Flow

if TYPE_CHECKING:
    from collections.abc import Callable


class Relay:
    """All connections of one proxy.

    Args:
        target_port: Where the server listens.
        conditions: How the line is.
    """

    def __init__(self, target_port: int, conditions: Conditions) -> None:
        self.port = 0
        """Where it listens, once it does."""
        self.connections = 0
        """How many were accepted so far."""
        self.stopped = asyncio.Event()
        """Set it to end `serve`."""
        self._target_port = target_port
        self._conditions = conditions
        self._flows: set[Flow] = set()

    def reset(self) -> None:
        """Reset all open connections."""
        for flow in self._flows:
            flow.reset()

    def cut(self) -> None:
        """Close all open connections."""
        for flow in self._flows:
            flow.cut()

    async def serve(self, ready: Callable[[], None]) -> None:
        """Listen until stopped; calls `ready` once it does."""
        loop = asyncio.get_running_loop()
        accepted: set[asyncio.Task[None]] = set()

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = loop.create_task(self._forward(End(reader, writer)))
            accepted.add(task)
            task.add_done_callback(accepted.discard)

        listener = await asyncio.start_server(accept, "127.0.0.1", 0)
        self.port = listener.sockets[0].getsockname()[1]
        ready()
        await self.stopped.wait()
        listener.close()
        for task in accepted:
            task.cancel()
        await asyncio.gather(*accepted, return_exceptions=True)

    async def _forward(self, client: End) -> None:
        self.connections += 1
        try:
            server = End(*await asyncio.open_connection("127.0.0.1", self._target_port))
        except OSError:
            client.writer.close()
            return
        for end in (client, server):
            raw = end.writer.get_extra_info("socket")
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        flow = Flow(client, server, self._conditions)
        self._flows.add(flow)
        try:
            await flow.run()
        finally:
            self._flows.discard(flow)
