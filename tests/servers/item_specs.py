"""The shapes of the items that a client may create."""

from __future__ import annotations

from tests.servers.schema import Choice, Rule, Text
from tests.servers.shapes import ListOf, Nullable, Record, Tagged

_ITEM: dict[str, Rule] = {
    "id": Text(32),
    "type": Text(),
    "object": Choice(("realtime.item",)),
    "status": Choice(("completed", "incomplete", "in_progress")),
}


def message_items(assistant_text: str) -> Tagged:
    """Messages a client may create; the assistant's text part has that type name."""
    parts = {
        "input_text": Record({"type": Text(), "text": Text()}, required=("text",)),
        "input_audio": Record(
            {"type": Text(), "audio": Text(), "transcript": Nullable(Text())},
            required=("audio",),
        ),
        "input_image": Record(
            {
                "type": Text(),
                "image_url": Text(),
                "detail": Choice(("auto", "low", "high")),
            },
            required=("image_url",),
        ),
        assistant_text: Record({"type": Text(), "text": Text()}, required=("text",)),
    }

    def message(*names: str) -> Record:
        allowed = {name: parts[name] for name in names}
        return Record(
            {**_ITEM, "role": Text(), "content": ListOf(Tagged("type", allowed))},
            required=("content",),
        )

    return Tagged(
        "role",
        {
            "user": message("input_text", "input_audio", "input_image"),
            "system": message("input_text"),
            "assistant": message(assistant_text),
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
