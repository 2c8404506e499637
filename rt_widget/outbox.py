"""What waits to be sent: all in order, but no more sound than is of use."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from rt_widget.audio import duration_ms
from rt_widget.events import InputAudioAppend

if TYPE_CHECKING:
    from rt_widget.events import AnyClientEvent

AUDIO_LIMIT_MS = 5_000
"""Microphone sound kept for a server that does not read; older sound is dropped."""


class Outbox:
    """A queue with one reader. Sound older than `AUDIO_LIMIT_MS` goes first."""

    def __init__(self) -> None:
        self._events: deque[AnyClientEvent] = deque()
        self._filled = asyncio.Event()
        self._audio_ms = 0.0
        self.dropped_ms = 0.0

    def put(self, event: AnyClientEvent) -> None:
        """Add an event; never blocks."""
        self._events.append(event)
        if isinstance(event, InputAudioAppend):
            self._audio_ms += duration_ms(event.audio)
            while self._audio_ms > AUDIO_LIMIT_MS:
                self._drop_oldest_audio()
        self._filled.set()

    async def get(self) -> AnyClientEvent:
        """The oldest event, once there is one."""
        while not self._events:
            self._filled.clear()
            await self._filled.wait()
        event = self._events.popleft()
        if isinstance(event, InputAudioAppend):
            self._audio_ms -= duration_ms(event.audio)
        return event

    def drop_audio(self) -> None:
        """Forget sound that was not sent yet."""
        self._events = deque(
            e for e in self._events if not isinstance(e, InputAudioAppend)
        )
        self._audio_ms = 0.0

    def _drop_oldest_audio(self) -> None:
        for event in self._events:
            if isinstance(event, InputAudioAppend):
                self._events.remove(event)
                self._audio_ms -= duration_ms(event.audio)
                self.dropped_ms += duration_ms(event.audio)
                return
