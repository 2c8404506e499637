from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from rt_widget import events
from rt_widget.backends.base import Adjusted, Capabilities
from rt_widget.chunk_turn import Ended, Spoken, Typed
from rt_widget.config import SessionConfig
from rt_widget.errors import ConnectError, NotConnectedError
from rt_widget.live import Live
from tests.test_publisher import Page

if TYPE_CHECKING:
    from rt_widget.chunk_turn import Part
    from rt_widget.events import AnyClientEvent, ServerEvent


class Gate:
    """A backend, in this process, that lets nobody in until it is opened."""

    capabilities = Capabilities("gate", "gate")

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.opened = asyncio.Event()
        self.has_sent = asyncio.Event()
        self.sent: list[AnyClientEvent] = []
        self.connects = 0
        self._news: asyncio.Queue[ServerEvent] = asyncio.Queue()

    def adjust(self, config: SessionConfig) -> Adjusted:
        return Adjusted(config)

    async def connect(self, config: SessionConfig) -> Gate:
        del config
        self.connects += 1
        self.asked.set()
        await self.opened.wait()
        self._news.put_nowait(events.SessionCreated(events.ServerSession()))
        return self

    async def send(self, event: AnyClientEvent) -> None:
        self.sent.append(event)
        self.has_sent.set()
        if isinstance(event, events.SessionUpdate):
            self._news.put_nowait(events.SessionUpdated(events.ServerSession()))

    async def receive(self) -> ServerEvent:
        return await self._news.get()

    async def close(self) -> None:
        pass


@pytest.fixture
async def backend() -> Gate:
    return Gate()


@pytest.fixture
async def live(backend: Gate) -> Live:
    return Live(backend, SessionConfig, Page())


def sounds(backend: Gate) -> list[int]:
    appends = (e for e in backend.sent if isinstance(e, events.InputAudioAppend))
    return [int.from_bytes(event.audio, "little") for event in appends]


async def until_sent(backend: Gate, count: int) -> None:
    while len(sounds(backend)) < count:
        backend.has_sent.clear()
        await backend.has_sent.wait()


def pcm(number: int) -> bytes:
    return number.to_bytes(2, "little")


async def test_what_is_said_while_a_session_opens_keeps_its_order(
    live: Live, backend: Gate
) -> None:
    tasks = [asyncio.create_task(live.put(Spoken(pcm(n)))) for n in range(20)]
    await asyncio.sleep(0)
    backend.opened.set()
    for number in range(20, 60):
        tasks.append(asyncio.create_task(live.put(Spoken(pcm(number)))))
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    await until_sent(backend, 60)

    assert sounds(backend) == list(range(60))
    assert backend.connects == 1
    await live.close()


async def test_a_turn_that_cannot_be_sent_is_tried_once(
    live: Live, backend: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[None] = []

    async def refuse(_: SessionConfig) -> Gate:
        tries.append(None)
        raise ConnectError("Nobody is there.")

    with monkeypatch.context() as patch:
        patch.setattr(backend, "connect", refuse)
        turn: list[Part] = [Spoken(pcm(1)), *[Spoken(pcm(2))] * 8, Ended()]
        outcomes = await asyncio.gather(
            *(live.put(part) for part in [*turn, Spoken(pcm(3)), Typed("Hello?")]),
            return_exceptions=True,
        )
    assert [type(each) for each in outcomes if each] == [ConnectError] * 3
    assert len(tries) == 3

    backend.opened.set()
    await live.put(Spoken(pcm(4)))
    await until_sent(backend, 1)
    assert sounds(backend) == [4]
    await live.close()


async def test_all_who_wait_are_told_that_connecting_was_given_up(
    live: Live, backend: Gate
) -> None:
    waiting = [asyncio.create_task(live.connect()) for _ in range(3)]
    await backend.asked.wait()
    await live.disconnect()

    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(result) for result in results] == [NotConnectedError] * 3


async def test_one_who_gives_up_does_not_stop_the_others(
    live: Live, backend: Gate
) -> None:
    impatient, patient = (asyncio.create_task(live.connect()) for _ in range(2))
    await backend.asked.wait()
    impatient.cancel()
    backend.opened.set()

    assert await patient is not None
    with pytest.raises(asyncio.CancelledError):
        await impatient
    await live.close()


async def test_connecting_after_giving_up_starts_anew(
    live: Live, backend: Gate
) -> None:
    first = asyncio.create_task(live.connect())
    await backend.asked.wait()
    leaving = asyncio.create_task(live.disconnect())
    await asyncio.gather(first, leaving, return_exceptions=True)
    backend.opened.set()

    assert await live.connect() is not None
    assert backend.connects == 2
    await live.close()


async def test_a_backend_that_fails_leaves_the_status_right(
    live: Live, backend: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: SessionConfig) -> Gate:
        msg = "a defect"
        raise ZeroDivisionError(msg)

    monkeypatch.setattr(backend, "connect", broken)
    page = live._page
    with pytest.raises(ZeroDivisionError):
        await live.connect()
    assert isinstance(page, Page)
    assert page.traits["status"] == "disconnected"
