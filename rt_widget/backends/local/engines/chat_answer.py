"""One question to a chat completions server, and its answer as it comes."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rt_widget.backends.local.engines.base import LlmUsage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from openai.types.chat import ChatCompletionChunk
    from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall

    from rt_widget.backends.local.engines.base import ChatMessage, ToolCall
    from rt_widget.config import ToolSpec

_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked."""

    messages: Sequence[ChatMessage]
    temperature: float
    max_tokens: int
    tools: Sequence[ToolSpec] = ()
    must_call: bool = False

    @property
    def request(self) -> dict[str, object]:
        """In the words of the API, without the model."""
        tools = [
            {"type": "function", "function": _without_type(tool)} for tool in self.tools
        ]
        return {
            "messages": [_on_wire(message) for message in self.messages],
            "temperature": self.temperature,
            "max_tokens": self.max_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
            **({"tools": tools} if tools else {}),
            **({"tool_choice": "required"} if tools and self.must_call else {}),
        }


@dataclass(slots=True)
class _DraftCall:
    name: str = ""
    arguments: str = ""


@dataclass(slots=True)
class ChatAnswer:
    """What one thread reads from the server and another hands on."""

    question: Question
    usage: LlmUsage = field(default_factory=LlmUsage)
    failure: Exception | None = None
    began: bool = False
    stopped: threading.Event = field(default_factory=threading.Event)
    _pieces: queue.SimpleQueue[str | None] = field(default_factory=queue.SimpleQueue)
    _calls: dict[object, _DraftCall] = field(default_factory=dict)

    def tell(self, on_call: Callable[[str, str], None]) -> None:
        """Tell names and arguments of the calls; none of an answer that was stopped."""
        if self.usage.finish_reason in (None, "length"):
            return
        for call in self._calls.values():
            if call.name:
                on_call(call.name, call.arguments or "{}")

    def next_piece(self) -> str | None:
        """The next text, an empty one while there is none yet, None at the end."""
        try:
            return self._pieces.get(timeout=_POLL_S)
        except queue.Empty:
            return ""

    def take(self, chunk: ChatCompletionChunk) -> None:
        """Note what a chunk says."""
        self.began = True
        finish_reason = self.usage.finish_reason
        for choice in chunk.choices[:1]:
            finish_reason = choice.finish_reason or finish_reason
            if choice.delta.content:
                self._pieces.put(choice.delta.content)
            for part in choice.delta.tool_calls or ():
                self._note(part)
        counted = chunk.usage
        details = counted and counted.prompt_tokens_details
        self.usage = LlmUsage(
            input_tokens=counted.prompt_tokens if counted else None,
            output_tokens=counted.completion_tokens if counted else None,
            cached_tokens=details.cached_tokens if details else None,
            finish_reason=finish_reason,
        )

    def end(self) -> None:
        """Nothing comes any more."""
        self._pieces.put(None)

    def _note(self, part: ChoiceDeltaToolCall) -> None:
        function = part.function
        if function is None:
            return
        # Ollama gives every call the index 0, each whole and with an id of its own.
        is_another = bool(function.name) and part.index in self._calls
        key = part.id if is_another else part.index
        draft = self._calls.setdefault(key, _DraftCall())
        draft.name += function.name or ""
        draft.arguments += function.arguments or ""


def _without_type(tool: ToolSpec) -> dict[str, object]:
    return {name: value for name, value in tool.wire.items() if name != "type"}


def _on_wire(message: ChatMessage) -> dict[str, object]:
    call = message.call
    if call is None:
        return {"role": message.role, "content": message.content}
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": call.id, "content": message.content}
    return {"role": "assistant", "content": None, "tool_calls": [_call_on_wire(call)]}


def _call_on_wire(call: ToolCall) -> dict[str, object]:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function}
