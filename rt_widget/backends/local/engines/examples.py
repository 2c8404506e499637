"""Two examples of good answers, for a model too small to follow words about them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rt_widget.backends.local.engines.base import ChatMessage

EXAMPLES = (
    ' For example, asked "Please wish my sister a good night," you say: "Good night, '
    'and sleep well!" Asked "Tell me a fun fact about bees," you say: "Bees dance to '
    'tell each other where the flowers are."'
)

_TOOLS = "<tools>"


def with_examples(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """`messages`, with the examples at the end of the instructions that come first.

    Without them such a model offers help instead of saying hello, and tells that a
    cat has four eyes. Where nobody instructs, or tools are to be decided about, nothing
    is added.
    """
    match list(messages):
        case [first, *rest] if first.role == "system" and _TOOLS not in first.content:
            return [replace(first, content=first.content + EXAMPLES), *rest]
        case others:
            return others
