"""One proxied TCP connection: two pumps that do to the bytes what the line says."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

READ_BYTES = 16 * 1024
PACKET_BYTES = 1460
HELD_PIECES = 256
"""Pieces under way in one direction; then the sender is held back, as by TCP."""


@dataclass(frozen=True, slots=True)
class Line:
    """How a line is; each field but the last three holds for both directions."""

    latency: float = 0.0
    """Seconds that each piece waits."""
    jitter: float = 0.0
    """Up to so many seconds more, drawn anew for each piece; the order is kept."""
    loss: float = 0.0
    """Fraction of packets that are lost once; what follows waits for them."""
    resend_after: float = 0.25
    """Seconds until a lost packet comes again, and with it its piece."""
    slice_bytes: int = 0
    """Largest piece; 0 leaves pieces as they are."""
    bandwidth: float = 0.0
    """Bytes per second; 0 is unlimited."""
    reset_after: int = 0
    """TCP reset once so many bytes came down from the server; 0 is never."""
    cut_after: int = 0
    """FIN to both ends at that point; 0 is never."""
    seed: int = 0
    """Makes the jitter repeatable."""


@dataclass(slots=True)
class Conditions:
    """What all connections of a proxy share; changes take effect at once."""

    line: Line
    flowing: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared: everything is held back."""
    deaf: bool = False
    """True: bytes and ends of connections vanish."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of a proxied connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Flow:
    """Forwards between a client and the server until one of them ends.

    Args:
        client: The accepted connection.
        server: The one that was made for it.
        conditions: How the line is.
    """

    def __init__(self, client: End, server: End, conditions: Conditions) -> None:
        self._client = client
        self._server = server
        self._conditions = conditions
        self._random = random.Random(conditions.line.seed)  # noqa: S311 - jitter only
        self._over = asyncio.Event()
        self._down_bytes = 0

    async def run(self) -> None:
        """Forward; returns when both ends are closed."""
        tasks = [
            asyncio.create_task(work)
            for source, sink in (
                (self._client, self._server),
                (self._server, self._client),
            )
            for work in self._pumps(source, sink)
        ]
        try:
            await self._over.wait()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for end in (self._client, self._server):
                end.writer.close()
                with contextlib.suppress(OSError):
                    await end.writer.wait_closed()

    def reset(self) -> None:
        """End it with RST to both ends."""
        for end in (self._client, self._server):
            raw = end.writer.get_extra_info("socket")
            linger = struct.pack("ii", 1, 0)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            end.writer.transport.abort()
        self._over.set()

    def cut(self) -> None:
        """End it with FIN to both ends; what was under way is lost."""
        self._over.set()

    def _pumps(self, source: End, sink: End) -> Iterator[Coroutine[None, None, None]]:
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(HELD_PIECES)
        yield self._read(source, queue)
        yield self._write(sink, queue)

    async def _read(
        self, source: End, queue: asyncio.Queue[tuple[float, bytes]]
    ) -> None:
        loop = asyncio.get_running_loop()
        data = b"?"
        while data:
            try:
                data = await source.reader.read(READ_BYTES)
            except OSError:
                data = b""
            delay = self._delay(self._conditions.line, len(data))
            if not self._conditions.deaf:
                await queue.put((loop.time() + delay, data))

    def _delay(self, line: Line, size: int) -> float:
        delay = line.latency + line.jitter * self._random.random()
        if line.loss:
            arrives: float = (1 - line.loss) ** -(-size // PACKET_BYTES)
            delay += line.resend_after * (self._random.random() > arrives)
        return delay

    async def _write(
        self, sink: End, queue: asyncio.Queue[tuple[float, bytes]]
    ) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due, data = await queue.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            await self._conditions.flowing.wait()
            if self._conditions.deaf:
                continue
            if not data:
                self._over.set()
                return
            for piece in self._sliced(data):
                await self._deliver(sink, piece)

    def _sliced(self, data: bytes) -> Iterator[bytes]:
        size = self._conditions.line.slice_bytes or len(data)
        return (data[at : at + size] for at in range(0, len(data), size))

    async def _deliver(self, sink: End, piece: bytes) -> None:
        line = self._conditions.line
        limit = line.reset_after or line.cut_after
        if limit and sink is self._client:
            piece = piece[: max(0, limit - self._down_bytes)]
        if line.bandwidth:
            await asyncio.sleep(len(piece) / line.bandwidth)
        try:
            sink.writer.write(piece)
            await sink.writer.drain()
        except OSError:
            self._over.set()
            return
        if sink is self._client:
            self._down_bytes += len(piece)
            if limit and self._down_bytes >= limit:
                (self.reset if line.reset_after else self.cut)()
