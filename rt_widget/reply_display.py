"""How an answer shows itself in a cell: all that others wrote is text, never markup."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rt_widget.calls import Call

SHOWN_ARGUMENTS = 200
"""Characters of a call's arguments."""

SHOWN_IN_LINE = 60
"""Characters of the text in a line."""

_WORDS = '<div style="white-space: pre-wrap; overflow-wrap: anywhere">{}</div>'
_NOTE = '<div style="opacity: 0.75; font-size: 0.9em">{}</div>'

# Notebooks set formulas in what is shown; these two names keep them from it.
_FRAME = '<div class="tex2jax_ignore mathjax_ignore">{}</div>'


def reply_html(
    text: str, outcome: str, calls: Sequence[Call], player: str, *, is_whole: bool
) -> str:
    """The text, how it ended when it is not whole, the tools that ran, and a player.

    Args:
        text: Of the answer.
        outcome: How it ended, and why.
        calls: The tools that it called.
        player: HTML of its sound; empty when there is none.
        is_whole: Whether the answer is complete.
    """
    parts = [_WORDS.format(_plain(text))] if text else []
    if not is_whole:
        parts.append(_NOTE.format(f"<em>{_plain(outcome)}</em>"))
    parts += [_NOTE.format(_call(call)) for call in calls]
    return _FRAME.format("".join([*parts, player]))


def reply_line(text: str, outcome: str, calls: Sequence[Call], seconds: float) -> str:
    """The same in a line."""
    called = (f"{_short(call.name)[1:-1]}()" for call in calls)
    parts = [_short(text), _short(outcome)[1:-1], *called]
    if seconds:
        parts.append(f"{seconds:.1f} s")
    return f"Reply({', '.join(parts)})"


def _short(text: str) -> str:
    """As a literal, so that nothing in it moves the cursor."""
    return repr(text if len(text) <= SHOWN_IN_LINE else f"{text[:SHOWN_IN_LINE]}…")


def _call(call: Call) -> str:
    arguments = call.arguments
    if len(arguments) > SHOWN_ARGUMENTS:
        arguments = f"{arguments[: SHOWN_ARGUMENTS - 1]}…"
    ended = call.status.replace("_", " ")
    if call.seconds is not None:
        ended += f", {call.seconds:.1f} s"
    return f"<code>{_plain(call.name)}</code> {_plain(arguments)} ({ended})"


def _plain(text: str) -> str:
    # Isolated: marks of direction in it turn nothing else around.
    return f"<bdi>{html.escape(text)}</bdi>"
