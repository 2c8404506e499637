"""How a call of a tool crosses to the page: bounded, whatever the tool has made."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, TypeAlias

from rt_widget.calls import ImageShown, TableShown, TextShown

if TYPE_CHECKING:
    from rt_widget.calls import Call, Shown

ARGUMENTS_LIMIT = 2_000
OUTPUT_LIMIT = 4_000
PRINTED_LIMIT = 10_000
TEXT_LIMIT = 10_000
CELL_LIMIT = 200
"""Longest texts, in characters."""

COLUMNS_LIMIT = 20
ROWS_LIMIT = 50
"""Largest table."""

IMAGE_LIMIT = 2_000_000
"""Longest picture, in characters of base64."""

MESSAGE_LIMIT = 4_000_000
"""What all calls of one message say and show together; hosts lose longer ones."""

SHORT_LIMIT = 200
"""Longest text of a call for which there is no room any more."""

_Content: TypeAlias = dict[str, object]


class CallWriter:
    """Writes the calls of one message, the most important first."""

    def __init__(self) -> None:
        self._left = MESSAGE_LIMIT

    def write(self, call: Call) -> _Content:
        """A call as it crosses."""
        return {
            "call_id": call.call_id,
            "name": _text(call.name, CELL_LIMIT),
            "arguments": self._words(call.arguments, ARGUMENTS_LIMIT),
            "status": call.status,
            "output": self._words(call.output, OUTPUT_LIMIT),
            "printed": self._words(call.printed, PRINTED_LIMIT),
            "seconds": call.seconds,
            "shown": [self._bounded(each) for each in call.shown],
        }

    def _words(self, text: str, limit: int) -> str:
        has_room = min(len(text), limit) <= self._left
        words = _text(text, limit if has_room else SHORT_LIMIT)
        self._left -= len(words)
        return words

    def _bounded(self, shown: Shown) -> _Content:
        content, size = _shown(shown)
        if size > self._left:
            return _note("More was shown than fits here.")
        self._left -= size
        return content


def weight(call: Call) -> int:
    """About how long a call is when it crosses whole, in characters."""
    texts = (
        (call.arguments, ARGUMENTS_LIMIT),
        (call.output, OUTPUT_LIMIT),
        (call.printed, PRINTED_LIMIT),
    )
    words = sum(min(len(text), limit) for text, limit in texts)
    return words + sum(_shown(each)[1] for each in call.shown)


def _shown(shown: Shown) -> tuple[_Content, int]:
    """What a call shows, and about how long it is."""
    match shown:
        case ImageShown(png=png, alt=alt):
            size = 4 * len(png) // 3
            if size > IMAGE_LIMIT:
                return _note(f"A picture of {len(png):,} bytes is too large."), 0
            data = base64.b64encode(png).decode("ascii")
            return {"kind": "image", "data": data, "alt": _text(alt, CELL_LIMIT)}, size
        case TableShown():
            return _table(shown)
        case TextShown(text=text):
            return _note(text), min(len(text), TEXT_LIMIT)


def _table(table: TableShown) -> tuple[_Content, int]:
    columns = [_text(each, CELL_LIMIT) for each in table.columns[:COLUMNS_LIMIT]]
    rows = [
        [_text(cell, CELL_LIMIT) for cell in row[:COLUMNS_LIMIT]]
        for row in table.rows[:ROWS_LIMIT]
    ]
    note = _text(table.note, CELL_LIMIT)
    size = sum(len(cell) for row in (columns, *rows) for cell in row)
    return {"kind": "table", "columns": columns, "rows": rows, "note": note}, size


def _note(text: str) -> _Content:
    return {"kind": "text", "text": _text(text, TEXT_LIMIT)}


def _text(text: str, limit: int) -> str:
    """A text that any channel carries, with an ellipsis where it was cut."""
    whole = text.encode("utf-8", "replace").decode() if not text.isascii() else text
    return whole if len(whole) <= limit else f"{whole[: limit - 1]}…"
