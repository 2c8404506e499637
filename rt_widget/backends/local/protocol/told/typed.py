"""What the local backend tells, in the widget's own events."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rt_widget.backends.local.protocol.told import TEXT_END
from rt_widget.events import AudioDelta
from rt_widget.events.parse import event_from_wire

if TYPE_CHECKING:
    from rt_widget.backends.local.requests.values import Wire
    from rt_widget.events import ServerEvent


def typed(wire: Wire) -> ServerEvent:
    """An event as the widget knows it; one that it does not know is `Unhandled`."""
    event = event_from_wire(wire)
    text_end = wire.get(TEXT_END)
    if isinstance(event, AudioDelta) and isinstance(text_end, int):
        return replace(event, text_end=text_end)
    return event
