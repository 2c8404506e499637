"""What goes to the page and when, as a fold: joined, numbered, never too often.

Jupyter Server drops comm messages without a word above 1,000 a second for all
widgets together, so a widget keeps to `RATE` whatever the server does. Sound goes at
once. What is only looked at is held for `HOLD_S`, so that the first sound of an answer,
which comes right behind its first words, does not queue behind them in the page; then
the widget's state goes first, and text, items and the rest follow. No delta is dropped:
those of one kind that have to wait are joined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.chunk_queue import ChunkQueue, Delta
from rt_widget.outgoing import Outgoing, SendClip
from rt_widget.shown import Pace, Shown
from rt_widget.updates import TextReceived

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget.replay import Clip
    from rt_widget.updates import CaptionsChanged

RATE = 40.0
"""Messages a second in the long run."""

BURST = 8.0
"""Messages that may go at once after a quiet moment."""

CLIP_INTERVAL_S = 0.1
"""Between two clips of a second: ten times as fast as they are played."""

HOLD_S = 0.02
"""How long what is only looked at lets sound overtake it."""

_ALMOST_ONE = 1 - 1e-9
"""A whole message, but for the rounding of clocks."""


class PageFeed:
    """Collects news for the page; `take` gives it out at a rate that hosts bear.

    `chunks` has the answers' deltas.
    """

    def __init__(self) -> None:
        self.chunks = ChunkQueue()
        self._shown = Shown()
        self._clips: Iterator[Clip] | None = None
        self._clips_pace = Pace(CLIP_INTERVAL_S)
        self._tokens = BURST
        self._filled_at = 0.0
        self._held_until: float | None = None

    def begin_answer(self, response_id: str, before: str = "") -> None:
        """A new answer: its text starts empty; or one goes on behind `before`."""
        self._shown.begin_answer(response_id, before)

    def end_answer(self, response_id: str | None = None) -> None:
        """The answer has ended: once all of it is out, it is closed. None for any."""
        self._shown.end_answer(response_id)

    def add(self, delta: Delta) -> None:
        """More of an answer."""
        self.chunks.add(delta)
        if isinstance(delta, TextReceived):
            self._shown.add_text(delta.delta)

    def caption(self, update: CaptionsChanged) -> None:
        """Marks of an item are new."""
        self._shown.caption(update)

    def change(self, item_ids: tuple[str, ...]) -> None:
        """Items are new, changed or gone."""
        self._shown.change(item_ids)

    def change_state(self, name: str) -> None:
        """A trait about the session is new."""
        self._shown.change_state(name)

    def replay(self, clips: Iterator[Clip] | None) -> None:
        """Send these from now on, in place of those that were being sent."""
        self._clips = clips

    def spend(self) -> None:
        """Count a message that went beside the feed."""
        self._tokens -= 1

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
        ending = self._shown.ending
        looked_at = list(self._shown.due())
        if self.chunks.has_words(ending):
            looked_at.append(now)
        held_until = now if self._shown.is_behind else self._held_until or now
        due = [max(min(looked_at), held_until)] if looked_at else []
        if self.chunks.has_sound(ending):
            due.append(now)
        if self._clips is not None:
            due.append(self._clips_pace.next_at)
        return max(min(due) - now, (1 - self._tokens) / RATE, 0.0) if due else None

    def _next(self, now: float) -> Outgoing | None:
        held = self._holds(now)
        state = None if held else self._shown.take_state(now)
        if state is not None:
            return state
        # One answer at a time: what is left of the last, its end, and then the next.
        ending = self._shown.ending
        if self.chunks.has_sound(ending):
            return self.chunks.sound()
        if self._clips is not None and now >= self._clips_pace.next_at:
            self._clips_pace.goes(now)
            return self._next_clip(self._clips)
        if held:
            return None
        if self.chunks.has_words(ending):
            return self.chunks.words()
        return self._shown.take(now)

    def _next_clip(self, clips: Iterator[Clip]) -> SendClip:
        clip = next(clips)
        if clip.last:
            self._clips = None
        return SendClip(clip)

    def _holds(self, now: float) -> bool:
        """Whether what is only looked at has not waited long enough for sound."""
        if not (self.chunks.has_words() or self._shown.is_waiting):
            self._held_until = None
        elif self._held_until is None:
            self._held_until = now + HOLD_S
        if self._held_until is None or self._shown.is_behind:
            return False
        return now < self._held_until
