"""What an update says about the session's state, as the widget's traits."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from rt_widget import updates

if TYPE_CHECKING:
    from rt_widget.errors import RealtimeWidgetError


def traits_of(update: updates.Update) -> dict[str, object]:
    """Values by the names of traits; none for news of another kind."""
    match update:
        case updates.StatusChanged(status=status):
            return {"status": status}
        case updates.MetersChanged(usage=usage, latency=latency):
            known = {k: v for k, v in asdict(latency).items() if v is not None}
            return {"usage": asdict(usage), "latency": known}
        case updates.Noticed(text=text):
            return {"notice": text}
        case updates.Failed(error=error) | updates.Closed(error=error):
            return {} if error is None else {"error": _failure(error)}
        case updates.ReplyFinished(reply=reply):
            # Whoever waits for the answer finds all of it.
            return {"audio": reply.audio, "text": reply.text}
        case _:
            return {}


def _failure(error: RealtimeWidgetError) -> dict[str, object]:
    """A failure, with what to do next."""
    return {
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
        "retryable": error.retryable,
    }
