"""One response at a time: when one may begin, and how it is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.backends.local.outcome import (
    NOTHING,
    Outcome,
    Respond,
    Stop,
    refused,
)
from rt_widget.backends.local.response import (
    Called,
    Ending,
    Failed,
    Finished,
    Response,
    Sound,
    Words,
    ending_of,
)

if TYPE_CHECKING:
    from rt_widget.backends.local.items import Items
    from rt_widget.backends.local.response import Piece
    from rt_widget.events import ResponseCancel, ResponseCreate


class Responses:
    """idle, waiting for the words of a turn, or active.

    Args:
        items: The conversation that responses add to.
    """

    def __init__(self, items: Items) -> None:
        self._items = items
        self._active: Response | None = None
        self._waits_for: str | None = None

    @property
    def is_idle(self) -> bool:
        """Whether a response may begin."""
        return self._active is None and self._waits_for is None

    def create(self, event: ResponseCreate, *, spoken: bool) -> Outcome:
        """The client asks for a response."""
        if self._active is not None:
            return _busy(self._active, event.event_id)
        self._waits_for = None
        metadata = dict(event.metadata)
        is_aside = bool(event.verbatim)
        self._active = Response(self._items, spoken, metadata, is_aside)
        work = Respond(verbatim=event.verbatim)
        return Outcome(self._active.created(), (work,))

    def await_words(self, item_id: str) -> Outcome:
        """A turn has ended: answer it once its words are known."""
        if self._active is not None:
            return _busy(self._active, "")
        self._waits_for = item_id
        return Outcome(actions=(Respond(item_id),))

    def begin(self, item_id: str, *, spoken: bool) -> Outcome:
        """The words of a turn are known: answer it, unless there are none."""
        if self._waits_for != item_id:
            return NOTHING
        self._waits_for = None
        message = self._items.get(item_id)
        if message is None or not message.text:
            return NOTHING
        self._active = Response(self._items, spoken)
        return Outcome(self._active.created())

    def cancel(self, event: ResponseCancel) -> Outcome:
        """The client stops the response."""
        active = self._active
        if active is None or event.response_id not in (None, active.id):
            self._waits_for = None
            message = "There is no active response to cancel."
            error = refused(
                message,
                code="response_cancel_not_active",
                event_id=event.event_id,
            )
            return error if active else error + Outcome(actions=(Stop(),))
        return self._stop("client_cancelled")

    def interrupt(self) -> Outcome:
        """The person speaks: stop the response."""
        if self.is_idle:
            return NOTHING
        self._waits_for = None
        return self._stop("turn_detected")

    def progress(self, piece: Piece) -> Outcome:
        """A piece of the answer has been made."""
        active = self._active
        if active is None:
            return NOTHING
        match piece:
            case Words(text):
                return Outcome(active.say(text))
            case Sound(pcm, text_end):
                return Outcome(active.sound(pcm, text_end))
            case Called(name, arguments):
                return Outcome(active.call(name, arguments))
            case Finished() | Failed():
                self._active = None
                return Outcome(active.end(ending_of(piece)))

    def _stop(self, reason: str) -> Outcome:
        active, self._active = self._active, None
        done = active.end(Ending("cancelled", reason)) if active else ()
        return Outcome(done, (Stop(),))


def _busy(active: Response, event_id: str) -> Outcome:
    message = (
        f"Conversation already has an active response in progress: {active.id}. "
        "Wait until the response is finished before creating a new one."
    )
    code = "conversation_already_has_active_response"
    return refused(message, code=code, event_id=event_id)
