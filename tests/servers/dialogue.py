"""A plain WebSocket client for tests: sends events, collects answers, judges them."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from websockets.asyncio.client import connect

from tests.servers.judge import judge
from tests.servers.wire import BYTES_PER_MS, JsonObject, encode_audio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from websockets.asyncio.client import ClientConnection

ANSWER_SECONDS = 10.0
KEY = "sk-the-right-key"


class Dialogue:
    """One open session.

    Args:
        socket: The connected WebSocket.
        judged: Whether every event must be a GA event.
    """

    def __init__(self, socket: ClientConnection, *, judged: bool) -> None:
        self.socket = socket
        self.events: list[JsonObject] = []
        """Everything received, in order."""
        self._judged = judged
        self._count = 0

    async def send(self, kind: str, **fields: object) -> str:
        """Send an event; gives its event_id."""
        self._count += 1
        event_id = f"client_{self._count}"
        event = {"type": kind, "event_id": event_id, **fields}
        await self.socket.send(json.dumps(event))
        return event_id

    async def next(self) -> JsonObject:
        """Give the next event."""
        message = await asyncio.wait_for(self.socket.recv(), ANSWER_SECONDS)
        event: JsonObject = json.loads(message)
        self.events.append(event)
        if self._judged:
            judge(event)
        return event

    async def expect(self, kind: str) -> JsonObject:
        """Give the next event, which must be of this type."""
        event = await self.next()
        assert event["type"] == kind, event
        return event

    async def until(self, kind: str) -> list[JsonObject]:
        """Give all events up to one of this type, which is the last."""
        found = [await self.next()]
        while found[-1]["type"] != kind:
            found.append(await self.next())
        return found

    async def refused(self, kind: str, **fields: object) -> JsonObject:
        """Send an event and give the error that must answer it."""
        event_id = await self.send(kind, **fields)
        answer = await self.expect("error")
        error: JsonObject = answer["error"]
        assert error["event_id"] == event_id
        return error

    async def update(self, **session: object) -> JsonObject:
        """Update the session; gives its effective configuration."""
        await self.send("session.update", session={"type": "realtime", **session})
        config: JsonObject = (await self.expect("session.updated"))["session"]
        return config

    async def ask(self, text: str, **params: object) -> list[JsonObject]:
        """Say something and give the events of the whole answer."""
        await self.send("conversation.item.create", item=user(text))
        await self.expect("conversation.item.added")
        await self.expect("conversation.item.done")
        await self.send("response.create", response=params)
        return await self.until("response.done")

    async def append(self, pcm: bytes, chunk_ms: int = 100) -> None:
        """Append PCM16 in chunks."""
        size = chunk_ms * BYTES_PER_MS
        for at in range(0, len(pcm), size):
            audio = encode_audio(pcm[at : at + size])
            await self.send("input_audio_buffer.append", audio=audio)


@asynccontextmanager
async def talk(
    url: str,
    model: str = "echo",
    *,
    key: str = KEY,
    headers: Mapping[str, str] | None = None,
    judged: bool = True,
) -> AsyncIterator[Dialogue]:
    """Open a session; nothing has been received yet."""
    async with connect(
        f"{url}/realtime?model={quote(model)}",
        additional_headers={"Authorization": f"Bearer {key}", **(headers or {})},
        max_size=None,
    ) as socket:
        yield Dialogue(socket, judged=judged)


@asynccontextmanager
async def session(
    url: str, model: str = "echo", *, judged: bool = True
) -> AsyncIterator[Dialogue]:
    """Open a session; its `session.created` has been received."""
    async with talk(url, model, judged=judged) as dialogue:
        await dialogue.expect("session.created")
        yield dialogue


def user(text: str, **fields: object) -> JsonObject:
    """Make a user's text message."""
    content = [{"type": "input_text", "text": text}]
    return {"type": "message", "role": "user", "content": content, **fields}


def kinds(events: list[JsonObject]) -> list[str]:
    """Give the types of events, neighbours of one type once."""
    found = [event["type"] for event in events]
    return [kind for n, kind in enumerate(found) if n == 0 or kind != found[n - 1]]
