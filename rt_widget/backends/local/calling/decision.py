"""A small model's decision whether a question needs a tool, as a request of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rt_widget.backends.local.calling.deciding import (
    beginning_of_call,
    deciding_messages,
)
from rt_widget.backends.local.calling.grounded import grounded
from rt_widget.backends.local.calling.tool_text import TextCall, ToolText
from rt_widget.backends.local.engines.base import ChatMessage, LlmUsage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rt_widget.backends.local.calling.tool_text import Found
    from rt_widget.backends.local.engines.base import Llm
    from rt_widget.backends.local.protocol.prompt import Prompt
    from rt_widget.config import ToolSpec

LONGEST_DECISION_TOKENS = 160
"""Room for a call or a few; a longer one is none."""


@dataclass(slots=True)
class Decision:
    """Names and arguments (JSON) of the calls that were asked for, each once."""

    calls: list[tuple[str, str]] = field(default_factory=list)
    usage: LlmUsage = field(default_factory=LlmUsage)
    _in_words: bool = False

    @property
    def is_over(self) -> bool:
        """Whether what comes next cannot be a call any more."""
        return self._in_words

    def take(
        self, found: Sequence[Found], tools: Sequence[ToolSpec], question: str
    ) -> None:
        """Take in what the model wrote; words end it."""
        for piece in found:
            if isinstance(piece, TextCall):
                call = grounded(piece, tools, question)
                if call is not None and call not in self.calls:
                    self.calls.append(call)
            elif piece.strip():
                self._in_words = True
                return


def decide(llm: Llm, prompt: Prompt, is_stopped: Callable[[], bool]) -> Decision:
    """What `llm` would call; nothing as soon as it begins with words.

    Where a call is a must it is made to write one, whatever the question is.

    Args:
        llm: Blocks until it has decided.
        prompt: What the person has said, and what may be called.
        is_stopped: Stops it once it is true; then nothing is called.

    Raises:
        BackendError: the engine failed.
    """
    text = ToolText([tool.name for tool in prompt.tools])
    decision = Decision()

    def take(delta: str) -> bool:
        decision.take(text.feed(delta), prompt.tools, prompt.question)
        return not (is_stopped() or decision.is_over)

    messages = deciding_messages(prompt.tools, prompt.question)
    usage = _ask(llm, messages, prompt, take)
    if is_stopped():
        return Decision()
    decision.usage = usage
    if not decision.is_over:
        cut = usage.finish_reason != "stop"
        decision.take(text.flush(cut=cut), prompt.tools, prompt.question)
    if prompt.must_call and not decision.calls:
        return _forced(llm, prompt, is_stopped)
    return decision


def _ask(
    llm: Llm,
    messages: Sequence[ChatMessage],
    prompt: Prompt,
    take: Callable[[str], bool],
) -> LlmUsage:
    return llm.chat(
        messages,
        temperature=0.0,
        max_tokens=min(LONGEST_DECISION_TOKENS, prompt.max_tokens),
        on_delta=take,
    )


def _forced(llm: Llm, prompt: Prompt, is_stopped: Callable[[], bool]) -> Decision:
    """A call whose beginning the model is given; without arguments if need be."""
    tools = prompt.tools
    text = ToolText([tool.name for tool in tools])
    # Without a question it is the instructions that ask for something.
    question = prompt.question or next((m.content for m in prompt.messages), "")
    begun = beginning_of_call(tools)
    found = text.feed(begun)

    def take(delta: str) -> bool:
        found.extend(text.feed(delta))
        return not (is_stopped() or found)

    messages = (
        *deciding_messages(tools, question),
        ChatMessage("assistant", begun),
    )
    usage = _ask(llm, messages, prompt, take)
    if is_stopped():
        return Decision()
    found.extend(text.flush(cut=usage.finish_reason == "length"))
    calls = [piece for piece in found if isinstance(piece, TextCall)]
    call = calls[0] if calls else TextCall(tools[0].name, {})
    tool = next(tool for tool in tools if tool.name == call.name)
    known = tool.parameters.get("properties")
    known = known if isinstance(known, dict) else {}
    kept = {name: value for name, value in call.arguments.items() if name in known}
    arguments = json.dumps(kept, ensure_ascii=False)
    return Decision(calls=[(tool.name, arguments)], usage=usage)
