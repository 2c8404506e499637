"""The plan over `openai`: python -m tests.strangers.openai_client PLAN."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openai import AsyncOpenAI

from tests.strangers.talking import (
    BYTES_PER_MS,
    INSTRUCTIONS,
    TEMPERATURE,
    Answers,
    Microphone,
    Plan,
    perform,
    report,
    report_history,
)

if TYPE_CHECKING:
    from openai.resources.realtime.realtime import AsyncRealtimeConnection
    from openai.types.realtime import (
        RealtimeResponse,
        RealtimeServerEvent,
        RealtimeSessionCreateRequestParam,
    )

    from tests.servers.wire import JsonObject

SESSION: RealtimeSessionCreateRequestParam = {
    "type": "realtime",
    "instructions": INSTRUCTIONS,
    "audio": {
        "input": {
            "transcription": {"model": "gpt-transcribe", "language": "en"},
            "turn_detection": {
                "type": "server_vad",
                "silence_duration_ms": 500,
                "interrupt_response": True,
            },
        },
        "output": {"voice": "marin"},
    },
    "tools": [
        {
            "type": "function",
            "name": "get_temperature",
            "description": "The temperature in a city now, in degrees Celsius.",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
            },
        }
    ],
}


@dataclass
class Playing:
    """The answer that a loudspeaker plays, by the clock."""

    item_id: str = ""
    since: float = 0.0
    received_ms: int = 0

    def take(self, item_id: str, pcm: bytes) -> None:
        """Play what has come."""
        if item_id != self.item_id:
            self.item_id, self.since, self.received_ms = item_id, time.monotonic(), 0
        self.received_ms += len(pcm) // BYTES_PER_MS

    def stop(self) -> int | None:
        """Fall silent; gives the milliseconds that were played, if some were not."""
        played_ms = round((time.monotonic() - self.since) * 1000)
        return played_ms if played_ms < self.received_ms else None


@dataclass
class Client:
    """What an application on the `openai` client does with its events."""

    line: AsyncRealtimeConnection
    answers: Answers = field(default_factory=Answers)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    playing: Playing = field(default_factory=Playing)
    items: list[str] = field(default_factory=list)
    retrieved: asyncio.Queue[JsonObject] = field(default_factory=asyncio.Queue)

    async def listen(self) -> None:
        """Take events until cancelled."""
        while True:
            raw = await self.line.recv_bytes()
            told = json.loads(raw)
            report("server", event=told)
            await self.take(self.line.parse_event(raw))
            self.follow(told)

    def follow(self, told: JsonObject) -> None:
        """Keep what is needed besides."""
        self.answers.take(told)
        if told["type"] == "conversation.item.added":
            self.items.append(told["item"]["id"])
        elif told["type"] == "conversation.item.retrieved":
            self.retrieved.put_nowait(told["item"])

    async def take(self, event: RealtimeServerEvent) -> None:
        """React, as the guide for the client tells."""
        if event.type == "session.updated":
            self.ready.set()
        elif event.type == "response.output_audio.delta":
            pcm = base64.b64decode(event.delta)
            report("audio", bytes=len(pcm))
            self.playing.take(event.item_id, pcm)
        elif event.type == "input_audio_buffer.speech_started":
            await self.interrupt()
        elif event.type == "response.done":
            await self.call(event.response)

    async def interrupt(self) -> None:
        """Stop playing, and say how much was heard."""
        played_ms = self.playing.stop()
        if played_ms is not None:
            report("interrupted", item_id=self.playing.item_id, played_ms=played_ms)
            await self.line.conversation.item.truncate(
                item_id=self.playing.item_id, content_index=0, audio_end_ms=played_ms
            )

    async def call(self, response: RealtimeResponse) -> None:
        """Run the calls of an answer, and ask for the one that tells of them."""
        calls = [i for i in response.output or () if i.type == "function_call"]
        if not calls or response.status != "completed":
            return
        for call in calls:
            arguments = json.loads(call.arguments)
            report("tool", name=call.name, arguments=arguments)
            await self.line.conversation.item.create(
                item={
                    "type": "function_call_output",
                    "call_id": call.call_id or "",
                    "output": TEMPERATURE,
                }
            )
        await self.line.response.create()

    async def history(self) -> list[JsonObject]:
        """The conversation's items, as the server has them."""
        for item_id in self.items:
            await self.line.conversation.item.retrieve(item_id=item_id)
        return [await self.retrieved.get() for _ in self.items]

    async def send(self, pcm: bytes) -> None:
        """A piece of the microphone's sound."""
        audio = base64.b64encode(pcm).decode()
        await self.line.input_audio_buffer.append(audio=audio)


async def main(plan: Plan) -> None:
    """Perform it."""
    stock = AsyncOpenAI(api_key=plan.key, websocket_base_url=plan.url)
    async with stock.realtime.connect(model=plan.model) as line:
        client = Client(line)
        listening = asyncio.create_task(client.listen())
        await line.session.update(session=SESSION)
        await client.ready.wait()
        await perform(plan, Microphone(client.send), client.answers)
        report_history(await client.history())
        listening.cancel()


if __name__ == "__main__":
    asyncio.run(main(Plan.read(sys.argv[1])))
