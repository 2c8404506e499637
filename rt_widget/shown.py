"""What of a conversation is only looked at, on its way to the page. A fold.

Each kind is gathered and goes no more often than can be seen.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.chunks import closing_chunk
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


@dataclass(slots=True)
class _Ending:
    """An answer that has ended and is not closed yet.

    `text` is what is still to be shown of it before that, once a next one has begun.
    """

    response_id: str
    text: str | None = None
    is_behind: bool = False


class Shown:
    """Changed state, items, captions, the text as it grows, and the ends of answers."""

    def __init__(self) -> None:
        self._items: dict[str, None] = {}
        self._state: dict[str, None] = {}
        self._captions: dict[str, tuple[int, tuple[CaptionMark, ...]]] = {}
        self._answer: list[str] = []
        self._text_is_new = False
        self._open: dict[str, None] = {}
        self._endings: deque[_Ending] = deque()
        self._items_pace = Pace(ITEMS_INTERVAL_S)
        self._state_pace = Pace(STATE_INTERVAL_S)
        self._captions_pace = Pace(CAPTIONS_INTERVAL_S)
        self._text_pace = Pace(TEXT_INTERVAL_S)

    @property
    def is_waiting(self) -> bool:
        """Whether anything is to be sent, now or later."""
        gathered = (self._items, self._state, self._captions)
        return any(gathered) or self._text_is_new or bool(self._endings)

    @property
    def ending(self) -> str | None:
        """The answer that has ended and is to be closed next."""
        return self._endings[0].response_id if self._endings else None

    @property
    def is_behind(self) -> bool:
        """Whether the next answer has begun before the last was closed."""
        return bool(self._endings) and self._endings[0].is_behind

    def begin_answer(self, response_id: str, before: str = "") -> None:
        """A new answer: its text starts empty, once those before it are closed.

        With the response `before` that answer goes on, on a new line.
        """
        self._open[response_id] = None
        if before:
            self._open.pop(before, None)
            if any(self._answer):
                self.add_text("\n")
            return
        if self._endings and not self._endings[-1].is_behind:
            last = self._endings[-1]
            last.is_behind = True
            last.text = "".join(self._answer) if self._text_is_new else None
        self._answer = []
        self._text_is_new = True

    def add_text(self, text: str) -> None:
        """More of the answer's text."""
        self._answer.append(text)
        self._text_is_new = True

    def end_answer(self, response_id: str | None) -> None:
        """The answer has ended: once all of it is out, it is closed.

        None for each that has begun and not ended.
        """
        ended = list(self._open) if response_id is None else [response_id]
        for each in ended:
            self._open.pop(each, None)
            if self._endings:
                self._endings[-1].is_behind = True
            self._endings.append(_Ending(each))

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
        if self.is_behind:
            return self._close(now)
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
        if self._endings and (self.is_behind or not self._text_is_new):
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
        if self._endings and not self._text_is_new:
            return self._close(now)
        return None

    def _close(self, now: float) -> SendText | SendChunk:
        """The end of the answer that has waited longest."""
        ending = self._endings[0]
        if ending.text is not None:
            self._text_pace.goes(max(now, self._text_pace.next_at))
            text, ending.text = ending.text, None
            return SendText(text)
        self._endings.popleft()
        return SendChunk(closing_chunk(ending.response_id))
