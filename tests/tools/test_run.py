"""Calls: run somewhere else, with a limit, and answered whatever happens."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from rt_widget._loop import BackgroundLoop, background_loop
from rt_widget.tools import Tool, ToolResult
from rt_widget.tools.running import SIDE_BY_SIDE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Iterator

PATIENCE_S = 20.0


@pytest.fixture(autouse=True)
def no_call_is_left_running() -> Iterator[None]:
    yield
    join_calls()


def join_calls() -> None:
    for thread in threading.enumerate():
        if thread.name == "rt_widget tool":
            thread.join(PATIENCE_S)
            assert not thread.is_alive()


async def result_of(
    function: Any,
    arguments: str = "",
    **settings: Any,
) -> ToolResult:
    return await Tool.of(function, name="f", **settings).run(arguments)


async def test_a_plain_function_runs_in_a_thread_of_its_own() -> None:
    def where() -> list[object]:
        here = threading.current_thread()
        return [here.name, here.daemon, here is threading.main_thread()]

    result = await result_of(where)
    assert result.status == "completed"
    assert result.output == '["rt_widget tool", true, false]'
    assert 0 < result.seconds < PATIENCE_S


async def test_the_context_is_copied() -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("v", default="none")
    variable.set("mine")

    def read() -> str:
        seen = variable.get()
        variable.set("the tool's")
        return seen

    async def read_async() -> str:
        return read()

    assert (await result_of(read)).output == "mine"
    assert (await result_of(read_async)).output == "mine"
    assert variable.get() == "mine"


async def test_a_hundred_calls_run_side_by_side_but_not_all_at_once() -> None:
    lock, full = threading.Lock(), threading.Event()
    running, most = 0, 0

    def count(n: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            if running == SIDE_BY_SIDE:
                full.set()
        full.wait(PATIENCE_S)
        with lock:
            running -= 1
        return n

    tool = Tool.of(count)
    results = await asyncio.gather(*(tool.run(f'{{"n": {n}}}') for n in range(100)))
    assert [r.output for r in results] == [str(n) for n in range(100)]
    assert most == SIDE_BY_SIDE


async def test_a_thread_that_never_returns_is_given_up() -> None:
    release = threading.Event()

    def hang() -> str:
        print("hanging")
        release.wait(PATIENCE_S)
        return "late"

    result = await result_of(hang, timeout_s=0.1)
    assert result.status == "timed_out"
    assert "0.1 seconds" in result.output
    assert result.printed == "hanging\n"
    release.set()


async def test_calls_that_hang_do_not_hold_up_the_others() -> None:
    release = threading.Event()
    hang = Tool.of(lambda: release.wait(PATIENCE_S), name="hang", timeout_s=0.05)
    hung = [hang.run("") for _ in range(SIDE_BY_SIDE)]
    results = await asyncio.gather(*hung, result_of(lambda: "fine"))
    assert [r.status for r in results] == ["timed_out"] * SIDE_BY_SIDE + ["completed"]
    release.set()


async def test_after_many_lost_calls_no_more_are_started() -> None:
    release = threading.Event()
    hang = Tool.of(lambda: release.wait(PATIENCE_S), name="hang", timeout_s=0.05)
    results = await asyncio.gather(*(hang.run("") for _ in range(100)))
    refused = [r for r in results if r.status == "failed"]
    assert refused
    assert all("never come back" in r.output for r in refused)

    release.set()
    await asyncio.to_thread(join_calls)
    assert (await result_of(lambda: "fine")).output == "fine"


def test_a_call_that_hangs_does_not_hold_up_the_interpreters_end() -> None:
    code = """
import asyncio, threading
from rt_widget.tools import Tool

tool = Tool.of(lambda: threading.Event().wait(), name="hang", timeout_s=0.1)
print(asyncio.run(tool.run("")).status)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    )
    assert (done.stdout, done.stderr) == ("timed_out\n", "")


@pytest.mark.parametrize(
    "error",
    [
        ValueError("too small"),
        KeyboardInterrupt("stop"),
        SystemExit("bye"),
        GeneratorExit("gone"),
        asyncio.CancelledError("cut"),
        TimeoutError("slow"),
        StopIteration("end"),
        BaseExceptionGroup("some", [SystemExit(1)]),
    ],
)
async def test_whatever_is_raised_is_told_by_type_and_text(
    error: BaseException,
) -> None:
    def plain() -> None:
        password = "hunter2"  # noqa: F841, S105
        raise error

    async def waiting() -> None:
        await asyncio.sleep(0)
        raise error

    for function in (plain, waiting):
        if function is waiting and isinstance(error, StopIteration | GeneratorExit):
            continue  # a coroutine cannot raise it
        result = await result_of(function)
        assert result.status == "failed"
        assert result.output == f"{type(error).__name__}: {error}"
        assert "hunter2" not in result.output + result.trace.replace('= "hunter2"', "")


async def test_the_trace_begins_in_the_persons_code() -> None:
    def inner() -> None:
        raise ValueError("oops")

    def outer() -> None:
        inner()

    result = await result_of(outer)
    lines = result.trace.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert "test_run.py" in lines[1]
    assert lines[1].endswith("in outer")
    assert lines[-1] == "ValueError: oops"
    assert result.output == "ValueError: oops"


class Unspeakable(Exception):  # noqa: N818
    def __str__(self) -> str:
        raise RuntimeError


async def test_errors_without_or_with_endless_words_are_told_in_bounds() -> None:
    def mute() -> None:
        raise Unspeakable

    def talk() -> None:
        raise ValueError("x" * 10_000_000)

    assert (await result_of(mute)).output == "Unspeakable"
    result = await result_of(talk)
    assert len(result.output) <= 1_000
    assert len(result.trace) <= 10_000


async def test_keys_in_errors_are_masked() -> None:
    def fail() -> None:
        raise ValueError("no key sk-proj-abcdefghijklmnop here")

    result = await result_of(fail)
    assert result.output == "ValueError: no key sk-… here"
    assert "abcdefghijklmnop" not in result.trace


async def test_a_result_that_exits_when_looked_at_ends_only_the_call() -> None:
    class Trap:
        def __repr__(self) -> str:
            raise SystemExit

    async def trap() -> Trap:
        return Trap()

    for function in (trap, lambda: Trap()):  # noqa: PLW0108
        result = await result_of(function)
        assert (result.status, result.output) == ("failed", "SystemExit")


async def test_a_result_of_50_mb_is_told_in_bounds() -> None:
    result = await result_of(lambda: ["x" * 1_000] * 50_000)
    assert result.status == "completed"
    assert len(result.output) <= 32_000
    assert result.output.endswith("[The result is longer; it is cut here.]")


async def test_a_decorator_that_runs_a_coroutine_itself_may_do_so() -> None:
    def blocking(f: Any) -> Any:
        @functools.wraps(f)
        def inner(n: int) -> object:
            return asyncio.run(f(n))

        return inner

    @blocking
    async def double(n: int) -> int:
        await asyncio.sleep(0)
        return n * 2

    assert (await result_of(double, '{"n": 2}')).output == "4"


async def test_an_async_function_runs_where_its_tool_was_made() -> None:
    async def where() -> bool:
        await asyncio.sleep(0)
        return asyncio.get_running_loop() is here

    here = asyncio.get_running_loop()
    tool = Tool.of(where)
    there = background_loop()
    assert (await tool.run("")).output == "true"
    result = await asyncio.wrap_future(there.submit(tool.run("")))
    assert result.output == "true"


def test_without_such_a_loop_an_async_function_runs_on_the_callers() -> None:
    async def where() -> str:
        await asyncio.sleep(0)
        return threading.current_thread().name

    async def make() -> Tool:  # its loop has ended when the tool is run
        return Tool.of(where)

    for tool in (Tool.of(where), asyncio.run(make())):
        there = background_loop()
        assert there.submit(tool.run("")).result(PATIENCE_S).output == "rt_widget"


async def test_a_busy_notebook_is_answered_by_the_time_limit() -> None:
    ran = []

    async def quick() -> None:
        ran.append(1)

    tool = Tool.of(quick, timeout_s=0.1)
    result = (
        background_loop().submit(tool.run("")).result(PATIENCE_S)
    )  # blocks the loop
    assert result.status == "timed_out"
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert ran == []


async def test_an_async_function_is_cancelled_at_its_limit() -> None:
    ended = asyncio.Event()

    async def slow() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    result = await result_of(slow, timeout_s=0.05)
    assert result.status == "timed_out"
    await asyncio.wait_for(ended.wait(), PATIENCE_S)


async def test_an_async_function_that_will_not_be_cancelled_is_left_alone() -> None:
    release = asyncio.Event()

    async def stubborn() -> str:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue
        return "late"

    assert (await result_of(stubborn, timeout_s=0.05)).status == "timed_out"
    release.set()


async def test_cancelling_the_run_cancels_an_async_function() -> None:
    started, ended = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    task = asyncio.ensure_future(result_of(slow))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(ended.wait(), PATIENCE_S)


async def test_cancelling_the_run_leaves_a_thread_alone() -> None:
    started, release = threading.Event(), threading.Event()

    def slow() -> None:
        started.set()
        release.wait(PATIENCE_S)

    task = asyncio.ensure_future(result_of(slow))
    await asyncio.to_thread(started.wait, PATIENCE_S)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    release.set()


async def test_a_plain_function_may_give_something_to_be_awaited() -> None:
    async def later(n: int) -> int:
        await asyncio.sleep(0)
        return n + 1

    def now(n: int) -> Awaitable[int]:
        return later(n)

    assert (await result_of(now, '{"n": 1}')).output == "2"


async def test_what_is_yielded_is_joined_or_listed() -> None:
    def words() -> Iterator[str]:
        yield "one "
        yield "two"

    async def numbers() -> AsyncIterator[int]:
        for n in range(3):
            yield n

    def endless() -> Iterator[str]:
        while True:
            yield "x"

    async def endless_too() -> AsyncIterator[int]:
        while True:
            yield 1

    assert (await result_of(words)).output == "one two"
    assert (await result_of(numbers)).output == "[0, 1, 2]"
    assert (await result_of(lambda: iter(()))).output == "[]"
    cut = "\n[cut after 1,000 items]"
    assert (await result_of(endless)).output == "x" * 1_000 + cut
    assert (await result_of(endless_too)).output.endswith(
        '1, "\\n[cut after 1,000 items]"]'
    )


async def test_methods_partials_and_decorated_coroutines_run() -> None:
    class Counter:
        def __init__(self) -> None:
            self.n = 0

        async def add(self, n: int) -> int:
            self.n += n
            return self.n

        async def __call__(self, n: int) -> int:
            return await self.add(n)

    counter = Counter()
    assert (await result_of(counter.add, '{"n": 2}')).output == "2"
    assert (await result_of(counter, '{"n": 3}')).output == "5"


def test_calls_go_on_while_the_callers_loop_is_the_background_one() -> None:
    loop = BackgroundLoop()
    tool = Tool.of(lambda: time.sleep(0.01), name="nap")

    async def all_of_them() -> list[ToolResult]:
        return await asyncio.gather(*(tool.run("") for _ in range(10)))

    results = loop.submit(all_of_them()).result(PATIENCE_S)
    assert [r.output for r in results] == ["null"] * 10
    loop.loop.call_soon_threadsafe(loop.loop.stop)
