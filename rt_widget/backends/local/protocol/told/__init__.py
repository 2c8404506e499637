"""What the local backend tells: GA server events as JSON-ready dicts.

Events are without `event_id`: a socket adds it, and nothing else reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.events.client import new_id

if TYPE_CHECKING:
    from rt_widget.backends.local.requests.values import Wire

TEXT_END = "text_end"
"""Key of an audio delta: characters of the item's text that are said by its end.

The protocol knows no such field: it is for clients in this process.
"""


def on_socket(event: Wire) -> Wire:
    """An event as a stranger's client gets it: with an id, and of GA fields only."""
    named = {"type": event["type"], "event_id": new_id("event"), **event}
    named.pop(TEXT_END, None)
    return named
