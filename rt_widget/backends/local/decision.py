"""A small model's decision whether a question needs a tool, as a request of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rt_widget.backends.local.deciding import deciding_messages
from rt_widget.backends.local.engines.base import LlmUsage
from rt_widget.backends.local.grounded import grounded
from rt_widget.backends.local.tool_text import TextCall, ToolText

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rt_widget.backends.local.engines.base import Llm
    from rt_widget.backends.local.tool_text import Found
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


def decide(
    llm: Llm,
    tools: Sequence[ToolSpec],
    question: str,
    is_stopped: Callable[[], bool],
) -> Decision:
    """What `llm` would call for `question`; nothing as soon as it begins with words.

    Args:
        llm: Blocks until it has decided.
        tools: What it may call.
        question: What the person has said.
        is_stopped: Stops it once it is true; then nothing is called.

    Raises:
        BackendError: the engine failed.
    """
    text = ToolText([tool.name for tool in tools])
    decision = Decision()

    def take(delta: str) -> bool:
        decision.take(text.feed(delta), tools, question)
        return not (is_stopped() or decision.is_over)

    usage = llm.chat(
        deciding_messages(tools, question),
        temperature=0.0,
        max_tokens=LONGEST_DECISION_TOKENS,
        on_delta=take,
    )
    if is_stopped():
        return Decision()
    decision.usage = usage
    if not decision.is_over:
        cut = usage.finish_reason != "stop"
        decision.take(text.flush(cut=cut), tools, question)
    return decision
