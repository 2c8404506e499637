"""A response, and the events that tell of it while it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rt_widget.backends.local.engines.base import LlmUsage
    from rt_widget.backends.local.requests.values import Wire

IN_TOKEN_MS, OUT_TOKEN_MS = 100, 50
"""Sound of one token: of what is heard, and of what is said."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an output item stands in its response."""

    response_id: str
    item_id: str
    output_index: int

    def of_item(self, kind: str, **fields: object) -> Wire:
        """An event about the item: `response.<kind>`."""
        return {
            "type": f"response.{kind}",
            "response_id": self.response_id,
            "item_id": self.item_id,
            "output_index": self.output_index,
            **fields,
        }

    def of_part(self, kind: str, **fields: object) -> Wire:
        """An event about the item's only part: `response.<kind>`."""
        return {
            "type": f"response.{kind}",
            "response_id": self.response_id,
            "item_id": self.item_id,
            "output_index": self.output_index,
            "content_index": 0,
            **fields,
        }

    def item(self, stage: str, item: Wire) -> Wire:
        """`response.output_item.added` or `.done`."""
        return {
            "type": f"response.output_item.{stage}",
            "response_id": self.response_id,
            "output_index": self.output_index,
            "item": item,
        }


def created(response: Wire) -> Wire:
    """Its first event."""
    return {"type": "response.created", "response": response}


def done(response: Wire) -> Wire:
    """Its last event."""
    return {"type": "response.done", "response": response}


def usage(counted: LlmUsage, heard_ms: float, said_ms: float) -> Wire:
    """Tokens: words as the language model counts them, and sound by its length."""
    read, written = counted.input_tokens or 0, counted.output_tokens or 0
    heard, said = int(heard_ms / IN_TOKEN_MS), int(said_ms / OUT_TOKEN_MS)
    cached = counted.cached_tokens or 0
    return {
        "total_tokens": read + heard + written + said,
        "input_tokens": read + heard,
        "output_tokens": written + said,
        "input_token_details": {
            "text_tokens": read,
            "audio_tokens": heard,
            "image_tokens": 0,
            "cached_tokens": cached,
            "cached_tokens_details": {
                "text_tokens": cached,
                "audio_tokens": 0,
                "image_tokens": 0,
            },
        },
        "output_token_details": {"text_tokens": written, "audio_tokens": said},
    }
