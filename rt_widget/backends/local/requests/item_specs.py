"""The shapes of the items that a client may create."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.backends.local.requests.schema import Choice, Refused, Rule, Text
from rt_widget.backends.local.requests.shapes import ListOf, Nullable, Record, Tagged

if TYPE_CHECKING:
    from collections.abc import Mapping

_ITEM: dict[str, Rule] = {
    "id": Text(32),
    "type": Text(),
    "object": Choice(("realtime.item",)),
    "status": Choice(("completed", "incomplete", "in_progress")),
}
_TEXT = Record({"type": Text(), "text": Text()}, required=("text",))
_AUDIO = Record(
    {"type": Text(), "audio": Text(), "transcript": Nullable(Text())},
    required=("audio",),
)
IMAGE = Record(
    {
        "type": Text(),
        "image_url": Text(),
        "detail": Choice(("auto", "low", "high")),
    },
    required=("image_url",),
)


def message_items(assistant_text: str, image: Rule) -> Tagged:
    """Messages a client may create.

    Args:
        assistant_text: Type name of the assistant's text part.
        image: The rule for images.
    """

    def message(parts: Mapping[str, Rule]) -> Record:
        return Record(
            {**_ITEM, "role": Text(), "content": ListOf(Tagged("type", parts))},
            required=("content",),
        )

    heard = {"input_text": _TEXT, "input_audio": _AUDIO, "input_image": image}
    return Tagged(
        "role",
        {
            "user": message(heard),
            "system": message({"input_text": _TEXT}),
            "assistant": message({assistant_text: _TEXT}),
        },
    )


FUNCTION_CALL = Record(
    {**_ITEM, "name": Text(), "call_id": Text(), "arguments": Text()},
    required=("name", "arguments"),
)
FUNCTION_CALL_OUTPUT = Record(
    {**_ITEM, "call_id": Text(), "output": Text()},
    required=("call_id", "output"),
)
REFERENCE = Record({"type": Text(), "id": Text()}, required=("id",))
"""An item of the conversation, in the input of a response."""


def item_kinds(messages: Tagged) -> Tagged:
    """All items a client may create, with the rule for messages."""
    return Tagged(
        "type",
        {
            "message": messages,
            "function_call": FUNCTION_CALL,
            "function_call_output": FUNCTION_CALL_OUTPUT,
        },
    )


ITEMS = item_kinds(
    message_items("output_text", Refused("The local voice cannot see: send text."))
)
"""What the local voice takes."""
