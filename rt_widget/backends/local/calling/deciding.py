"""What a small model reads to decide whether a question needs a tool.

The question alone: after a few answers in words it would never call one again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rt_widget.backends.local.engines.base import ChatMessage
from rt_widget.config import DEFAULT_SYSTEM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rt_widget.config import ToolSpec

# The words that the model has been trained with, from its own chat template.
_HEAD = """

# Tools

You may call one or more functions to assist with the user query.

You are provided with function signatures within <tools></tools> XML tags:
<tools>
"""
_TAIL = """
</tools>

For each function call, return a json object with function name and arguments within \
<tool_call></tool_call> XML tags:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call>"""


def deciding_messages(
    tools: Sequence[ToolSpec], question: str
) -> tuple[ChatMessage, ...]:
    """The tools and how to call them, then the question.

    The session's own instructions stay out: what a model of this size decides was
    measured with these.
    """
    signatures = "\n".join(map(_signature, tools))
    system = f"{DEFAULT_SYSTEM}{_HEAD}{signatures}{_TAIL}"
    return ChatMessage("system", system), ChatMessage("user", question)


def beginning_of_call(tools: Sequence[ToolSpec]) -> str:
    """What a model is given that has to go on with a call of one of `tools`."""
    begun = '<tool_call>\n{"name": "'
    if len(tools) > 1:
        return begun
    return f'{begun}{tools[0].name}", "arguments": '


def _signature(tool: ToolSpec) -> str:
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }
    return json.dumps({"type": "function", "function": function}, ensure_ascii=False)
