"""The answers that are being given, and those that are over. A fold."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from rt_widget import events
from rt_widget.reply import Draft
from rt_widget.updates import AudioReceived, TextReceived

if TYPE_CHECKING:
    from rt_widget.meters import Latency

OVER_KEPT = 64
"""Responses remembered as over, for what still comes of them."""

Delta: TypeAlias = events.TextDelta | events.TranscriptDelta | events.AudioDelta


class AnswerDrafts:
    """Drafts by response id; what comes of others is to be left out."""

    def __init__(self) -> None:
        self._drafts: dict[str, Draft] = {}
        self._over: dict[str, None] = {}

    def accepts(self, event: events.ServerEvent) -> bool:
        """Whether an event belongs to no response, or to one that may be heard."""
        response_id: str | None = getattr(event, "response_id", None)
        return response_id is None or self.is_alive(response_id)

    def is_alive(self, response_id: str) -> bool:
        """Whether a response is being given, and may be heard."""
        return response_id in self._drafts and response_id not in self._over

    def is_speaking(self, response_id: str) -> bool:
        """Whether a living response has begun to come."""
        return self.is_alive(response_id) and self._drafts[response_id].has_output

    def is_known(self, response_id: str) -> bool:
        """Whether a response has begun before."""
        return response_id in self._drafts or response_id in self._over

    def has_output(self, response_id: str, item_id: str) -> bool:
        """Whether anything was taken of a response's item."""
        draft = self._drafts.get(response_id)
        return draft is not None and item_id in draft.item_ids

    def begin(self, response_id: str, before: Draft | None = None) -> None:
        """A response has begun; it goes on with the answer that came `before`."""
        self._drafts[response_id] = Draft(response_id, before)

    def part_from(self, response_id: str) -> Draft | None:
        """A response is none of an answer that came before; returns that."""
        draft = self._drafts.get(response_id)
        if draft is None:
            return None
        before, draft.before = draft.before, None
        return before

    def has_part(self, response_id: str, of: str) -> bool:
        """Whether a response is a part of the answer that another one gives."""
        draft = self._drafts.get(of)
        return draft is not None and draft.has_part(response_id)

    def grow(self, event: Delta) -> TextReceived | AudioReceived:
        """More of a response; returns it as news."""
        self._drafts[event.response_id].apply(event)
        where = (event.response_id, event.item_id, event.content_index)
        if isinstance(event, events.AudioDelta):
            return AudioReceived(event.delta, *where)
        return TextReceived(event.delta, *where)

    def close(self, response_id: str) -> None:
        """Nothing more is taken of a response."""
        self._over[response_id] = None
        if len(self._over) > OVER_KEPT:
            del self._over[next(iter(self._over))]

    def take(self, event: events.OutputItemAdded | events.OutputItemDone) -> None:
        """A response makes an item."""
        self._drafts[event.response_id].apply(event)

    def end(self, response: events.WireResponse, latency: Latency) -> Draft | None:
        """A response has ended; returns its draft, if any of it was taken."""
        draft = self._drafts.pop(response.id, None)
        if draft is not None:
            draft.end(response.usage, latency)
            self.close(response.id)
        return draft

    def clear(self) -> None:
        """No more is to come."""
        self._drafts.clear()
