"""Items as a client sends them, checked and made into values."""

from __future__ import annotations

from typing import Any

from rt_widget.backends.local.requests import item_specs
from rt_widget.backends.local.requests.decoding import decode_audio
from rt_widget.backends.local.requests.shapes import Tagged
from rt_widget.backends.local.requests.values import (
    AudioPart,
    ItemReference,
    NewCall,
    NewItem,
    NewMessage,
    NewOutput,
    RequestError,
    TextPart,
)
from rt_widget.events import new_id

# JSON that the rules have judged: there is no narrower type that is true.
Judged = dict[str, Any]

ROOT = "root"
"""As the item to follow: the new one is the first."""

_INPUTS = Tagged(
    "type", {**item_specs.ITEMS.records, "item_reference": item_specs.REFERENCE}
)


def new_item(payload: Judged, path: str) -> NewItem:
    """The item that a client wants in the conversation; an id is made where none is.

    Raises:
        RequestError: it is none that a client may create.
    """
    item_specs.ITEMS.check(payload, path)
    return _item(payload, path)


def new_inputs(
    payloads: list[Judged], path: str
) -> tuple[NewItem | ItemReference, ...]:
    """What a response answers in place of the conversation.

    Raises:
        RequestError: one of them is none that a client may create.
    """
    found: list[NewItem | ItemReference] = []
    for index, payload in enumerate(payloads):
        where = f"{path}[{index}]"
        _INPUTS.check(payload, where)
        if payload["type"] == "item_reference":
            found.append(ItemReference(id=payload["id"]))
        else:
            found.append(_item(payload, where))
    return tuple(found)


def _item(payload: Judged, path: str) -> NewItem:
    item_id = payload.get("id") or new_id("item")
    if item_id == ROOT:
        raise RequestError(
            f"Invalid '{path}.id': '{ROOT}' is the place before the first item.",
            code="invalid_value",
            param=f"{path}.id",
        )
    match payload["type"]:
        case "message":
            parts = tuple(
                _part(part, f"{path}.content[{index}]")
                for index, part in enumerate(payload["content"])
            )
            return NewMessage(id=item_id, role=payload["role"], parts=parts)
        case "function_call":
            return NewCall(
                id=item_id,
                name=payload["name"],
                call_id=payload.get("call_id") or new_id("call"),
                arguments=payload["arguments"],
            )
        case _:
            return NewOutput(
                id=item_id, call_id=payload["call_id"], output=payload["output"]
            )


def _part(part: Judged, path: str) -> TextPart | AudioPart:
    if part["type"] == "input_audio":
        audio = decode_audio(part["audio"], f"{path}.audio")
        return AudioPart(audio=audio, transcript=part.get("transcript"))
    return TextPart(text=part["text"])
