"""Tokens and latency, as a fold over server events and the time they came."""

from __future__ import annotations

from dataclasses import dataclass, fields

from rt_widget import events


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from the end of the person's turn; None until known."""

    first_text: float | None = None
    first_audio: float | None = None


class Meters:
    """Sums of a session, and the latency of its latest turn."""

    def __init__(self) -> None:
        self.usage = events.Usage()
        self.latency = Latency()
        self._turn_ended: float | None = None

    def turn_ended(self, at: float) -> None:
        """The person has finished: `at` in seconds of a monotonic clock."""
        self._turn_ended = at
        self.latency = Latency()

    def apply(self, event: events.ServerEvent, at: float) -> bool:
        """Take in a server event that came `at`; returns whether a figure changed."""
        match event:
            case events.SpeechStopped() | events.InputCommitted():
                self.turn_ended(at)
                return True
            case events.TextDelta() | events.TranscriptDelta():
                return self._first("first_text", at)
            case events.AudioDelta():
                return self._first("first_audio", at)
            case events.ResponseDone(response=response) if response.usage:
                self.usage = add_usage(self.usage, response.usage)
                return True
            case _:
                return False

    def _first(self, name: str, at: float) -> bool:
        if self._turn_ended is None or getattr(self.latency, name) is not None:
            return False
        times = {f.name: getattr(self.latency, f.name) for f in fields(self.latency)}
        self.latency = Latency(**{**times, name: at - self._turn_ended})
        return True


def add_usage(*usages: events.Usage) -> events.Usage:
    """The sum of tokens."""
    names = [f.name for f in fields(events.Usage)]
    return events.Usage(*(sum(getattr(u, name) for u in usages) for name in names))
