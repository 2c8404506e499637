"""What a call prints is the call's; what others print is not."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from rt_widget.tools import Tool
from rt_widget.tools.capture import PRINTED_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE_S = 20.0


@pytest.fixture(autouse=True)
def streams_are_left_as_they_were() -> Iterator[None]:
    before = sys.stdout, sys.stderr
    yield
    assert (sys.stdout, sys.stderr) == before


async def test_what_a_call_prints_is_kept_from_the_cell(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def talk() -> None:
        print("out")
        print("err", file=sys.stderr)
        sys.stdout.writelines(["a\n", "b\n"])
        sys.stdout.flush()

    async def talk_async() -> None:
        talk()
        await asyncio.sleep(0)
        print("more")

    assert (await Tool.of(talk).run("")).printed == "out\nerr\na\nb\n"
    assert (await Tool.of(talk_async).run("")).printed == "out\nerr\na\nb\nmore\n"
    assert capsys.readouterr() == ("", "")


async def test_calls_side_by_side_do_not_mix(
    capsys: pytest.CaptureFixture[str],
) -> None:
    together = threading.Barrier(8)

    def talk(n: int) -> None:
        together.wait(PATIENCE_S)
        for _ in range(100):
            print(n)

    tool = Tool.of(talk)
    results = await asyncio.gather(*(tool.run(f'{{"n": {n}}}') for n in range(8)))
    assert [r.printed for r in results] == [f"{n}\n" * 100 for n in range(8)]
    assert capsys.readouterr() == ("", "")


async def test_async_calls_and_the_cell_do_not_mix(
    capsys: pytest.CaptureFixture[str],
) -> None:
    started, release = asyncio.Event(), asyncio.Event()

    async def talk() -> None:
        started.set()
        await release.wait()
        print("the tool")

    running = asyncio.ensure_future(Tool.of(talk).run(""))
    await started.wait()
    print("the cell")
    thread = threading.Thread(target=print, args=["a thread"])
    thread.start()
    thread.join(PATIENCE_S)
    release.set()
    assert (await running).printed == "the tool\n"
    assert capsys.readouterr().out == "the cell\na thread\n"


async def test_a_flood_is_bounded_and_its_size_is_told() -> None:
    def flood() -> None:
        for _ in range(100_000):
            print("x" * 99)

    printed = (await Tool.of(flood).run("")).printed
    assert len(printed) == PRINTED_LIMIT
    assert printed.startswith("xxx")
    assert "10,000,000 characters" in printed[-60:]

    def exact() -> None:
        print("x" * PRINTED_LIMIT, end="")

    assert (await Tool.of(exact).run("")).printed == "x" * PRINTED_LIMIT


async def test_what_was_printed_before_an_error_is_kept() -> None:
    def fail() -> None:
        print("so far")
        raise ValueError

    assert (await Tool.of(fail).run("")).printed == "so far\n"


async def test_what_a_lost_call_prints_late_reaches_no_cell(
    capsys: pytest.CaptureFixture[str],
) -> None:
    release, ended = threading.Event(), threading.Event()

    def late() -> None:
        release.wait(PATIENCE_S)
        print("late")
        ended.set()

    result = await Tool.of(late, timeout_s=0.05).run("")
    assert result.status == "timed_out"
    release.set()
    await asyncio.to_thread(ended.wait, PATIENCE_S)
    for thread in threading.enumerate():
        if thread.name == "rt_widget tool":
            await asyncio.to_thread(thread.join, PATIENCE_S)
    assert capsys.readouterr() == ("", "")


async def test_a_cell_that_redirects_its_output_meanwhile_is_not_disturbed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    started, release = asyncio.Event(), asyncio.Event()

    async def talk() -> None:
        started.set()
        await release.wait()

    real = sys.stdout
    running = asyncio.ensure_future(Tool.of(talk).run(""))
    await started.wait()
    with contextlib.redirect_stdout(io.StringIO()) as cell:
        print("caught")
        release.set()
        await running
    print("shown")
    assert cell.getvalue() == "caught\n"
    assert capsys.readouterr().out == "shown\n"

    # The stand-in that the cell put back passes on, until the next call ends.
    await Tool.of(lambda: None, name="f").run("")
    assert sys.stdout is real


async def test_streams_behave_as_streams_inside_a_call() -> None:
    def look() -> list[object]:
        kind = type(sys.stdout.fileno()) if not sys.stdout.isatty() else int
        return [sys.stdout.encoding.lower(), sys.stdout.write("four"), kind is int]

    result = await Tool.of(look).run("")
    assert result.output == '["utf-8", 4, true]'


async def test_log_lines_are_printed_too() -> None:
    def warn() -> None:
        logger = logging.Logger("of the tool")  # noqa: LOG001
        logger.addHandler(logging.StreamHandler())
        logger.warning("noted")

    assert (await Tool.of(warn).run("")).printed == "noted\n"


async def test_there_may_be_no_streams_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", None)
        result = await Tool.of(lambda: "fine", name="f").run("")
    assert result.output == "fine"
