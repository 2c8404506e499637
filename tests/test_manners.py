"""What a widget does when its kernel does something: forks, ends, lists, is closed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

from rt_widget import RealtimeWidget
from rt_widget.chunks import make_chunk
from rt_widget.errors import ClosedError
from rt_widget.settings import SETTINGS
from tests.conftest import Wire, until
from tests.servers.process import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import StartTalk
    from tests.servers.process import RealtimeServerProcess

TRAITS = {
    *SETTINGS,
    *("status", "error", "notice", "capabilities", "local_voice", "usage", "latency"),
    *("chunk", "output_chunk", "text", "audio"),
}
METHODS = {
    *("ask", "ask_sync", "stream", "say", "listen", "send", "interrupt"),
    *("connect", "disconnect", "close", "on", "off", "observe", "unobserve"),
}
STATE = {"conversation", "transcript", "replies"}
AT_MOST = 50
"""Names that a completion list may have, and still be read."""

HEADER = """
import asyncio, os, sys, threading, time
from rt_widget import RealtimeWidget
url, = sys.argv[1:]
"""


def run(text: str, server: RealtimeServerProcess) -> list[str]:
    """Lines that a program prints; it must end well, soon, and without noise."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", HEADER + text, server.url],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


async def test_closing_in_mid_answer_tells_all_who_wait(talk: StartTalk) -> None:
    widget, wire = talk("counter,duration=60,pace=1")
    asked = [asyncio.create_task(widget.ask(text)) for text in ("One", "Two")]
    await until(widget, "output_chunk", lambda c: c["content_type"] == "audio")
    in_thread = asyncio.create_task(asyncio.to_thread(widget.ask_sync, "Three"))

    async def stream() -> None:
        async for _ in widget.stream("Four"):
            pass

    streamed = asyncio.create_task(stream())
    await wire.soon(lambda w: bool(w.sent("response.created")))
    await asyncio.to_thread(widget.close)
    waiting = (*asked, in_thread, streamed)
    errors = await asyncio.gather(*waiting, return_exceptions=True)

    assert [type(error) for error in errors] == [ClosedError] * 4
    assert "closed. Make a new" in str(errors[0])
    await wire.soon(lambda w: bool(w.closings))
    assert widget.status == "disconnected"
    assert widget.error == {}


async def test_closing_while_it_connects_tells_who_waits(talk: StartTalk) -> None:
    widget, _ = talk("echo")
    asked = asyncio.create_task(widget.ask("Hello"))
    await until(widget, "status", "connecting")
    widget.close()
    (outcome,) = await asyncio.gather(asked, return_exceptions=True)

    assert isinstance(outcome, ClosedError)
    assert widget.status == "disconnected"


def test_after_close_every_use_is_an_error(unconnected: RealtimeWidget) -> None:
    widget = unconnected
    widget.close()
    widget.close()
    uses: dict[str, Any] = {
        "ask_sync": lambda: widget.ask_sync("Hello"),
        "stream": lambda: widget.stream("Hello"),
        "say": lambda: widget.say("Hello"),
        "listen": widget.listen,
        "send": lambda: widget.send(make_chunk("text", "Hello")),
        "interrupt": widget.interrupt,
        "on": lambda: widget.on("turn", print),
        "off": lambda: widget.off("turn"),
        "ask": lambda: asyncio.run(widget.ask("Hello")),
        "connect": lambda: asyncio.run(widget.connect()),
        "disconnect": lambda: asyncio.run(widget.disconnect()),
        "chunk": lambda: setattr(widget, "chunk", make_chunk("text", "Hello")),
        "speed": lambda: setattr(widget, "speed", 1.2),
        "voice": lambda: setattr(widget, "voice", "echo"),
        "with": widget.__enter__,
    }
    for name, use in uses.items():
        with pytest.raises(ClosedError, match=r"closed\. Make a new"):
            pytest.fail(f"{name} gave {use()!r}")
    assert METHODS - set(uses) == {"close", "observe", "unobserve"}
    assert widget.speed == 1.0
    assert widget.conversation == ()
    assert widget.transcript == ""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_forked_child_leaves_the_parents_session_alone(
    server: RealtimeServerProcess,
) -> None:
    lines = run(
        """
import gc
w = RealtimeWidget(base_url=url, model="echo,who=parent")
w.on("turn", lambda reply: None)
print(w.ask_sync("One").text, flush=True)
sys.stdout.flush()
import warnings
warnings.simplefilter("ignore", DeprecationWarning)
child = os.fork()
if not child:
    said = []
    for use in (lambda: w.ask_sync("Two"), w.interrupt, lambda: w.on("turn", print)):
        try:
            use()
        except Exception as error:
            said.append(type(error).__name__ + ": " + str(error))
    try:
        w.speed = 1.2
    except Exception as error:
        said.append(type(error).__name__)
    w.close()
    own = RealtimeWidget(base_url=url, model="echo,who=child")
    said.append(own.ask_sync("Mine").text)
    own.close()
    print(*said, sep="\\n", flush=True)
    sys.exit()
_, status = os.waitpid(child, 0)
print(status, sys.getswitchinterval() < 0.002)
print(w.ask_sync("Three").text)
""",
        server,
    )

    other = (
        "ClosedError: This widget belongs to the process that this one was forked "
        "from. Make a new RealtimeWidget() in this process."
    )
    assert lines == [
        "You said: One",
        *[other] * 3,
        "ClosedError",
        "You said: Mine",
        "0 True",
        "You said: Three",
    ]
    parent = Wire(server, "echo,who=parent")
    parent.wait(lambda w: bool(w.closings))
    assert len(parent.connections) == 1
    assert [line["code"] for line in parent.closings] == [1000]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_pool_of_forked_workers_harms_no_session(
    server: RealtimeServerProcess,
) -> None:
    lines = run(
        """
import multiprocessing, warnings
warnings.simplefilter("ignore", DeprecationWarning)
w = RealtimeWidget(base_url=url, model="echo,who=pool")
w.ask_sync("One")
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(pool.map(abs, range(-8, 0)))
print(w.ask_sync("Two").text)
""",
        server,
    )

    assert lines == ["[8, 7, 6, 5, 4, 3, 2, 1]", "You said: Two"]
    assert len(Wire(server, "echo,who=pool").connections) == 1


SPEAKS = """
w = RealtimeWidget(base_url=url, model="counter,duration=60,pace=1,who=exit")
speaking = threading.Event()
def slow(value):
    print("", end="", flush=True)
    if value == "speaking":
        speaking.set()
        time.sleep(60)
w.on("status", slow)
w.observe(lambda change: time.sleep(60), names=["output_chunk"])
w.send({"content": "Count", "done": True})
print(speaking.wait(20), flush=True)
"""


@pytest.mark.parametrize("ending", ["", "sys.exit()"])
def test_a_program_ends_in_mid_answer_with_callbacks_that_block(
    server: RealtimeServerProcess, ending: str
) -> None:
    assert run(SPEAKS + ending, server) == ["True"]
    wire = Wire(server, "counter,duration=60,pace=1,who=exit")
    wire.wait(lambda w: len(w.closings) == len(w.connections))
    assert {line["code"] for line in wire.closings} == {1000}


@pytest.mark.parametrize("kind", ["def", "async def"])
def test_a_program_ends_while_a_tool_runs(
    server: RealtimeServerProcess, kind: str
) -> None:
    wait = "await asyncio.sleep(60)" if kind == "async def" else "time.sleep(60)"
    lines = run(
        f"""
running = threading.Event()
{kind} look_up() -> str:
    "Look something up."
    running.set()
    {wait}
w = RealtimeWidget(base_url=url, model="tool,who=exit", tools=[look_up])
w.send({{"content": "Look it up.", "done": True}})
print(running.wait(20))
""",
        server,
    )

    assert lines == ["True"]


async def test_closing_while_a_tool_runs_tells_who_waits(talk: StartTalk) -> None:
    running, leave = threading.Event(), threading.Event()

    def look_up() -> str:
        """Look something up."""
        running.set()
        leave.wait(20)
        return "found"

    widget, wire = talk("tool", tools=[look_up])
    asked = asyncio.create_task(widget.ask("Look it up."))
    assert await asyncio.to_thread(running.wait, 20)
    await asyncio.to_thread(widget.close)
    (outcome,) = await asyncio.gather(asked, return_exceptions=True)
    leave.set()

    assert isinstance(outcome, ClosedError)
    await wire.soon(lambda w: bool(w.closings))


def test_a_program_ends_while_it_connects(own_server: RealtimeServerProcess) -> None:
    lines = run(
        """
import socket
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
w = RealtimeWidget(base_url=f"ws://127.0.0.1:{listener.getsockname()[1]}/v1")
async def connect():
    try:
        await w.connect()
    except Exception:
        pass
threading.Thread(target=lambda: asyncio.run(connect()), daemon=True).start()
accepted = listener.accept()
print(w.status, sys.getswitchinterval() < 0.002)
accepted[0].close()
listener.close()
""",
        own_server,
    )

    assert lines == ["connecting True"]


def test_the_switch_interval_is_given_back_when_an_opening_fails(
    unconnected: RealtimeWidget,
) -> None:
    before = sys.getswitchinterval()
    seen: list[float] = []
    opening = threading.Event()

    def look(status: str) -> None:
        if status == "connecting":
            seen.append(sys.getswitchinterval())
        opening.set()

    unconnected._live.listeners.append(
        lambda update: look(getattr(update, "status", ""))
    )
    with pytest.raises(Exception, match="refuses connections"):
        unconnected.ask_sync("Hello")

    assert seen == [pytest.approx(0.001)]
    assert sys.getswitchinterval() == before


def test_dir_lists_the_contract_and_little_else(unconnected: RealtimeWidget) -> None:
    names = set(dir(unconnected))

    assert names >= TRAITS | METHODS | STATE
    assert len(names) < AT_MOST
    assert not {name for name in names if name.startswith("_")}
    assert names.isdisjoint({"comm", "keys", "layout", "set_trait", "show", "tell"})
    assert set(dir(RealtimeWidget)) == names


def test_a_class_made_of_it_lists_its_own_names_too() -> None:
    class Mine(RealtimeWidget):
        def hum(self) -> None:
            """Hum."""

    widget = Mine(base_url="ws://127.0.0.1:1/v1")
    widget.pitch = 440
    assert {"hum", "pitch", "ask"} <= set(dir(widget))
    assert len(dir(widget)) < AT_MOST
    widget.close()


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


@pytest.mark.parametrize("use_jedi", [True, False])
def test_completion_lists_the_contract_and_little_else(
    shell: InteractiveShell, unconnected: RealtimeWidget, *, use_jedi: bool
) -> None:
    shell.user_ns["w"] = unconnected
    shell.Completer.use_jedi = use_jedi
    with provisionalcompleter():
        found = {c.text.lstrip(".") for c in shell.Completer.completions("w.", 2)}

    assert found == set(dir(unconnected))
