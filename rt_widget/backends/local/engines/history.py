"""Which turns of a long conversation the language model still reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rt_widget.backends.local.engines.base import ChatMessage


def shortened(
    messages: Sequence[ChatMessage], *, tokens: int, budget: int
) -> list[ChatMessage]:
    """`messages` without the oldest turns.

    System messages and the last message stay; what stays starts with a user's turn.

    Args:
        messages: A history that is too long.
        tokens: How many tokens it has.
        budget: How many it may have.

    Raises:
        BackendError: nothing can be left out.
    """
    system = [message for message in messages if message.role == "system"]
    turns = [message for message in messages if message.role != "system"]
    starts = [place for place in range(1, len(turns)) if turns[place].role == "user"]
    if not starts:
        message = (
            f"That is too long for the local model: {tokens} tokens, "
            f"and {budget} can be read at once."
        )
        raise BackendError(
            message,
            code="context_exceeded",
            hint="Say it in fewer words, or shorten the system text.",
        )
    length = sum(_length(message) for message in messages)
    surplus = length * (tokens - budget) / tokens
    for place in starts:
        dropped = sum(_length(turn) for turn in turns[:place])
        if dropped >= surplus:
            return [*system, *turns[place:]]
    return [*system, *turns[starts[-1] :]]


def _length(message: ChatMessage) -> int:
    return len(message.content) + len(message.role)
