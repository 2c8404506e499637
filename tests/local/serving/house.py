"""Servers of scripted engines in this process, and clients that know no manners."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from rt_widget.backends.local.engines.base import Engines
from rt_widget.backends.local.serving import Bounds, Entrance, Serving, serve
from rt_widget.backends.local.workers import Workers
from tests.local.scripted import LoudnessVad, ScriptedAsr, ScriptedLlm, ToneTts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from websockets.asyncio.client import ClientConnection
    from websockets.frames import Close
    from websockets.typing import Subprotocol

    from rt_widget.backends.local.requests import Wire

TOKEN = "the-token-of-the-tests"  # noqa: S105 - it opens servers of these tests only
KEY = f"Authorization: Bearer {TOKEN}"
PATIENCE_S = 20.0

LONG = {
    "id": "long",
    "type": "message",
    "role": "user",
    "content": [{"type": "input_text", "text": "x" * 100_000}],
}
RETRIEVE = {"type": "conversation.item.retrieve", "item_id": "long"}


@asynccontextmanager
async def serving(
    bounds: Bounds | None = None,
    *,
    host: str = "127.0.0.1",
    origins: tuple[str, ...] = (),
    vad: LoudnessVad | None = None,
) -> AsyncIterator[Serving]:
    """A server at a free port."""
    engines = Engines(
        lambda: vad or LoudnessVad(),
        ScriptedAsr(),
        ScriptedLlm(),
        ToneTts(),
        "scripted engines",
    )

    async def load() -> Workers:
        return Workers(engines)

    entrance = Entrance(host=host, port=0, token=TOKEN, origins=origins)
    async with asyncio.timeout(PATIENCE_S):
        async with serve(load, entrance, bounds or Bounds()) as server:
            yield server


def client(
    server: Serving,
    headers: Mapping[str, str] | None = None,
    subprotocols: Sequence[Subprotocol] | None = None,
) -> connect:
    """A connection with the token, where `headers` do not say otherwise."""
    given = {"Authorization": f"Bearer {TOKEN}", **(headers or {})}
    address = f"{server.url}/realtime?model=local"
    return connect(address, additional_headers=given, subprotocols=subprotocols)


async def ask(socket: ClientConnection, **event: object) -> Wire:
    """Send an event and give the next one of the server."""
    await socket.send(json.dumps(event))
    return await hear(socket)


async def hear(socket: ClientConnection) -> Wire:
    """The next event of the server."""
    event: Wire = json.loads(await socket.recv())
    return event


async def answers(socket: ClientConnection) -> bool:
    """Whether a session is alive: it has an answer to what it cannot do."""
    event = await ask(socket, type="nothing", event_id="still there?")
    return error_of(event)["event_id"] == "still there?"


def error_of(event: Wire) -> Wire:
    """What an event, or the body of an HTTP answer, complains of."""
    error = event["error"]
    assert isinstance(error, dict)
    return error


async def let_in(server: Serving) -> ClientConnection | None:
    """A session, if there is one left."""
    try:
        return await client(server)
    except InvalidStatus:
        return None


async def end_of(socket: ClientConnection) -> Close:
    """The close frame that the server sends, after whatever comes before."""
    with pytest.raises(ConnectionClosed) as end:  # noqa: PT012 - one of many may raise
        while True:
            await socket.recv()
    assert end.value.rcvd is not None
    return end.value.rcvd


def port_of(server: Serving) -> int:
    """The port that it listens at."""
    return int(server.url.rpartition(":")[2].partition("/")[0])


async def exchange(port: int, *lines: str) -> tuple[int, Wire]:
    """Send lines of HTTP; the answer's status and JSON body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write("\r\n".join((*lines, "", "")).encode())
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)
