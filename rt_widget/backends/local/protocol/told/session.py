"""The session's own events."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rt_widget.backends.local.requests.values import Wire


def created(session: Wire) -> Wire:
    """The first event of all."""
    return {"type": "session.created", "session": session}


def updated(session: Wire) -> Wire:
    """What the session is set to now."""
    return {"type": "session.updated", "session": session}
