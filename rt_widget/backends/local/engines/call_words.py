"""Calls and their outputs as plain words, for a model too small for their JSON.

Shown its own call as JSON, such a model goes on writing JSON instead of an answer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rt_widget.backends.local.engines.base import ChatMessage

if TYPE_CHECKING:
    from collections.abc import Sequence

OUTPUT_CHARS = 1_200
"""Characters that are read of the newest turn's outputs together."""

EARLIER_OUTPUT_CHARS = 200
"""Characters that are read of each earlier output."""

_ANSWER = "Answer with that in one short sentence."


def in_words(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """`messages` without calls: what came of one stands below the question."""
    written: list[ChatMessage] = []
    newest = _newest_outputs(messages)
    share = OUTPUT_CHARS // max(1, newest)
    for place, message in enumerate(messages):
        if message.role == "tool":
            is_new = place >= len(messages) - 2 * newest
            room = share if is_new else EARLIER_OUTPUT_CHARS
            _append(written, _told(message, room))
        elif message.call is None:
            written.append(message)
    if newest:
        _append(written, _ANSWER)
    return written


def _newest_outputs(messages: Sequence[ChatMessage]) -> int:
    """How many outputs stand at the end; each comes with its call."""
    count = 0
    for message in reversed(messages):
        if message.call is None:
            break
        count += message.role == "tool"
    return count


def _told(message: ChatMessage, room: int) -> str:
    call, output = message.call, message.content
    if call is None:
        return output[:room]
    if len(output) > room:
        output = output[:room] + " …"
    return (
        f"The function {call.name} was called with {call.arguments} and gives: {output}"
    )


def _append(written: list[ChatMessage], words: str) -> None:
    """Put `words` below the person's last message, or make them one."""
    if not written or written[-1].role != "user":
        written.append(ChatMessage("user", words))
        return
    gap = "\n" if words == _ANSWER else "\n\n"
    written[-1] = replace(written[-1], content=f"{written[-1].content}{gap}{words}")
