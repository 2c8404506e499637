"""The server is a process that ends with its owner, and its log tells all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.servers.dialogue import session
from tests.servers.process import ROOT, RealtimeServerProcess, ServerFailedError
from tests.servers.signals import tone

ORPHAN = """
import os
from tests.servers.process import RealtimeServerProcess
server = RealtimeServerProcess().start()
print(server.pid, flush=True)
os.kill(os.getpid(), 9)
"""


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    return state != "Z"


def test_leaving_the_block_ends_the_process() -> None:
    with RealtimeServerProcess() as server:
        pid, log = server.pid, server.log_path
        assert is_running(pid)
        assert server.url == f"ws://127.0.0.1:{server.port}/v1"
    assert not is_running(pid)
    assert not log.exists()
    server.stop()


def test_a_killed_owner_leaves_no_orphan() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, env=environment
    ) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        owner.wait(10)
    end = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < end:
        time.sleep(0.01)
    assert not is_running(pid)


def test_a_server_that_cannot_start_says_why() -> None:
    with pytest.raises(ServerFailedError, match="option without a value"):
        RealtimeServerProcess("echo,nonsense").start()
    with pytest.raises(ServerFailedError, match="not running"):
        _ = RealtimeServerProcess().pid


async def test_the_log_tells_when_each_chunk_came_and_each_delta_went(
    server: RealtimeServerProcess,
) -> None:
    before = time.time()
    async with session(server.url, "counter,duration=0.5,pace=4") as dialogue:
        await dialogue.append(tone(0.3, level=0.01))
        await dialogue.send("response.create")
        await dialogue.until("response.done")
    server.wait_for(lambda s: any(line["connection"] for line in s.log("closed")))
    chunks = server.received("input_audio_buffer.append")
    assert len(chunks) == 3
    deltas = server.sent("response.output_audio.delta")
    assert [line["delta_index"] for line in deltas] == [0, 1, 2, 3, 4]
    assert [line["samples"] for line in deltas] == [2_400] * 5
    assert all("delta" not in line["event"] for line in deltas)
    times = [line["t"] for line in (*chunks, *deltas)]
    assert times == sorted(times)
    assert before <= times[0]
    assert times[-1] <= time.time()
    created = server.sent("response.created")[0]
    assert times[-1] - created["t"] >= 0.099
    assert all(line["bytes"] > 6_400 for line in chunks)
    assert len(json.dumps(chunks[0]["event"])) == chunks[0]["bytes"]
    assert [line["index"] for line in server.sent()][:2] == [0, 1]


async def test_orders_while_connections_are_open() -> None:
    with RealtimeServerProcess() as server:
        async with session(server.url) as dialogue:
            event = {"type": "input_audio_buffer.cleared"}
            server.command("send", event=event)
            await dialogue.expect("input_audio_buffer.cleared")
            server.command("close", code=1012, reason="restart")
            with pytest.raises(ConnectionClosed) as caught:
                await dialogue.next()
            assert caught.value.rcvd is not None
            assert caught.value.rcvd.code == 1012
        for how in ("reset", "fin"):
            async with session(server.url) as dialogue:
                server.command(how)
                with pytest.raises(ConnectionClosed) as caught:
                    await dialogue.next()
                assert caught.value.rcvd is None
