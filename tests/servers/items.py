"""The `conversation.item.*` client events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.backends.local.requests.item_specs import item_kinds
from rt_widget.backends.local.requests.values import RequestError
from tests.servers.conversation import Item
from tests.servers.responses import item_event
from tests.servers.state import Effect, Send, Session
from tests.servers.wire import JsonObject, decode_pcm, new_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget.backends.local.requests.shapes import Tagged


def make_item(messages: Tagged, payload: JsonObject, path: str) -> Item:
    """Make an item of what a client sent.

    Raises:
        RequestError: the shape is not that of an item a client may create.
    """
    item_kinds(messages).check(payload, path)
    kind = payload["type"]
    data = {
        "id": new_id("item"),
        "object": "realtime.item",
        "status": "completed",
        **payload,
    }
    if kind == "function_call":
        data.setdefault("call_id", new_id("call"))
    if kind != "message":
        return Item(data)
    return _message(data, path)


def _message(data: JsonObject, path: str) -> Item:
    item = Item(data)
    data["content"] = [dict(part) for part in data["content"]]
    for index, part in enumerate(data["content"]):
        if part["type"] == "input_audio":
            where = f"{path}.content[{index}].audio"
            item.audio[index] = bytearray(decode_pcm(part.pop("audio"), where))
            part.setdefault("transcript", None)
        elif data["role"] == "assistant":
            part["type"] = "output_text"
    return item


def create(session: Session, event: JsonObject) -> Iterator[Effect]:
    """Handle `conversation.item.create`."""
    item = make_item(session.dialect.items, event["item"], "item")
    if item.data["type"] == "function_call_output":
        _check_call(session, item.data["call_id"])
    session.conversation.add(item, event.get("previous_item_id"))
    yield Send(item_event("added", item))
    yield Send(item_event("done", item))


def _check_call(session: Session, call_id: str) -> None:
    calls = [
        item.data["call_id"]
        for item in session.conversation.items
        if item.data["type"] == "function_call"
    ]
    if call_id not in calls:
        raise RequestError(
            f"Tool call ID '{call_id}' not found in conversation.",
            code="invalid_tool_call_id",
            param="item.call_id",
        )


def retrieve(session: Session, event: JsonObject) -> Iterator[Effect]:
    """Handle `conversation.item.retrieve`."""
    item = session.conversation.find(event["item_id"], "retrieve")
    yield Send({"type": "conversation.item.retrieved", "item": item.whole()})


def delete(session: Session, event: JsonObject) -> Iterator[Effect]:
    """Handle `conversation.item.delete`."""
    session.conversation.delete(event["item_id"])
    yield Send({"type": "conversation.item.deleted", "item_id": event["item_id"]})


def truncate(session: Session, event: JsonObject) -> Iterator[Effect]:
    """Handle `conversation.item.truncate`."""
    fields = {name: event[name] for name in ("item_id", "content_index")}
    end = event["audio_end_ms"]
    session.conversation.truncate(**fields, audio_end_ms=end)
    yield Send({"type": "conversation.item.truncated", **fields, "audio_end_ms": end})
