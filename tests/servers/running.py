"""Plays a scenario's steps: turns them into events, at their pace."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Protocol

from tests.servers.steps import (
    Afterwards,
    Call,
    Close,
    Cut,
    Finish,
    Forge,
    Pause,
    Play,
    Say,
    Unbilled,
    Vanish,
)
from tests.servers.wire import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.responses import ResponseBuilder
    from tests.servers.steps import Step
    from tests.servers.wire import JsonObject


class Outlet(Protocol):
    """Where a response's messages go."""

    async def post(self, message: JsonObject | str | bytes) -> None:
        """Send an event, or a raw message."""

    async def end(self, how: Close | Cut) -> None:
        """End the connection."""

    def audio_was_sent(self) -> None:
        """Take note that the session has produced audio."""

    def response_ends(self, response_id: str) -> None:
        """Take note that `response.done` is about to be sent."""


class ResponseRun:
    """One response while it is given.

    Args:
        builder: Turns steps into events.
        steps: The scenario's answer.
        outlet: Where events go.
        pace: Audio is sent at this multiple of real time; 0 is at once.
    """

    def __init__(
        self,
        builder: ResponseBuilder,
        steps: Iterator[Step],
        outlet: Outlet,
        pace: float,
    ) -> None:
        self.builder = builder
        self._steps = steps
        self._outlet = outlet
        self._pace = pace
        self._end = Finish("completed")
        self._stop = asyncio.Event()
        self._due: float | None = None
        self._vanished = False
        self._afterwards: list[Afterwards] = []

    def stop(self, reason: str) -> None:
        """Cancel it; its last events follow."""
        self._end = Finish("cancelled", reason=reason)
        self._stop.set()

    async def run(self) -> None:
        """Send everything, `response.done` included."""
        await self._post(self.builder.started())
        for step in self._steps:
            if self._stop.is_set():
                break
            await self._take(step)
            if self.builder.over_limit and not self._stop.is_set():
                self._finish(Finish("incomplete", reason="max_output_tokens"))
        if not self._vanished:
            await self._conclude()

    async def _conclude(self) -> None:
        ids = self.builder.ids
        *events, done = self.builder.finished(self._end)
        await self._post(events)
        self._outlet.response_ends(self.builder.id)
        await self._outlet.post(done)
        for step in self._afterwards:
            for message in step.make(ids):
                await self._outlet.post(message)

    async def _take(self, step: Step) -> None:
        match step:
            case Say(delta):
                await self._post(self.builder.say(delta))
            case Play(pcm):
                await self._play(pcm)
            case Call():
                await self._post(self.builder.call(step))
            case Forge(make):
                for message in make(self.builder.ids):
                    await self._outlet.post(message)
            case _:
                await self._turn(step)

    async def _turn(self, step: Step) -> None:
        match step:
            case Pause(seconds):
                await self._wait(seconds)
            case Close() | Cut():
                self._vanish()
                await self._outlet.end(step)
            case Finish():
                self._finish(step)
            case Afterwards():
                self._afterwards.append(step)
            case Unbilled():
                self.builder.billed = False
            case Vanish():
                self._vanish()

    async def _play(self, pcm: bytes) -> None:
        if not self.builder.spoken:
            return
        if self._pace > 0:
            now = asyncio.get_running_loop().time()
            due = now if self._due is None else self._due
            if due > now:
                await self._wait(due - now)
            self._due = due + len(pcm) / (2 * SAMPLE_RATE_HZ * self._pace)
        if not self._stop.is_set():
            await self._post(self.builder.play(pcm))
            self._outlet.audio_was_sent()

    async def _wait(self, seconds: float | None) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)

    async def _post(self, events: list[JsonObject]) -> None:
        for event in events:
            await self._outlet.post(event)

    def _finish(self, end: Finish) -> None:
        self._end = end
        self._stop.set()

    def _vanish(self) -> None:
        self._vanished = True
        self._stop.set()
