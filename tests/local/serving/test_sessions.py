"""Sessions that end, break, or are told nonsense; and that the others go on."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from rt_widget.backends.local.protocol.fold import LocalProtocol
from rt_widget.backends.local.requests.values import ClearAudio
from rt_widget.backends.local.serving import Bounds
from tests.local.scripted import LoudnessVad
from tests.local.serving.house import (
    LONG,
    RETRIEVE,
    answers,
    ask,
    client,
    end_of,
    error_of,
    hear,
    let_in,
    port_of,
    serving,
)

if TYPE_CHECKING:
    from rt_widget.backends.local.protocol.outcome import Outcome
    from rt_widget.backends.local.requests import Request


async def test_a_session_ends_in_time_and_says_so() -> None:
    async with serving(Bounds(session_s=0.3)) as server, client(server) as one:
        created = await hear(one)
        expired = error_of(await hear(one))
        close = await end_of(one)

        assert isinstance(created["session"], dict)
        assert created["session"]["expires_at"] <= time.time()
        assert expired["code"] == "session_expired"
        assert close.code == 1001
        assert close.reason == expired["message"]


async def test_a_session_ends_in_time_though_its_client_does_not_read() -> None:
    bounds = Bounds(connections=1, session_s=1.0, closing_s=0.1)
    async with serving(bounds) as server:
        one = await client(server)
        await hear(one)
        one.transport.pause_reading()
        await one.send(json.dumps({"type": "conversation.item.create", "item": LONG}))
        for _ in range(100):
            await one.send(json.dumps(RETRIEVE))
        while not (another := await let_in(server)):
            pass
        await another.close()
        one.transport.abort()


async def test_a_server_that_stops_says_goodbye() -> None:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(Bounds(handshake_s=60)))
        one = await client(server)
        _, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
        await hear(one)
        async with asyncio.TaskGroup() as both:
            both.create_task(stack.aclose())
            close = await end_of(one)
        writer.close()

    assert (close.code, close.reason) == (1001, "The server was stopped.")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("", "invalid_json"),
        ("junk", "invalid_json"),
        ("[" * 100_000, "invalid_json"),
        ('{"type": NaN}', "invalid_json"),
        ("9" * 5_000, "invalid_json"),
        ("null", "invalid_event"),
        ('["session.update"]', "invalid_event"),
        ("{}", "missing_required_parameter"),
        ('{"type": "session.update", "session": 7}', "invalid_type"),
        (b'{"type": "response.create"}', "invalid_event"),
        (b"\xff\x00", "invalid_event"),
    ],
)
async def test_a_message_that_is_none_is_answered_and_the_session_goes_on(
    message: str | bytes, code: str
) -> None:
    async with serving() as server, client(server) as one:
        await hear(one)
        await one.send(message)
        error = error_of(await hear(one))

        assert (error["type"], error["code"]) == ("invalid_request_error", code)
        assert await answers(one)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"\x81\x82\0\0\0\0\xff\xfe", 1007),
        (b"\x81\x02hi", 1002),
        (b"\xf1\x80\0\0\0\0", 1002),
    ],
    ids=["bad UTF-8", "without a mask", "reserved bits"],
)
async def test_what_is_no_websocket_any_more_ends_that_session_only(
    frame: bytes, code: int
) -> None:
    async with serving() as server, client(server) as other, client(server) as one:
        await hear(other)
        one.transport.write(frame)

        assert (await end_of(one)).code == code
        assert await answers(other)


async def test_a_session_that_breaks_ends_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(protocol: LocalProtocol, request: Request) -> Outcome:
        if isinstance(request, ClearAudio):
            raise ZeroDivisionError
        return receive(protocol, request)

    receive = LocalProtocol.receive
    monkeypatch.setattr(LocalProtocol, "receive", breaks)
    async with serving() as server, client(server) as other, client(server) as one:
        await hear(other)
        await hear(one)
        error = error_of(await ask(one, type="input_audio_buffer.clear"))

        assert (error["type"], error["code"]) == ("server_error", "server_error")
        assert (await end_of(one)).code == 1011
        assert await answers(other)


async def test_a_client_that_left_leaves_its_place() -> None:
    async with serving(Bounds(sessions=1)) as server:
        for _ in range(20):
            one = await client(server)
            one.transport.abort()
            while not (another := await let_in(server)):
                pass
            await another.close()


async def test_a_session_that_does_not_begin_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving() as server, client(server) as other:
        await hear(other)
        with monkeypatch.context() as broken:
            broken.setattr(LoudnessVad, "__init__", None)
            async with client(server) as one:
                error = error_of(await hear(one))
                close = await end_of(one)

        assert error["type"] == "server_error"
        assert close.code == 1011
        assert await answers(other)
