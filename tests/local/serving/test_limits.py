"""What strangers may take of this computer, and that the others do not notice."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.protocol import State

from rt_widget.backends.local.serving import Bounds
from rt_widget.backends.local.session import LocalSession
from tests.local.scripted import LoudnessVad, silence
from tests.local.serving.house import (
    LONG,
    PATIENCE_S,
    RETRIEVE,
    answers,
    client,
    end_of,
    error_of,
    hear,
    let_in,
    port_of,
    serving,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rt_widget.backends.local.requests import Request, Wire

MIB = 1024 * 1024


async def test_a_session_too_many_is_told_of_the_limit_until_one_ends() -> None:
    async with serving(Bounds(sessions=2)) as server, AsyncExitStack() as stack:
        first = await stack.enter_async_context(client(server))
        second = await stack.enter_async_context(client(server))
        with pytest.raises(InvalidStatus) as refused:
            await client(server)
        response = refused.value.response
        await first.close()
        third = await stack.enter_async_context(client(server))

        assert response.status_code == 429
        assert response.headers["Retry-After"] == "5"
        assert b"(--sessions 2)" in (response.body or b"")
        for socket in (second, third):
            await hear(socket)
            assert await answers(socket)


async def test_of_100_connections_as_many_stay_as_there_is_room_for() -> None:
    bounds = Bounds(sessions=100, connections=32)
    async with serving(bounds) as server, AsyncExitStack() as stack:
        came = await asyncio.gather(
            *(client(server) for _ in range(100)), return_exceptions=True
        )
        let_in = [one for one in came if not isinstance(one, BaseException)]
        refused = [one for one in came if isinstance(one, InvalidStatus)]
        for socket in let_in:
            stack.push_async_callback(socket.close)
            await hear(socket)
            assert await answers(socket)
        with pytest.raises(InvalidStatus, match="503"):
            await client(server)

        assert len(let_in) == 32
        assert [one.response.status_code for one in refused] == [503] * 68


async def test_100_that_ask_for_nothing_do_not_keep_out_one_that_asks() -> None:
    bounds = Bounds(connections=16, handshake_s=PATIENCE_S)
    async with serving(bounds) as server, AsyncExitStack() as stack:
        silent = []
        for _ in range(100):
            reader, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
            stack.callback(writer.close)
            silent.append(reader)
        one = await stack.enter_async_context(client(server))
        await hear(one)
        assert await answers(one)
        # The oldest have given way, one for each that was too many.
        for reader in silent[:85]:
            assert (await reader.read()).startswith(b"HTTP/1.1 503")


@pytest.mark.parametrize("drip", [b"", b"G", b"GET /v1/realtime HT"])
async def test_one_that_asks_for_ever_is_given_up_on(drip: bytes) -> None:
    async with serving(Bounds(handshake_s=0.2)) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
        writer.write(drip)
        with suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()


async def test_an_event_of_100_mb_ends_its_session_and_no_other() -> None:
    async with serving() as server, client(server) as other:
        await hear(other)
        one = await client(server)
        # As bytes: the client would take its time to make them.
        one.transport.write(b"\x81\xff" + (100 * MIB).to_bytes(8) + bytes(4))
        while one.state is State.OPEN:
            one.transport.write(bytes(MIB))
            await asyncio.sleep(0)
        close = await end_of(one)

        assert close.code == 1009
        assert f"{16 * MIB}" in close.reason
        assert await answers(other)


async def test_a_client_that_does_not_read_is_let_go_and_no_other() -> None:
    bounds = Bounds(sessions=2, outbox_bytes=2 * MIB, closing_s=0.1)
    async with serving(bounds) as server, client(server) as other:
        await hear(other)
        one = await client(server)
        await hear(one)
        one.transport.pause_reading()
        await one.send(json.dumps({"type": "conversation.item.create", "item": LONG}))
        while not (third := await let_in(server)):
            with suppress(ConnectionClosed):
                await one.send(json.dumps(RETRIEVE))
            assert await answers(other)
        await third.close()
        one.transport.abort()


async def test_a_client_that_reads_again_in_time_learns_why_it_was_let_go() -> None:
    async with serving(Bounds(outbox_bytes=MIB)) as server, client(server) as one:
        await hear(one)
        one.transport.pause_reading()
        await one.send(json.dumps({"type": "conversation.item.create", "item": LONG}))
        for _ in range(100):
            await one.send(json.dumps({**RETRIEVE, "event_id": "x" * 500}))
        one.transport.resume_reading()
        close = await end_of(one)

        assert close.code == 1008
        assert close.reason.startswith("Events were not read: more than 1.05 MB")


class SlowVad(LoudnessVad):
    """Listens to nothing until it is let go."""

    def __init__(self) -> None:
        self.gate = threading.Event()

    def probability(self, frame: NDArray[np.int16]) -> float:
        assert self.gate.wait(PATIENCE_S)
        return super().probability(frame)


async def test_of_what_is_sent_faster_than_it_is_heard_little_is_taken_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waiting: list[int] = []

    def counted(session: LocalSession, request: Request) -> None:
        submit(session, request)
        waiting.append(session.waiting)

    submit = LocalSession.submit
    monkeypatch.setattr(LocalSession, "submit", counted)
    vad, bounds = SlowVad(), Bounds(inbox_bytes=MIB // 4)
    async with (
        serving(bounds, vad=vad) as server,
        client(server) as other,
        client(server) as one,
    ):
        await hear(one)
        await hear(other)
        audio = base64.b64encode(silence(1.0)).decode()
        for _ in range(30):
            await one.send(
                json.dumps({"type": "input_audio_buffer.append", "audio": audio})
            )
        while len(waiting) < MIB // 4 // len(audio):
            assert await answers(other)
        for _ in range(20):
            assert await answers(other)
        vad.gate.set()

        assert await answers(one)
        assert len(waiting) == 30
        assert max(waiting) <= 1 + MIB // 4 // len(audio)


async def test_a_conversation_does_not_grow_for_ever() -> None:
    async with serving(Bounds(items_bytes=MIB)) as server, client(server) as one:
        await hear(one)
        told: list[Wire] = []
        for number in range(20):
            item = {**LONG, "id": f"item_{number}"}
            create = {"type": "conversation.item.create", "item": item}
            await one.send(json.dumps({**create, "event_id": f"event_{number}"}))
        while len(told) < 30:
            told.append(await hear(one))
        errors = [error_of(event) for event in told if event["type"] == "error"]

        # Each of the ten that went in is told of twice.
        assert [error["event_id"] for error in errors] == [
            f"event_{number}" for number in range(10, 20)
        ]
        assert {error["code"] for error in errors} == {"conversation_too_large"}
        assert await answers(one)
