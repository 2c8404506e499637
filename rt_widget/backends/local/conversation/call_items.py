"""Calls of functions and their outputs, as items of the conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.backends.local.engines.base import ChatMessage
from rt_widget.backends.local.protocol.told import items as told

if TYPE_CHECKING:
    from rt_widget.backends.local.engines.base import ToolCall
    from rt_widget.backends.local.requests.values import Wire


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

    def told(self, *, empty: bool = False) -> Wire:
        """As events show it; `empty` while it is still being made."""
        status = "in_progress" if empty else "completed"
        arguments = "" if empty else self.call.arguments
        return told.call(self.id, status, self.call.name, self.call.id, arguments)


@dataclass(frozen=True, slots=True)
class OutputItem:
    """What a function has given; the model reads it with its call."""

    id: str
    call_id: str
    output: str

    def told(self) -> Wire:
        """As events show it."""
        return told.output(self.id, self.call_id, self.output)
