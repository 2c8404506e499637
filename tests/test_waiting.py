from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
import weakref
from typing import TYPE_CHECKING

import pytest

from rt_widget._loop import background_loop
from rt_widget._waiting import wait_for, wait_here
from rt_widget.errors import InputError
from tests.conftest import Wire
from tests.servers.process import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import StartTalk
    from tests.servers.process import RealtimeServerProcess

HEADER = """
import asyncio, sys, threading
from rt_widget import RealtimeWidget
url, = sys.argv[1:]
"""


class Script:
    """A Python program in a process of its own."""

    def __init__(self, text: str, server: RealtimeServerProcess) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", HEADER + text, server.url],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def said(self) -> str:
        """One line of its output, once it is there."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def finished(self) -> tuple[int, str, str]:
        """How it ended, and what else it said."""
        out, err = self.process.communicate(timeout=40)
        return self.process.returncode, out, err


@pytest.fixture
def scripts() -> Iterator[list[Script]]:
    started: list[Script] = []
    yield started
    for script in started:
        script.process.kill()
        script.process.communicate()


def run(text: str, server: RealtimeServerProcess, scripts: list[Script]) -> list[str]:
    """Lines that a program prints; it must end well and without noise."""
    scripts.append(Script(text, server))
    code, out, err = scripts[-1].finished()
    assert (code, err) == (0, "")
    return out.splitlines()


def test_a_plain_thread_waits(talk: StartTalk) -> None:
    widget, _ = talk()
    replies: list[str] = []
    thread = threading.Thread(
        target=lambda: replies.append(widget.ask_sync("Hello").text)
    )
    thread.start()
    thread.join()

    assert replies == ["You said: Hello"]


def test_where_a_thread_waits_no_task_is_freed() -> None:
    freed_in: list[str] = []
    tasks: list[weakref.ref[asyncio.Task[object]]] = []

    async def work() -> None:
        task = asyncio.current_task()
        assert task is not None
        freed = threading.Event()
        events.append(freed)

        def note(_: object) -> None:
            freed_in.append(threading.current_thread().name)
            freed.set()

        tasks.append(weakref.ref(task, note))

    events: list[threading.Event] = []
    for _ in range(50):
        wait_here(work)
    assert all(event.wait(9) for event in events)
    assert threading.current_thread().name not in freed_in


def test_in_a_running_loop_other_tasks_go_on(
    server: RealtimeServerProcess, scripts: list[Script]
) -> None:
    lines = run(
        """
async def main():
    ticks = 0
    async def tick():
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.01)
    ticking = asyncio.create_task(tick())
    w = RealtimeWidget(base_url=url, model="slow_text,words=5,interval=0.1")
    print(w.ask_sync("Hello").text)
    print(ticks > 10)
    print((await w.ask("Again")).text)
    ticking.cancel()
    w.close()
asyncio.run(main())
""",
        server,
        scripts,
    )

    said = "word0 word1 word2 word3 word4"
    assert lines == [said, "True", said]


def test_the_first_wait_in_a_loop_leaves_its_turn_whole(
    server: RealtimeServerProcess, scripts: list[Script]
) -> None:
    lines = run(
        """
async def main():
    loop = asyncio.get_running_loop()
    w = RealtimeWidget(base_url=url, api_key="x", voice="none")
    done = []
    # All three are of one turn of the loop.
    loop.call_soon(lambda: done.append(w.ask_sync("Hello").text))
    loop.call_soon(lambda: done.append("second"))
    loop.call_soon(lambda: done.append("third"))
    while len(done) < 3:
        await asyncio.sleep(0.01)
    print(sorted(done))
    await w.disconnect()
asyncio.run(main())
""",
        server,
        scripts,
    )
    assert lines == ["['You said: Hello', 'second', 'third']"]


def test_a_task_that_is_cancelled_while_it_waits_without_await_gives_its_answer_up(
    server: RealtimeServerProcess, scripts: list[Script]
) -> None:
    model = "slow_text,words=1200,interval=0.05,who=nesting"
    lines = run(
        f"""
async def main():
    w = RealtimeWidget(base_url=url, model={model!r}, voice="none")
    async def ask():
        w.ask_sync("Hello")
    asking = asyncio.create_task(ask())
    while w.status != "speaking":
        await asyncio.sleep(0.01)
    asking.cancel()
    try:
        await asking
    except asyncio.CancelledError:
        print("cancelled", w.replies[-1].status)
    w.close()
asyncio.run(main())
""",
        server,
        scripts,
    )

    assert lines == ["cancelled interrupted"]
    assert len(Wire(server, model).received("response.cancel")) == 1


def test_a_loop_that_cannot_be_nested_is_explained(
    server: RealtimeServerProcess, scripts: list[Script]
) -> None:
    lines = run(
        """
class Loop(asyncio.SelectorEventLoop):
    pass
import nest_asyncio2
def refuse(loop=None):
    raise ValueError("Can't patch loop of type uvloop.Loop")
nest_asyncio2.apply = refuse
async def main():
    w = RealtimeWidget(base_url=url, model="echo")
    try:
        w.ask_sync("Hello")
    except Exception as error:
        print(type(error).__name__, error.hint)
    w.close()
asyncio.run(main())
""",
        server,
        scripts,
    )

    assert lines == ["InputError Write `await w.ask(…)` instead."]


async def test_the_background_loop_cannot_wait_for_itself(talk: StartTalk) -> None:
    widget, _ = talk()

    async def ask_more() -> None:
        widget.ask_sync("More")

    with pytest.raises(InputError, match="async form"):
        await wait_for(ask_more)


async def test_a_callback_may_close_the_widget(talk: StartTalk) -> None:
    widget, wire = talk()
    widget.observe(lambda _: widget.close(), names=["audio"])
    assert (await widget.ask("Hello")).status == "completed"

    await wire.soon(lambda w: bool(w.closings))


async def test_a_callback_that_fails_stops_nothing(
    talk: StartTalk, caplog: pytest.LogCaptureFixture
) -> None:
    widget, _ = talk()

    def fail(_: object) -> None:
        msg = "mine"
        raise ValueError(msg)

    widget.observe(fail, names=["output_chunk", "status", "audio", "text"])
    for text in ("One", "Two"):
        assert (await widget.ask(text)).text == f"You said: {text}"
    shown = "fail` for `output_chunk` `status` `audio` `text` raised ValueError: mine"
    assert caplog.text.count(shown) == 1


@pytest.mark.parametrize(
    ("name", "wait"),
    [
        ("ask", "w.ask_sync('Hello')"),
        ("stream", "list(w.stream('Hello'))"),
        ("body", "for _ in w.stream('Hello'): time.sleep(60)"),
        ("run", "asyncio.run(w.ask('Hello'))"),
        ("say", "asyncio.run(say())"),
        ("nested", "asyncio.run(nested())"),
    ],
)
def test_an_interrupt_cancels_the_question_and_the_next_is_answered(
    server: RealtimeServerProcess, scripts: list[Script], name: str, wait: str
) -> None:
    model = f"slow_text,words=9,interval=0.1,who={name}"
    script = Script(
        f"""
import time
w = RealtimeWidget(base_url=url, model={model!r})
w.observe(lambda c: print(c["new"] + "\\n", end="", flush=True), names=["status"])
async def say():
    await w.say("Hello")
async def nested():
    w.ask_sync("Hello")
try:
    {wait}
except KeyboardInterrupt:
    print("interrupted\\n", end="", flush=True)
print(w.ask_sync("Again").status + "\\n", end="", flush=True)
w.close()
""",
        server,
    )
    scripts.append(script)
    while script.said() != "speaking":
        pass
    script.process.send_signal(signal.SIGINT)
    code, out, err = script.finished()

    assert (code, err) == (0, "")
    assert "interrupted\n" in out
    assert "completed" in out.splitlines()
    wire = Wire(server, model)
    assert len(wire.received("response.cancel")) == 1


@pytest.mark.parametrize("ending", ["", "sys.exit()", "w.close()", "del w"])
def test_a_program_that_ends_in_mid_answer_ends_without_noise(
    server: RealtimeServerProcess, scripts: list[Script], ending: str
) -> None:
    lines = run(
        f"""
w = RealtimeWidget(base_url=url, model="counter,duration=60,pace=1")
speaking = threading.Event()
w.observe(lambda c: c["new"] == "speaking" and speaking.set(), names=["status"])

async def ask():
    try:
        await w.ask("Count")
    except Exception:
        pass
threading.Thread(target=lambda: asyncio.run(ask()), daemon=True).start()
print(speaking.wait(20))
{ending}
""",
        server,
        scripts,
    )

    assert lines == ["True"]


def test_a_program_that_makes_a_widget_ends_without_noise(
    server: RealtimeServerProcess, scripts: list[Script]
) -> None:
    lines = run(
        """
w = RealtimeWidget(base_url=url, model="echo")
w.observe(lambda c: w.status, names=["status"])
print(w.status)
""",
        server,
        scripts,
    )

    assert lines == ["disconnected"]


def test_a_program_that_never_closed_its_widget_hangs_up_without_noise(
    server: RealtimeServerProcess, scripts: list[Script]
) -> None:
    lines = run(
        """
w = RealtimeWidget(base_url=url, model="echo,who=forgetful")
print(w.ask_sync("Hello").text)
""",
        server,
        scripts,
    )

    assert lines == ["You said: Hello"]
    wire = Wire(server, "echo,who=forgetful")
    wire.wait(lambda w: bool(w.closings))
    assert [line["code"] for line in wire.closings] == [1000]


def test_the_interpreters_switch_interval_is_given_back(talk: StartTalk) -> None:
    before = sys.getswitchinterval()
    first, second = talk()[0], talk()[0]
    first.ask_sync("Hello")
    second.ask_sync("Hello")
    assert sys.getswitchinterval() == pytest.approx(0.001)
    first.close()
    assert sys.getswitchinterval() == pytest.approx(0.001)
    second.close()

    assert sys.getswitchinterval() == before


async def test_there_is_one_background_loop() -> None:
    assert background_loop() is background_loop()
    assert background_loop().loop is not asyncio.get_running_loop()
    assert background_loop().thread.daemon


async def test_a_call_that_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    background_loop().call(lambda: 1 // 0)
    await asyncio.wrap_future(background_loop().submit(asyncio.sleep(0)))

    assert "ZeroDivisionError" in caplog.text
