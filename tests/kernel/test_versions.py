"""The widget in kernels of the ipykernel releases that people have."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Wire, is_closing
from tests.kernel.front_end import FrontEnd, overlay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.process import RealtimeServerProcess

pytestmark = pytest.mark.timeout(180)

NEWEST, WITH_SUBSHELLS, OLDEST = "7.4.0", "7.1.0", "6.31.0"

MAKE = """
from rt_widget import RealtimeWidget
w = RealtimeWidget(
    base_url={url!r}, model="counter,duration=4,pace=0,run={run}",
    turn_detection="push_to_talk",
)
await w.connect()
"""

# Publishes from the cell first, as most cells with a widget do, then is busy.
BUSY = """
import asyncio, os, time
from IPython.display import display
display(w)
w.speed = {speed}
w.send({{"content": "Count", "done": True}})
while not os.path.exists({flag!r}):
    {wait}
"""
WAITS = {"sleep": "time.sleep(0.01)", "await": "await asyncio.sleep(0.01)"}

PIECES = [bytes([number, 0]) * 2_400 for number in range(20)]


@pytest.fixture(scope="module", params=[NEWEST, WITH_SUBSHELLS, OLDEST])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def page(version: str, request: pytest.FixtureRequest) -> Iterator[FrontEnd]:
    folder = request.config.cache.mkdir("kernels")
    with FrontEnd(overlay(version, folder)) as running:
        yield running


def make(page: FrontEnd, server: RealtimeServerProcess, run: str) -> Wire:
    """Make a widget `w` in the kernel, connect it, and show it on the page."""
    page.run(MAKE.format(url=server.url, run=run))
    page.show("w")
    return Wire(server, f"counter,duration=4,pace=0,run={run}")


def heard(wire: Wire) -> list[bytes]:
    """The microphone's pieces on the server's socket."""
    pieces = wire.received("input_audio_buffer.append")
    return [base64.b64decode(piece["audio"]) for piece in pieces]


def is_shown_whole(page: FrontEnd, first: int) -> bool:
    """Whether an answer of the news from `first` on has been shown to its end."""
    data = [m["content"].get("data", {}) for m in page.news[first:]]
    chunks = [d["state"]["output_chunk"] for d in data if "output_chunk" in str(d)]
    return any(is_closing(chunk) for chunk in chunks)


def test_the_kernel_is_of_that_release_and_answers(
    page: FrontEnd, version: str, server: RealtimeServerProcess
) -> None:
    assert page.value("__import__('ipykernel').__version__") == version
    wire = make(page, server, f"asks-{version}")
    assert page.value("(await w.ask('Hello')).status") == "completed"
    assert page.value("w.ask_sync('Hello').status") == "completed"
    page.say("text", text="From the page")
    wire.wait(lambda w: len(w.sent("response.done")) == 3)

    assert wire.sent("error") == []
    assert page.value("w.error") == "{}"


@pytest.mark.parametrize("wait", WAITS)
def test_while_a_cell_is_busy_the_conversation_goes_on(
    page: FrontEnd,
    version: str,
    wait: str,
    server: RealtimeServerProcess,
    tmp_path: Path,
) -> None:
    wire = make(page, server, f"busy-{version}-{wait}")
    page.say("microphone", on=True)
    page.speak(0, PIECES[:5])
    wire.wait(lambda w: len(heard(w)) == 5)
    flag = tmp_path / "done"
    speed = 1.1 if wait == "sleep" else 1.2
    first = len(page.news)
    busy = page.start(BUSY.format(flag=str(flag), wait=WAITS[wait], speed=speed))
    wire.wait(lambda w: bool(w.sent("response.created")))
    page.speak(5, PIECES[5:])
    page.until(lambda: is_shown_whole(page, first))
    is_old = version == OLDEST
    if not is_old:
        wire.wait(lambda w: len(heard(w)) == len(PIECES))
    assert len(heard(wire)) == (5 if is_old else len(PIECES))
    assert not page.has_ended(busy)
    flag.touch()
    page.ended(busy)
    wire.wait(lambda w: len(heard(w)) == len(PIECES))

    assert heard(wire) == PIECES
    assert wire.sent("error") == []


FAILS = """
@w.on("turn")
def show(reply):
    print("heard", reply.status)
    raise ZeroDivisionError("mine")
"""


def test_a_callback_that_raises_is_shown_once_with_its_cell(
    page: FrontEnd, version: str, server: RealtimeServerProcess
) -> None:
    make(page, server, f"raises-{version}")
    given = page.start(FAILS)
    page.ended(given)
    later = page.start("for text in 'ab': await w.ask(text)")
    page.ended(later)
    # ipykernel 6 shows all that comes from threads in the cell that ran last.
    where, elsewhere = (later, given) if version == OLDEST else (given, later)

    def printed() -> str:
        found = page.of(where, "stream") + page.of(elsewhere, "stream")
        return "".join(m["content"]["text"] for m in found)

    page.until(lambda: printed().count("heard completed") == 2)
    page.until(lambda: bool(page.of(where, "error")))
    (shown,) = page.of(where, "error")
    assert shown["content"]["ename"] == "ZeroDivisionError"
    trace = "\n".join(shown["content"]["traceback"])
    assert "in show(reply)" in re.sub(r"\x1b\[[\d;]*m", "", trace)
    assert "Raised in `show` for `turn` in In [" in trace
    assert "own_function.py" not in trace
    assert page.of(elsewhere, "error") == []
    assert "raised ZeroDivisionError: mine" in page.value("w.notice")
    assert page.value("(await w.ask('Still there?')).status") == "completed"
    assert sum(m["msg_type"] == "error" for m in page.news) == 1
