"""The plan over `openai-agents`: python -m tests.strangers.agents_client PLAN."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agents import function_tool
from agents.realtime import RealtimeAgent, RealtimeRunner

from tests.strangers.talking import (
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
    from agents.realtime import RealtimeSession, RealtimeSessionEvent
    from agents.realtime.items import RealtimeItem


@function_tool
def get_temperature(city: str) -> str:
    """The temperature in a city now, in degrees Celsius.

    Args:
        city: Its name.
    """
    report("tool", name="get_temperature", arguments={"city": city})
    return TEMPERATURE


@dataclass
class Client:
    """What an application on `openai-agents` does with its events."""

    session: RealtimeSession
    answers: Answers = field(default_factory=Answers)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    history: list[RealtimeItem] = field(default_factory=list)

    async def listen(self) -> None:
        """Take events until the session ends."""
        async for event in self.session:
            self.take(event)

    def take(self, event: RealtimeSessionEvent) -> None:
        """Report it."""
        if event.type == "raw_model_event":
            if event.data.type == "raw_server_event":
                told = event.data.data
                report("server", event=told)
                self.answers.take(told)
                if told["type"] == "session.updated" and told["session"]["tools"]:
                    self.ready.set()
            elif event.data.type == "exception":
                report("complaint", text=repr(event.data))
        elif event.type == "history_updated":
            self.history = list(event.history)
        elif event.type == "history_added":
            self.history.append(event.item)
        elif event.type == "audio":
            report("audio", bytes=len(event.audio.data))
        elif event.type == "audio_interrupted":
            report("interrupted", item_id=event.item_id)
        elif event.type == "error":
            report("complaint", text=repr(event.error))


async def main(plan: Plan) -> None:
    """Perform it."""
    host = RealtimeAgent(
        name="Host", instructions=INSTRUCTIONS, tools=[get_temperature]
    )
    session = await RealtimeRunner(host).run(
        model_config={
            "url": f"{plan.url}/realtime?model={plan.model}",
            "api_key": plan.key,
            "initial_model_settings": {"model_name": plan.model},
        }
    )
    async with session:
        client = Client(session)
        listening = asyncio.create_task(client.listen())
        await client.ready.wait()
        await perform(plan, Microphone(session.send_audio), client.answers)
        report_history([item.model_dump() for item in client.history])
    await listening


if __name__ == "__main__":
    asyncio.run(main(Plan.read(sys.argv[1])))
