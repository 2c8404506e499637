"""The scenario that calls tools.

What is called is told by the user's text, when that is a JSON object: with `calls` it
is a plan, without it is the arguments of one call. A plan may have

- `calls`: a list of objects with a `name`, and perhaps `arguments` (an object, or a
  text that need not be JSON), `times` (1) and `call_id` (a fresh one);
- `say`: words before the calls;
- `rounds` (1): how many responses in a row make these calls;
- `end`: `stall` holds the response open behind the calls; `failed`, `incomplete` end
  it so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.servers.steps import Call, Finish, Pause, Question, Say, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.wire import JsonObject

TOLD = 80
"""Characters of each output that are spoken."""


@dataclass(frozen=True, slots=True)
class Calling:
    """What a response calls."""

    calls: tuple[Call, ...]
    say: str = ""
    rounds: int = 1
    end: str = ""

    def steps(self) -> Iterator[Step]:
        """What the response does."""
        if self.say:
            yield Say(self.say)
        yield from self.calls
        if self.end == "stall":
            yield Pause(None)
        elif self.end:
            yield Finish(self.end, error={"type": "server_error", "message": "No."})


def calling(question: Question) -> Calling:
    """What is to be called; option `calls` (1) is how many of the session's tools."""
    raw = _object(question.text)
    if "calls" in raw:
        calls = [call for each in raw["calls"] for call in _calls(each)]
        return Calling(
            tuple(calls), raw.get("say", ""), raw.get("rounds", 1), raw.get("end", "")
        )
    tools: list[JsonObject] = question.config["tools"]
    if question.config["tool_choice"] == "none":
        tools = []
    arguments = question.text if raw else question.options.get("arguments", "{}")
    count = int(question.number("calls", 1))
    return Calling(tuple(Call(tool["name"], arguments) for tool in tools[:count]))


def told(question: Question) -> str:
    """What the tools gave, in words."""
    outputs = [output[:TOLD] for output in question.tool_outputs]
    return "The tool said: " + " and ".join(outputs)


def _calls(raw: JsonObject) -> list[Call]:
    arguments = raw.get("arguments", {})
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return [Call(raw["name"], text, raw.get("call_id"))] * raw.get("times", 1)


def _object(text: str) -> JsonObject:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
