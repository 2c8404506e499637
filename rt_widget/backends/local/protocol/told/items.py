"""Items of the conversation, and the events about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rt_widget.backends.local.requests.values import Wire

_ITEM = "conversation.item"


def message(item_id: str, role: str, status: str, content: Sequence[Wire] = ()) -> Wire:
    """A message; without content while it is still being made."""
    fields: Wire = {"role": role, "content": list(content)}
    return _item(item_id, "message", status, fields)


def call(item_id: str, status: str, name: str, call_id: str, arguments: str) -> Wire:
    """A call of a function; without arguments while it is still being made."""
    fields: Wire = {"name": name, "call_id": call_id, "arguments": arguments}
    return _item(item_id, "function_call", status, fields)


def output(item_id: str, call_id: str, given: str) -> Wire:
    """What a function has given."""
    fields: Wire = {"call_id": call_id, "output": given}
    return _item(item_id, "function_call_output", "completed", fields)


def _item(item_id: str, kind: str, status: str, fields: Wire) -> Wire:
    return {
        "id": item_id,
        "object": "realtime.item",
        "type": kind,
        "status": status,
        **fields,
    }


def added(item: Wire, previous_item_id: str | None) -> Wire:
    """An item is in the conversation; one that a model makes is empty."""
    return {
        "type": f"{_ITEM}.added",
        "previous_item_id": previous_item_id,
        "item": item,
    }


def done(item: Wire, previous_item_id: str | None) -> Wire:
    """An item is whole."""
    return {
        "type": f"{_ITEM}.done",
        "previous_item_id": previous_item_id,
        "item": item,
    }


def retrieved(item: Wire) -> Wire:
    """An item as it was asked for, with its sound where that is kept."""
    return {"type": f"{_ITEM}.retrieved", "item": item}


def deleted(item_id: str) -> Wire:
    """An item is forgotten."""
    return {"type": f"{_ITEM}.deleted", "item_id": item_id}


def truncated(item_id: str, content_index: int, audio_end_ms: int) -> Wire:
    """An answer is cut to what was heard of it."""
    return {
        "type": f"{_ITEM}.truncated",
        "item_id": item_id,
        "content_index": content_index,
        "audio_end_ms": audio_end_ms,
    }
