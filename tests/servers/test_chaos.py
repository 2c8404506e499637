"""The proxy spoils the line as told, and only as told."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, ConnectionClosedError

from tests.servers.chaos import ChaosProxy, Line
from tests.servers.dialogue import Dialogue, session
from tests.servers.process import ROOT
from tests.servers.signals import CounterReport, check_counter

if TYPE_CHECKING:
    from tests.servers.process import RealtimeServerProcess

SECOND = "counter,duration=1,pace=0"
SECOND_BYTES = 64_000


async def count(dialogue: Dialogue) -> CounterReport:
    await dialogue.send("response.create")
    events = await dialogue.until("response.done")
    kind = "response.output_audio.delta"
    deltas = [base64.b64decode(e["delta"]) for e in events if e["type"] == kind]
    return check_counter(np.frombuffer(b"".join(deltas), "<i2"), expected=24_000)


@pytest.mark.parametrize(
    "line",
    [
        Line(),
        Line(latency=0.01, jitter=0.02, seed=3),
        Line(loss=0.2, resend_after=0.02, seed=3),
        Line(slice_bytes=3),
        Line(bandwidth=1_000_000, slice_bytes=1_000),
    ],
)
async def test_whatever_it_does_nothing_is_lost(
    server: RealtimeServerProcess, line: Line
) -> None:
    with ChaosProxy(server.port, line) as proxy:
        async with session(proxy.url, SECOND) as dialogue:
            assert (await count(dialogue)).intact
        assert proxy.connections == 1


async def test_latency_and_bandwidth_take_their_time(
    server: RealtimeServerProcess,
) -> None:
    with ChaosProxy(server.port) as proxy:
        async with session(proxy.url, SECOND) as dialogue:
            proxy.set_line(Line(latency=0.1))
            begun = time.monotonic()
            await dialogue.update()
            assert time.monotonic() - begun >= 0.2
            proxy.set_line(Line(bandwidth=SECOND_BYTES / 0.5))
            begun = time.monotonic()
            assert (await count(dialogue)).intact
            assert time.monotonic() - begun >= 0.5


async def test_a_lost_packet_comes_later_and_holds_up_the_rest(
    server: RealtimeServerProcess,
) -> None:
    with ChaosProxy(server.port) as proxy:
        async with session(proxy.url, SECOND) as dialogue:
            proxy.set_line(Line(loss=0.999, resend_after=0.1))
            begun = time.monotonic()
            await dialogue.update()
            assert time.monotonic() - begun >= 0.2


async def test_a_stall_holds_everything_back(server: RealtimeServerProcess) -> None:
    with ChaosProxy(server.port) as proxy:
        async with session(proxy.url, SECOND) as dialogue:
            proxy.stall()
            await dialogue.send("response.create")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(dialogue.socket.recv(), 0.2)
            proxy.resume()
            await dialogue.until("response.done")


@pytest.mark.parametrize("how", ["reset", "cut"])
async def test_open_connections_can_be_ended(
    server: RealtimeServerProcess, how: str
) -> None:
    with ChaosProxy(server.port) as proxy:
        async with session(proxy.url) as dialogue:
            getattr(proxy, how)()
            with pytest.raises(ConnectionClosedError) as caught:
                await dialogue.next()
            assert caught.value.rcvd is None
            cause = caught.value.__cause__
            assert isinstance(cause, ConnectionResetError) == (how == "reset")
        async with session(proxy.url) as dialogue:
            await dialogue.update()


@pytest.mark.parametrize("name", ["reset_after", "cut_after"])
async def test_the_line_can_break_after_some_bytes(
    server: RealtimeServerProcess, name: str
) -> None:
    with ChaosProxy(server.port, Line(**{name: 20_000})) as proxy:
        async with session(proxy.url, SECOND) as dialogue:
            with pytest.raises(ConnectionClosed):
                await count(dialogue)
    size = sum(len(json.dumps(event)) for event in dialogue.events)
    assert 0 < size < 20_000


async def test_a_half_open_connection_is_silent(server: RealtimeServerProcess) -> None:
    with ChaosProxy(server.port) as proxy:
        async with session(proxy.url) as dialogue:
            proxy.half_open()
            pong = await dialogue.socket.ping()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(pong, 0.3)
            assert dialogue.socket.close_code is None
            dialogue.socket.transport.abort()


async def test_no_server_behind_it(unused_tcp_port: int) -> None:
    with ChaosProxy(unused_tcp_port) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()


def test_it_also_runs_as_a_process(server: RealtimeServerProcess) -> None:
    async def count_through(url: str) -> CounterReport:
        async with session(url, SECOND) as dialogue:
            return await count(dialogue)

    command = [sys.executable, "-m", "tests.servers.chaos", str(server.port)]
    with subprocess.Popen(
        [*command, "--latency=0.05"], stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        try:
            ready = json.loads(process.stdout.readline())
            assert asyncio.run(count_through(ready["url"])).intact
        finally:
            os.kill(process.pid, signal.SIGTERM)
        assert process.wait(10) == 0
