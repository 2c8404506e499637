"""What waits to be sent: all in order, but no more live sound than is of use."""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import count
from typing import TYPE_CHECKING

from rt_widget.audio import duration_ms
from rt_widget.events import InputAudioAppend

if TYPE_CHECKING:
    from rt_widget.events import AnyClientEvent

AUDIO_LIMIT_MS = 5_000
"""Microphone sound kept for a server that does not read; older sound is dropped."""


class Outbox:
    """A queue with one reader. Microphone sound beyond `AUDIO_LIMIT_MS` is dropped."""

    def __init__(self) -> None:
        self._numbers = count()
        self._kept: deque[tuple[int, AnyClientEvent]] = deque()
        self._live: deque[tuple[int, InputAudioAppend]] = deque()
        self._live_ms = 0.0
        self._filled = asyncio.Event()
        self.dropped_ms = 0.0

    def put(self, event: AnyClientEvent) -> None:
        """Add an event; never blocks."""
        self._kept.append((next(self._numbers), event))
        self._filled.set()

    def put_live(self, event: InputAudioAppend) -> None:
        """Add a piece of the microphone; the oldest ones go when there are too many."""
        self._live.append((next(self._numbers), event))
        self._live_ms += duration_ms(event.audio)
        while self._live_ms > AUDIO_LIMIT_MS:
            self.dropped_ms += duration_ms(self._oldest_live().audio)
        self._filled.set()

    async def get(self) -> AnyClientEvent:
        """The oldest event, once there is one."""
        while not (self._kept or self._live):
            self._filled.clear()
            await self._filled.wait()
        if self._live and (not self._kept or self._live[0][0] < self._kept[0][0]):
            return self._oldest_live()
        return self._kept.popleft()[1]

    def drop_audio(self) -> float:
        """Forget sound that was not sent yet; returns how much, in milliseconds."""
        dropped_ms, self._live_ms = self._live_ms, 0.0
        self._live.clear()
        kept: deque[tuple[int, AnyClientEvent]] = deque()
        for number, event in self._kept:
            if isinstance(event, InputAudioAppend):
                dropped_ms += duration_ms(event.audio)
            else:
                kept.append((number, event))
        self._kept = kept
        return dropped_ms

    def _oldest_live(self) -> InputAudioAppend:
        _, event = self._live.popleft()
        self._live_ms -= duration_ms(event.audio)
        return event
