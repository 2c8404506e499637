"""Calls of functions and their outputs, as items of the conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.backends.local.engines.base import ChatMessage
from rt_widget.events import WireItem

if TYPE_CHECKING:
    from rt_widget.backends.local.engines.base import ToolCall


@dataclass(slots=True)
class CallItem:
    """A call that the model has made; `output` is None while nobody has answered."""

    id: str
    call: ToolCall
    output: str | None = None

    @property
    def in_chat(self) -> tuple[ChatMessage, ...]:
        """As the language model reads it; nothing until there is an output."""
        if self.output is None:
            return ()
        asked = ChatMessage("assistant", "", self.call)
        return asked, ChatMessage("tool", self.output, self.call)

    def on_wire(self, *, empty: bool = False) -> WireItem:
        """As events show it; `empty` while it is still being made."""
        return WireItem(
            self.id,
            type="function_call",
            status="in_progress" if empty else "completed",
            name=self.call.name,
            call_id=self.call.id,
            arguments="" if empty else self.call.arguments,
        )


@dataclass(frozen=True, slots=True)
class OutputItem:
    """What a function has given; the model reads it with its call."""

    id: str
    call_id: str
    output: str

    def on_wire(self) -> WireItem:
        """As events show it."""
        return WireItem(
            self.id,
            type="function_call_output",
            status="completed",
            call_id=self.call_id,
            output=self.output,
        )
