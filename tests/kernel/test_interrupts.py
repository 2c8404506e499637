"""The stop button of a notebook, in a real kernel."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Wire
from tests.kernel.interrupts import MAKE, SCENARIO, WAITS, interrupted

if TYPE_CHECKING:
    from tests.kernel.kernel import Kernel
    from tests.servers.process import RealtimeServerProcess

TIMES = 3


@pytest.mark.parametrize("name", WAITS)
def test_an_interrupted_cell_cancels_its_answer_and_the_next_cell_asks_again(
    kernel: Kernel, server: RealtimeServerProcess, name: str
) -> None:
    number = list(WAITS).index(name)
    wire = Wire(server, f"{SCENARIO},run=interrupts{number}")
    made = kernel.run(MAKE.format(url=server.url, model=wire.model))
    assert made == "You said: Hello\n"

    assert len(list(interrupted(kernel, wire, WAITS[name], TIMES))) == TIMES
    assert len(wire.connections) == 1
    assert wire.sent("error") == []
    kernel.run("w.close()")


def test_a_tasks_interrupt_spares_the_other_tasks_of_the_notebook(
    kernel: Kernel, server: RealtimeServerProcess
) -> None:
    wire = Wire(server, f"{SCENARIO},run=spared")
    kernel.run(MAKE.format(url=server.url, model=wire.model))
    kernel.run("""
import asyncio
ticks = 0
async def tick():
    global ticks
    while True:
        ticks += 1
        await asyncio.sleep(0.001)
ticking = asyncio.create_task(tick())
""")
    assert list(interrupted(kernel, wire, "w.ask_sync('slowly')", TIMES))

    before = int(kernel.run("print(ticks)"))
    kernel.run("await asyncio.sleep(0.1)")
    assert int(kernel.run("print(ticks)")) > before
    assert kernel.run("print(ticking.cancel()); w.close()") == "True\n"


def test_an_interrupted_listener_hears_what_is_said_next(
    kernel: Kernel, server: RealtimeServerProcess
) -> None:
    wire = Wire(server, "echo,heard=good morning,run=ears")
    kernel.run(MAKE.format(url=server.url, model=wire.model))
    kernel.run("listening = w.listen()")
    for loop in ("for", "async for"):
        cell = kernel.start(f"print('listens')\n{loop} said in listening: pass")
        kernel.says(cell, "listens")
        kernel.interrupt()
        assert kernel.ended(cell).error in ("KeyboardInterrupt", "CancelledError")
    kernel.run("""
from rt_widget.chunks import make_chunk
import base64
from tests.conftest import silence, speech
sound = base64.b64encode(speech(0.6) + silence(0.8)).decode()
w.send(make_chunk("audio", sound))
""")
    heard = "for said in listening:\n    if said.is_final: break\nprint(said.text)"
    assert kernel.run(heard) == "good morning\n"
    kernel.run("w.close()")
    assert kernel.run("print(list(listening))") == "[]\n"


@pytest.mark.parametrize("wait", ["w.ask_sync('slowly')", "await w.ask('slowly')"])
def test_two_interrupts_in_a_row_do_no_more_than_one(
    kernel: Kernel, server: RealtimeServerProcess, wait: str
) -> None:
    wire = Wire(server, f"{SCENARIO},run=twice{wait[:5].strip()}")
    kernel.run(MAKE.format(url=server.url, model=wire.model))
    for number in range(TIMES):
        cell = kernel.start(wait)
        wire.wait(lambda w, n=number: len(w.sent("response.created")) == 2 * n + 2)  # type: ignore[misc] # bound at once
        kernel.interrupt()
        kernel.interrupt()
        assert kernel.ended(cell).error in ("KeyboardInterrupt", "CancelledError")
        again = kernel.run("print((await w.ask('Again')).text)")
        assert again == "You said: Again\n"

    assert len(wire.received("response.cancel")) == TIMES
    kernel.run("w.close()")


@pytest.mark.parametrize("wait", ["w.ask_sync('Hello')", "await w.ask('Hello')"])
def test_a_cell_that_waits_for_a_connection_is_interrupted(
    kernel: Kernel, wait: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"ws://127.0.0.1:{deaf.getsockname()[1]}/v1"
        kernel.run(f"""
from rt_widget import RealtimeWidget
w = RealtimeWidget(base_url={url!r})
w.observe(lambda change: print(change["new"], flush=True), names=["status"])
""")
        cell = kernel.start(f"print('waits', flush=True)\n{wait}")
        kernel.says(cell, "waits")
        knocking, _ = deaf.accept()
        with knocking:
            kernel.interrupt()
            ended = kernel.ended(cell)
    assert ended.error in ("KeyboardInterrupt", "CancelledError")
    assert kernel.run("w.close(); print(6 * 7)").endswith("42\n")
