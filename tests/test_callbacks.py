"""Functions of the person that are called when something happens."""

from __future__ import annotations

import asyncio
import base64
import threading
import time
from typing import TYPE_CHECKING, Any

import ipywidgets
import pytest
import traitlets

from rt_widget import lanes
from rt_widget._loop import background_loop
from rt_widget.callbacks import Callbacks
from rt_widget.cells import Run
from rt_widget.chunks import make_chunk
from rt_widget.errors import ClosedError, InputError, RealtimeWidgetError
from rt_widget.lanes import Lane
from rt_widget.own_function import OwnFunction
from rt_widget.registered import Registered
from rt_widget.reply import Reply
from tests.conftest import PATIENCE_S, silence, speech, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from rt_widget import RealtimeWidget
    from tests.conftest import Recorder, StartTalk

NAMES = ("turn", "user_text", "text", "tool", "error", "status")


class Heard:
    """What a callback was given, in order, and on which threads."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.threads: set[threading.Thread] = set()
        self._changed = threading.Condition()

    def __call__(self, value: object) -> None:
        with self._changed:
            self.values.append(value)
            self.threads.add(threading.current_thread())
            self._changed.notify_all()

    async def soon(self, condition: Callable[[list[Any]], object]) -> list[Any]:
        """The values, once they are as `condition` says."""

        def wait() -> None:
            with self._changed:
                assert self._changed.wait_for(
                    lambda: condition(self.values), PATIENCE_S
                ), self.values

        await asyncio.to_thread(wait)
        return list(self.values)


async def test_each_name_brings_what_it_says(talk: StartTalk) -> None:
    widget, _ = talk()
    heard = {name: Heard() for name in NAMES}
    for name in NAMES:
        widget.on(name, heard[name])  # type: ignore[call-overload] # one of the names
    reply = await widget.ask("Hello")

    (turn,) = await heard["turn"].soon(bool)
    assert isinstance(turn, Reply)
    assert turn.text == reply.text == "You said: Hello"
    assert await heard["user_text"].soon(bool) == ["Hello"]
    pieces = await heard["text"].soon(lambda v: "".join(v) == reply.text)
    assert len(pieces) > 1
    states = await heard["status"].soon(lambda v: v[-1:] == ["ready"] and len(v) > 2)
    assert states[0] == "connecting"
    assert {"thinking", "speaking"} <= set(states)
    assert heard["error"].values == []
    threads = [each.threads for each in heard.values() if each.values]
    assert all(len(each) == 1 for each in threads)
    assert background_loop().thread not in set().union(*threads)


async def test_a_spoken_turn_is_told_when_its_words_are_known(talk: StartTalk) -> None:
    widget, _ = talk("echo,heard=good morning")
    heard = Heard()
    widget.on("user_text", heard)
    sound = base64.b64encode(speech(0.6) + silence(1.2)).decode("ascii")
    widget.send(make_chunk("audio", sound))

    assert await heard.soon(bool) == ["good morning"]


async def test_a_tool_call_is_told_as_it_goes_on(talk: StartTalk) -> None:
    def add(a: int, b: int) -> int:
        """Add two numbers."""
        return a + b

    widget, _ = talk("tool", tools=[add])
    heard = Heard()
    widget.on("tool", heard)
    await widget.ask('{"a": 2, "b": 3}')
    calls = await heard.soon(lambda v: v and v[-1].ended)

    assert {call.name for call in calls} == {"add"}
    assert (calls[0].status, calls[-1].status) == ("running", "completed")
    assert calls[-1].output == "5"


async def test_a_failure_is_told_as_an_error(unconnected: RealtimeWidget) -> None:
    heard, states = Heard(), Heard()
    unconnected.on("error", heard)
    unconnected.on("status", states)
    with pytest.raises(RealtimeWidgetError):
        await unconnected.connect()

    (error,) = await heard.soon(bool)
    assert isinstance(error, RealtimeWidgetError)
    assert error.code == "connect_failed"
    assert await states.soon(lambda v: len(v) == 2) == ["connecting", "disconnected"]


async def test_a_decorator_registers_and_off_ends_it(talk: StartTalk) -> None:
    widget, _ = talk()
    calls = Heard()

    @widget.on("turn")
    def count(reply: Reply) -> None:
        calls(reply.text)

    others = Heard()
    widget.on("turn", others)
    await widget.ask("One")
    await calls.soon(bool)
    widget.off("turn", count)
    widget.off("turn", count)
    await widget.ask("Two")
    await others.soon(lambda v: len(v) == 2)
    widget.off("turn")
    await widget.ask("Three")

    assert calls.values == ["You said: One"]
    assert len(others.values) == 2


@pytest.mark.parametrize("name", ["turns", "", None, 5, "chunk", []])
def test_an_unknown_name_is_refused_with_those_that_there_are(
    unconnected: RealtimeWidget, name: object
) -> None:
    wrong: Any = name
    for use in (unconnected.on, unconnected.off):
        with pytest.raises(InputError, match="turn, user_text, text, tool, error"):
            use(wrong, print)
    with pytest.raises(InputError, match="is no function"):
        unconnected.on("turn", "print")  # type: ignore[call-overload] # that is tested


async def test_a_coroutine_function_runs_on_the_notebooks_loop_in_order(
    talk: StartTalk,
) -> None:
    widget, _ = talk("equal,count=20,delta_ms=20")
    seen: list[str] = []
    loops: set[asyncio.AbstractEventLoop] = set()
    ended = asyncio.Event()

    @widget.on("status")
    async def follow(status: str) -> None:
        loops.add(asyncio.get_running_loop())
        await asyncio.sleep(0)
        seen.append(status)
        if status == "disconnected":
            ended.set()

    await widget.ask("Hello")
    await widget.disconnect()
    async with asyncio.timeout(PATIENCE_S):
        await ended.wait()

    assert loops == {asyncio.get_running_loop()}
    assert seen[0] == "connecting"
    assert seen[-1] == "disconnected"


def test_a_coroutine_function_runs_where_there_is_no_loop_of_the_notebook(
    talk: StartTalk,
) -> None:
    widget, _ = talk()
    texts: list[str] = []
    done = threading.Event()

    @widget.on("turn")
    async def again(reply: Reply) -> None:
        texts.append(reply.text)
        if len(texts) == 1:
            await widget.ask("Two")
        else:
            done.set()

    async def register() -> None:
        widget.on("turn", again)
        widget.off("turn", again)

    asyncio.run(register())
    widget.on("turn", again)
    widget.ask_sync("One")
    assert done.wait(PATIENCE_S)

    assert texts == ["You said: One", "You said: Two"]


async def test_a_callback_may_wait_for_the_widget(talk: StartTalk) -> None:
    widget, _ = talk()
    answers = Heard()

    @widget.on("turn")
    def go_on(reply: Reply) -> None:
        if reply.text == "You said: One":
            answers(widget.ask_sync("Two").text)

    await widget.ask("One")

    assert await answers.soon(bool) == ["You said: Two"]


async def test_one_that_raises_is_told_once_and_harms_nothing(
    talk: StartTalk, caplog: pytest.LogCaptureFixture
) -> None:
    widget, _ = talk()
    notices = Heard()
    widget.observe(lambda change: notices(change["new"]), names=["notice"])
    others = Heard()
    widget.on("text", others)

    @widget.on("text")
    def broken(_: str) -> None:
        msg = "mine"
        raise ZeroDivisionError(msg)

    replies = [await widget.ask(text) for text in ("One", "Two", "Three")]
    (said,) = await notices.soon(bool)

    assert [reply.text for reply in replies][-1] == "You said: Three"
    assert "broken` for `text` raised ZeroDivisionError: mine" in said
    await others.soon(lambda v: "".join(v).endswith("Three"))
    await settled(widget)
    assert caplog.text.count("Traceback") == 1
    assert "raise ZeroDivisionError(msg)" in caplog.text
    assert "own_function.py" not in caplog.text.split("Traceback")[1]
    callback = widget._registered
    assert callback is not None
    assert callback._callbacks[1].own.failures > 2


async def test_whatever_is_raised_its_thread_goes_on(talk: StartTalk) -> None:
    widget, _ = talk()
    heard = Heard()

    class WordlessError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    @widget.on("text")
    def fail(delta: str) -> None:
        heard(delta)
        raise [SystemExit, KeyboardInterrupt, WordlessError][len(heard.values) % 3]

    @widget.on("turn")
    async def time_out(reply: Reply) -> None:
        heard(reply)
        raise TimeoutError

    for _ in range(3):
        await widget.ask("Hello")

    await heard.soon(lambda v: sum(isinstance(each, Reply) for each in v) == 3)


async def test_one_that_blocks_is_told_of_once_and_delays_no_other(
    talk: StartTalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "BLOCKED_AFTER_S", 0.05)
    widget, wire = talk("slow_text,words=9,interval=0.02")
    notices, others, blocked = Heard(), Heard(), Heard()
    leave = threading.Event()
    widget.observe(lambda change: notices(change["new"]), names=["notice"])

    @widget.on("text")
    def block(delta: str) -> None:
        leave.wait(PATIENCE_S)
        blocked(delta)

    widget.on("text", others)
    reply = await widget.ask("Go on")
    await others.soon(lambda v: "".join(v) == reply.text)
    (said,) = await notices.soon(bool)
    assert "block` for `text` has been running for more than" in said
    assert blocked.values == []
    assert (await widget.ask("And again")).status == "completed"
    leave.set()
    await blocked.soon(lambda v: "".join(v) == reply.text * 2)

    assert len(notices.values) == 1
    assert wire.sent("error") == []


async def test_an_observer_that_blocks_stalls_no_sound(
    talk: StartTalk, page: Recorder
) -> None:
    widget, _ = talk("counter,duration=20")
    leave = threading.Event()
    changes: list[dict[str, Any]] = []

    def block(change: dict[str, Any]) -> None:
        leave.wait(PATIENCE_S)
        changes.append(dict(change))

    widget.observe(block, names=["status", "output_chunk", "text", "audio", "usage"])
    reply = await widget.ask("Count")
    await page.soon(lambda p: pushed(p) >= reply.audio.duration)
    assert changes == []
    leave.set()
    await settled(widget)

    names = {change["name"] for change in changes}
    assert names == {"status", "output_chunk", "text", "audio", "usage"}
    assert all(change["owner"] is widget for change in changes)
    assert all(change["type"] == "change" for change in changes)
    states = [change for change in changes if change["name"] == "status"]
    new = [change["new"] for change in states]
    assert [change["old"] for change in states] == ["disconnected", *new[:-1]]
    (whole,) = [change["new"] for change in changes if change["name"] == "audio"]
    assert whole.to_pcm16() == reply.audio.to_pcm16()


def sounds(page: Recorder) -> list[Any]:
    found = [s["output_chunk"] for s in page.states() if "output_chunk" in s]
    return [chunk for chunk in found if chunk["content_type"] == "audio"]


def pushed(page: Recorder) -> float:
    """Seconds of sound that pages were sent."""
    return sum(len(chunk["content"]) for chunk in sounds(page)) * 0.75 / 48_000


def test_settings_that_python_sets_are_observed_at_once(
    unconnected: RealtimeWidget,
) -> None:
    seen: list[tuple[float, threading.Thread]] = []

    def observe(change: dict[str, Any]) -> None:
        seen.append((change["new"], threading.current_thread()))

    unconnected.observe(observe, names="speed")
    unconnected.speed = 1.25
    assert seen == [(1.25, threading.current_thread())]
    unconnected.unobserve(observe, names="speed")
    unconnected.speed = 1.0

    assert len(seen) == 1


async def test_what_a_page_sets_is_observed_off_the_pages_thread(
    unconnected: RealtimeWidget,
) -> None:
    heard = Heard()
    unconnected.observe(heard, names=["speed"])
    state = {"method": "update", "state": {"speed": 1.5}, "buffer_paths": []}
    unconnected._handle_msg({"content": {"data": state}, "buffers": []})
    (change,) = await heard.soon(bool)

    assert (change["old"], change["new"]) == (1.0, 1.5)
    assert threading.current_thread() not in heard.threads
    unconnected.observe(heard, names=["voice"])
    unconnected.voice = "echo"
    assert threading.current_thread() in heard.threads


async def test_links_go_on_to_work(talk: StartTalk) -> None:
    widget, _ = talk()
    label, area, speed = ipywidgets.Label(), ipywidgets.Label(), ipywidgets.FloatText()
    traitlets.dlink((widget, "text"), (label, "value"))
    traitlets.link((widget, "status"), (area, "value"))
    traitlets.link((widget, "speed"), (speed, "value"))
    ipywidgets.jslink((widget, "status"), (ipywidgets.Label(), "value"))
    speed.value = 1.2
    assert widget.speed == 1.2
    widget.speed = 0.9
    assert speed.value == 0.9
    reply = await widget.ask("Hello")
    await until(widget, "text", reply.text)
    await until(widget, "status", "ready")
    await settled(widget)

    assert label.value == "You said: Hello"
    assert area.value == "ready"
    assert widget.notice == ""


async def test_a_link_whose_source_moves_on_is_not_broken(
    unconnected: RealtimeWidget, caplog: pytest.LogCaptureFixture
) -> None:
    widget, area = unconnected, ipywidgets.Label()
    states = ["connecting", "ready", "listening", "thinking", "speaking"] * 20
    traitlets.link((widget, "status"), (area, "value"))
    shown = threading.Event()

    def show() -> None:
        for status in states:
            widget.show(status=status)
        shown.set()

    background_loop().call(show)
    assert await asyncio.to_thread(shown.wait, PATIENCE_S)
    await asyncio.to_thread(_until, lambda: widget.status == states[-1])
    await settled(widget)

    assert area.value == states[-1]
    assert caplog.text == ""


async def test_one_that_is_too_slow_loses_its_oldest_calls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lanes, "LIMIT", 10)
    said: list[str] = []
    lane, seen, leave, entered = Lane(said.append), [], threading.Event(), []

    def slow(value: int) -> None:
        entered.append(value)
        leave.wait(PATIENCE_S)
        seen.append(value)

    own = OwnFunction(slow, "`text`")
    lane.put(own, 0)
    await asyncio.to_thread(_until, lambda: bool(entered))
    for number in range(1, 12):
        lane.put(own, number)
    leave.set()
    assert await asyncio.to_thread(lane.wait, PATIENCE_S)
    assert seen == [0, *range(2, 12)]
    lane.put(own, 12)
    assert await asyncio.to_thread(lane.wait, PATIENCE_S)

    assert seen[-1] == 12
    assert lane.left_out == 1
    assert len(said) == 1
    lane.end()
    lane.join(PATIENCE_S)


def test_running_a_cell_again_replaces_its_callbacks(
    unconnected: RealtimeWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = iter([Run("a", "1"), Run("a", "1"), Run("b", "2"), Run("a", "3"), None])
    monkeypatch.setattr("rt_widget.registered.current_run", lambda: next(runs))
    for _ in range(5):
        unconnected.on("text", lambda _: None)
    registered = unconnected._registered
    assert isinstance(registered, Registered)

    assert len(registered._callbacks) == 3


async def test_what_happened_before_the_end_is_still_told(talk: StartTalk) -> None:
    widget, _ = talk()
    heard, observed = Heard(), Heard()
    widget.on("status", heard)
    widget.observe(lambda change: observed(change["new"]), names=["status"])
    await widget.ask("Hello")
    await asyncio.to_thread(widget.close)

    assert (await heard.soon(lambda v: v[-1:] == ["disconnected"]))[0] == "connecting"
    await observed.soon(lambda v: v[-1:] == ["disconnected"])
    await asyncio.to_thread(
        _until, lambda: not any(t.is_alive() for t in heard.threads)
    )
    with pytest.raises(ClosedError):
        widget.on("status", heard)
    with pytest.raises(ClosedError):
        widget.off("status", heard)


def test_the_names_stand_in_its_docstring() -> None:
    assert all(f"| `{name}` |" in str(Callbacks.on.__doc__) for name in NAMES)


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


async def settled(widget: RealtimeWidget) -> None:
    """Once the callbacks and observers have been called for all that has happened."""
    callbacks = () if widget._registered is None else widget._registered._callbacks
    for lane in (widget._observers.lane, *(each.lane for each in callbacks)):
        assert await asyncio.to_thread(lane.wait, PATIENCE_S)
