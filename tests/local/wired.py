"""What a stranger's client sends, and what it waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rt_widget.backends.local.requests.values import Wire
    from tests.local.scripted import ScriptedTalk

DONE = "response.done"
CITY = {"type": "object", "properties": {"city": {"type": "string"}}}
TOOLS = [
    {"type": "function", "name": "get_temperature", "parameters": CITY},
    {"type": "function", "name": "get_time", "parameters": CITY},
]
WORDS = "Not much, you see?"


def written(words: str, **fields: object) -> Wire:
    content = [{"type": "input_text", "text": words}]
    return {"type": "message", "role": "user", "content": content, **fields}


def configure(talking: ScriptedTalk, **session: object) -> None:
    talking.tell("session.update", session={"type": "realtime", **session})


async def ask(talking: ScriptedTalk, words: str = "hi", **overrides: object) -> Wire:
    """Ask and wait for the end of the response."""
    talking.tell("conversation.item.create", item=written(words))
    talking.tell("response.create", response=overrides)
    return await response(talking)


async def response(talking: ScriptedTalk) -> Wire:
    done = (await talking.wire(DONE))["response"]
    assert isinstance(done, dict)
    return done


def output(done: Wire) -> list[dict[str, str]]:
    items = done["output"]
    assert isinstance(items, list)
    return items
