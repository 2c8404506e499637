"""What goes to the page and when, as a fold: joined, numbered, never too often.

Jupyter Server drops comm messages without a word above 1,000 a second for all
widgets together, so a widget keeps to `RATE` whatever the server does. Sound goes at
once. What is only looked at is held for `HOLD_S`, so that the first sound of an answer,
which comes right behind its first words, does not queue behind them in the page; then
the widget's state goes first, and text, items and the rest follow. No delta is dropped:
those of one kind that have to wait are joined.
"""

from __future__ import annotations

import base64
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from rt_widget.chunks import Chunk, empty_chunk, make_chunk
from rt_widget.events import new_id
from rt_widget.sequence import Sent
from rt_widget.updates import AudioReceived, TextReceived

if TYPE_CHECKING:
    from collections.abc import Iterator

RATE = 40.0
"""Messages a second in the long run."""

BURST = 8.0
"""Messages that may go at once after a quiet moment."""

JOINED_LIMIT = 96_000
"""Bytes of sound in one chunk: 2 s."""

KEPT_CHUNKS = 600
"""Sent chunks kept for a page that has missed some."""

TEXT_INTERVAL_S = 1 / 15
"""Between two updates of the `text` trait."""

ITEMS_INTERVAL_S = 0.1
"""Between two messages about changed items."""

STATE_INTERVAL_S = 0.05
"""Between two messages about status, failures and meters."""

HOLD_S = 0.02
"""How long what is only looked at lets sound overtake it."""

_ALMOST_ONE = 1 - 1e-9
"""A whole message, but for the rounding of clocks."""

Delta: TypeAlias = TextReceived | AudioReceived


@dataclass(slots=True)
class _Waiting:
    """Deltas of one kind and item that go together."""

    first: Delta
    pieces: list[str | bytes]
    size: int

    def takes(self, delta: Delta) -> bool:
        same = (
            type(delta) is type(self.first)
            and delta.item_id == self.first.item_id
            and delta.content_index == self.first.content_index
        )
        return same and self.size + len(delta.delta) <= JOINED_LIMIT


@dataclass(frozen=True, slots=True)
class SendChunk:
    """Set the `output_chunk` trait."""

    chunk: Chunk


@dataclass(frozen=True, slots=True)
class SendItems:
    """Send these items as they now stand."""

    item_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SendText:
    """Set the `text` trait to the answer's text as it now stands."""

    text: str


@dataclass(frozen=True, slots=True)
class SendState:
    """Sync these traits as they now stand."""

    names: tuple[str, ...]


Outgoing: TypeAlias = SendChunk | SendItems | SendText | SendState


class PageFeed:
    """Collects news for the page; `take` gives it out at a rate that hosts bear."""

    def __init__(self) -> None:
        self.epoch = new_id("epoch")
        self._audio: deque[_Waiting] = deque()
        self._words: deque[_Waiting] = deque()
        self._items: dict[str, None] = {}
        self._state: dict[str, None] = {}
        self._answer: list[str] = []
        self._text_is_new = False
        self._ended = False
        self._sent: Sent[Chunk] = Sent(KEPT_CHUNKS)
        self._tokens = BURST
        self._filled_at = 0.0
        self._items_at = self._text_at = self._state_at = float("-inf")
        self._held_until: float | None = None

    @property
    def next_number(self) -> int:
        """Of the next output chunk."""
        return self._sent.next_number

    def begin_answer(self) -> None:
        """A new answer: its text starts empty."""
        self._answer = []
        self._text_is_new = True
        self._ended = False

    def end_answer(self) -> None:
        """The answer is whole: once all is out, the chunk is emptied."""
        self._ended = True

    def add(self, delta: Delta) -> None:
        """More of an answer."""
        waiting = self._audio
        if isinstance(delta, TextReceived):
            waiting = self._words
            self._answer.append(delta.delta)
            self._text_is_new = True
        if waiting and waiting[-1].takes(delta):
            waiting[-1].pieces.append(delta.delta)
            waiting[-1].size += len(delta.delta)
        else:
            waiting.append(_Waiting(delta, [delta.delta], len(delta.delta)))

    def change(self, item_ids: tuple[str, ...]) -> None:
        """Items are new, changed or gone."""
        self._items.update(dict.fromkeys(item_ids))

    def change_state(self, name: str) -> None:
        """A trait about the session is new."""
        self._state[name] = None

    def spend(self) -> None:
        """Count a message that went beside the feed."""
        self._tokens -= 1

    def drop_audio(self) -> None:
        """An answer is dead: its sound that was not sent yet never will be."""
        self._audio.clear()

    def again(self, first: int, last: int) -> list[Chunk]:
        """Chunks that the page has missed, as far as they are kept."""
        return self._sent.between(first, last)

    def rush(self) -> Iterator[SendChunk]:
        """All words that wait, at once; for a page that is about to get all items."""
        while self._words:
            self.spend()
            yield self._chunk(self._words.popleft())

    def take(self, now: float) -> Outgoing | None:
        """What to send `now` (seconds of a monotonic clock), or None."""
        gained = (now - self._filled_at) * RATE
        self._tokens, self._filled_at = min(BURST, self._tokens + gained), now
        if self._tokens < _ALMOST_ONE:
            return None
        outgoing = self._next(now)
        if outgoing is not None:
            self._tokens -= 1
        return outgoing

    def wait(self, now: float) -> float | None:
        """Seconds until `take` is worth another try; None when nothing waits."""
        looked_at = []
        if self._words or (self._ended and not self._text_is_new):
            looked_at.append(now)
        if self._items:
            looked_at.append(self._items_at + ITEMS_INTERVAL_S)
        if self._text_is_new:
            looked_at.append(self._text_at + TEXT_INTERVAL_S)
        if self._state:
            looked_at.append(self._state_at + STATE_INTERVAL_S)
        due = [max(min(looked_at), self._held_until or now)] if looked_at else []
        if self._audio:
            due.append(now)
        return max(min(due) - now, (1 - self._tokens) / RATE, 0.0) if due else None

    def _next(self, now: float) -> Outgoing | None:
        held = self._holds(now)
        if self._state and not held and now >= self._state_at + STATE_INTERVAL_S:
            names, self._state, self._state_at = tuple(self._state), {}, now
            return SendState(names)
        if self._audio:
            return self._chunk(self._audio.popleft())
        return None if held else self._next_to_look_at(now)

    def _holds(self, now: float) -> bool:
        """Whether what is only looked at has not waited long enough for sound."""
        lanes = (self._words, self._items, self._state, self._text_is_new, self._ended)
        if not any(lanes):
            self._held_until = None
        elif self._held_until is None:
            self._held_until = now + HOLD_S
        return self._held_until is not None and now < self._held_until

    def _next_to_look_at(self, now: float) -> Outgoing | None:
        if self._words:
            return self._chunk(self._words.popleft())
        if self._items and now >= self._items_at + ITEMS_INTERVAL_S:
            ids, self._items, self._items_at = tuple(self._items), {}, now
            return SendItems(ids)
        if self._text_is_new and now >= self._text_at + TEXT_INTERVAL_S:
            self._text_is_new, self._text_at = False, now
            self._answer = ["".join(self._answer)]
            return SendText(self._answer[0])
        if self._ended and not self._text_is_new:
            self._ended = False
            return SendChunk(empty_chunk())
        return None

    def _chunk(self, waiting: _Waiting) -> SendChunk:
        first = waiting.first
        kind: Literal["text", "audio"] = "text"
        if isinstance(first, AudioReceived):
            kind = "audio"
            joined = b"".join(p for p in waiting.pieces if isinstance(p, bytes))
            content = base64.b64encode(joined).decode("ascii")
        else:
            content = "".join(p for p in waiting.pieces if isinstance(p, str))
        chunk = make_chunk(
            kind,
            content,
            {
                "seq": self._sent.next_number,
                "epoch": self.epoch,
                "response_id": first.response_id,
                "item_id": first.item_id,
                "content_index": first.content_index,
            },
        )
        self._sent.add(chunk)
        return SendChunk(chunk)
