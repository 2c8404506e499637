"""What of a conversation is only looked at, on its way to the page. A fold.

Each kind is gathered and goes no more often than can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.chunks import empty_chunk
from rt_widget.outgoing import (
    Outgoing,
    SendCaptions,
    SendChunk,
    SendItems,
    SendState,
    SendText,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget.captions import CaptionMark
    from rt_widget.updates import CaptionsChanged

TEXT_INTERVAL_S = 1 / 15
"""Between two updates of the `text` trait."""

ITEMS_INTERVAL_S = 0.1
"""Between two messages about changed items."""

CAPTIONS_INTERVAL_S = 0.1
"""Between two messages with captions."""

STATE_INTERVAL_S = 0.05
"""Between two messages about status, failures and meters."""


@dataclass(slots=True)
class Pace:
    """No more often than every `interval` seconds."""

    interval: float
    next_at: float = float("-inf")

    def goes(self, now: float) -> None:
        """Something goes now."""
        self.next_at = now + self.interval


class Shown:
    """Changed state, items, captions, and the text as it grows."""

    def __init__(self) -> None:
        self._items: dict[str, None] = {}
        self._state: dict[str, None] = {}
        self._captions: dict[str, tuple[int, tuple[CaptionMark, ...]]] = {}
        self._answer: list[str] = []
        self._text_is_new = False
        self._ended = False
        self._items_pace = Pace(ITEMS_INTERVAL_S)
        self._state_pace = Pace(STATE_INTERVAL_S)
        self._captions_pace = Pace(CAPTIONS_INTERVAL_S)
        self._text_pace = Pace(TEXT_INTERVAL_S)

    @property
    def is_waiting(self) -> bool:
        """Whether anything is to be sent, now or later."""
        gathered = (self._items, self._state, self._captions)
        return any(gathered) or self._text_is_new or self._ended

    def begin_answer(self) -> None:
        """A new answer: its text starts empty."""
        self._answer = []
        self._text_is_new = True
        self._ended = False

    def add_text(self, text: str) -> None:
        """More of the answer's text."""
        self._answer.append(text)
        self._text_is_new = True

    def end_answer(self) -> None:
        """The answer is whole: once all is out, the chunk is emptied."""
        self._ended = True

    def caption(self, update: CaptionsChanged) -> None:
        """Marks of an item are new."""
        waiting = self._captions.get(update.item_id)
        first, marks = update.first, update.marks
        if waiting is not None and waiting[0] < first:
            first = waiting[0]
            marks = waiting[1][: update.first - first] + marks
        self._captions[update.item_id] = first, marks

    def change(self, item_ids: tuple[str, ...]) -> None:
        """Items are new, changed or gone."""
        self._items.update(dict.fromkeys(item_ids))

    def change_state(self, name: str) -> None:
        """A trait about the session is new."""
        self._state[name] = None

    def take_state(self, now: float) -> SendState | None:
        """The traits to sync now, or None."""
        if not self._state or now < self._state_pace.next_at:
            return None
        names, self._state = tuple(self._state), {}
        self._state_pace.goes(now)
        return SendState(names)

    def take(self, now: float) -> Outgoing | None:
        """What to send now of the rest, or None."""
        if self._captions and now >= self._captions_pace.next_at:
            self._captions_pace.goes(now)
            item_id = next(iter(self._captions))
            return SendCaptions(item_id, *self._captions.pop(item_id))
        if self._items and now >= self._items_pace.next_at:
            self._items_pace.goes(now)
            ids, self._items = tuple(self._items), {}
            return SendItems(ids)
        return self._take_text(now)

    def due(self) -> Iterator[float]:
        """When each kind that waits may go."""
        if self._ended and not self._text_is_new:
            yield float("-inf")
        if self._captions:
            yield self._captions_pace.next_at
        if self._items:
            yield self._items_pace.next_at
        if self._text_is_new:
            yield self._text_pace.next_at
        if self._state:
            yield self._state_pace.next_at

    def _take_text(self, now: float) -> SendText | SendChunk | None:
        if self._text_is_new and now >= self._text_pace.next_at:
            self._text_pace.goes(now)
            self._text_is_new = False
            self._answer = ["".join(self._answer)]
            return SendText(self._answer[0])
        if self._ended and not self._text_is_new:
            self._ended = False
            return SendChunk(empty_chunk())
        return None
