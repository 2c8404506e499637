"""A conversation over any connection, and what becomes of processes."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from rt_widget import events
from rt_widget.backends.local.homes import _Child
from rt_widget.config import SessionConfig

if TYPE_CHECKING:
    from collections.abc import Callable

    from rt_widget.backends.base import Connection
    from rt_widget.backends.local import LocalBackend
    from rt_widget.events import ServerEvent

PATIENCE_S = 60.0


async def connected(backend: LocalBackend) -> Connection:
    """A session that has begun."""
    connection = await backend.connect(backend.adjust(SessionConfig()).config)
    assert isinstance(await connection.receive(), events.SessionCreated)
    return connection


async def ask(connection: Connection, words: str) -> list[ServerEvent]:
    """What comes from a typed question to the end of its answer."""
    name = events.new_id("item")
    await connection.send(events.ItemCreate(item_id=name, text=words))
    await connection.send(events.ResponseCreate())
    said = []
    async with asyncio.timeout(PATIENCE_S):
        while True:
            said.append(await connection.receive())
            if isinstance(said[-1], events.ResponseDone):
                return said


def text_of(said: list[ServerEvent]) -> str:
    return "".join(e.delta for e in said if isinstance(e, events.TranscriptDelta))


def response_of(said: list[ServerEvent]) -> events.WireResponse:
    done = said[-1]
    assert isinstance(done, events.ResponseDone)
    return done.response


def pid_of(backend: LocalBackend) -> int:
    """The child's number."""
    home = backend._home
    assert isinstance(home, _Child)
    return home.process.pid


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def comes_true(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - other processes set no event
            await asyncio.sleep(0.02)
