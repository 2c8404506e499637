"""Typed questions put to a connection, and what comes back."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rt_widget import events

if TYPE_CHECKING:
    from rt_widget.backends.base import Connection


@dataclass
class Turn:
    """A response: its words, its calls, and when the first of either came."""

    text: str = ""
    calls: list[events.WireItem] = field(default_factory=list)
    first_ms: float = 0.0


def typed(text: str) -> events.ItemCreate:
    """What a person types."""
    return events.ItemCreate(item_id=events.new_id("item"), text=text)


def given(call_id: str, output: str) -> events.FunctionOutput:
    """What a called function gives."""
    item_id = events.new_id("item")
    return events.FunctionOutput(item_id=item_id, call_id=call_id, output=output)


async def turn(
    connection: Connection, first: events.ItemCreate | events.FunctionOutput
) -> Turn:
    """Put `first` into the conversation, and wait for the whole response to it."""
    await connection.send(first)
    started = time.perf_counter()
    await connection.send(events.ResponseCreate())
    came = Turn()
    while True:
        event = await connection.receive()
        match event:
            case events.TextDelta(delta=delta):
                came.text += delta
            case events.OutputItemDone(item=item) if item.type == "function_call":
                came.calls.append(item)
            case events.ResponseDone():
                return came
        if not came.first_ms and (came.text or came.calls):
            came.first_ms = (time.perf_counter() - started) * 1000
