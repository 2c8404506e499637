from __future__ import annotations

import asyncio
import threading
from concurrent.futures import CancelledError, wait
from functools import partial
from typing import TYPE_CHECKING

import pytest

from rt_widget.backends.local.fair_threads import FairThreads

if TYPE_CHECKING:
    from concurrent.futures import Future

    from rt_widget.backends.local.fair_threads import Line

PATIENCE_S = 20.0


class Held:
    """Holds a line's thread until it is let go."""

    def __init__(self, line: Line) -> None:
        self._gate = threading.Event()
        self.begun = threading.Event()
        self.work = line.submit(self._hold)
        assert self.begun.wait(PATIENCE_S)

    def _hold(self) -> None:
        self.begun.set()
        assert self._gate.wait(PATIENCE_S)

    def let_go(self) -> None:
        self._gate.set()


def finished(*work: Future[None]) -> None:
    assert not wait(work, PATIENCE_S).not_done


def test_much_work_of_one_delays_another_by_one_piece() -> None:
    threads = FairThreads("test")
    one, other, third = threads.line(), threads.line(), threads.line()
    done: list[str] = []
    held = Held(one)
    work = [one.submit(done.append, f"one {n}") for n in range(4)]
    work += [other.submit(done.append, f"other {n}") for n in range(2)]
    work += [third.submit(done.append, "third")]
    held.let_go()
    finished(*work)
    assert done == [
        "other 0",
        "third",
        "one 0",
        "other 1",
        "one 1",
        "one 2",
        "one 3",
    ]


def test_lines_run_side_by_side_and_each_does_one_thing_at_a_time() -> None:
    threads = FairThreads("test", 3)
    lines = [threads.line() for _ in range(3)]
    meeting = threading.Barrier(3, timeout=PATIENCE_S)
    inside: set[int] = set()

    def piece(number: int) -> None:
        assert number not in inside
        inside.add(number)
        meeting.wait()
        inside.discard(number)
        # Nobody begins anew before all have left.
        meeting.wait()

    numbered = list(enumerate(lines)) * 5
    work = [line.submit(piece, number) for number, line in numbered]
    finished(*work)
    for each in work:
        each.result()


def test_what_gives_way_waits_and_knows_that_it_is_wanted() -> None:
    threads = FairThreads("test")
    first, wanted = threads.line(), threads.line()
    glimpse, other = threads.line(gives_way=True), threads.line(gives_way=True)
    done: list[str] = []
    held = Held(first)
    looks = [line.submit(done.append, "looked") for line in (glimpse, other)]
    work = [wanted.submit(done.append, f"heard {n}") for n in range(3)]
    held.let_go()
    finished(*looks, *work)
    assert done == ["heard 0", "heard 1", "heard 2", "looked", "looked"]

    look = Held(glimpse)
    told = [glimpse.is_wanted]
    work = [wanted.submit(done.append, "heard 3")]
    told += [glimpse.is_wanted, first.is_wanted]
    look.let_go()
    finished(*work)
    assert [*told, glimpse.is_wanted] == [False, True, False, False]


def test_failures_and_cancelled_work_hold_up_nothing() -> None:
    line = FairThreads("test").line()
    done: list[str] = []
    held = Held(line)
    failing = line.submit(partial(int, "odd"))
    cancelled = line.submit(done.append, "cancelled")
    last = line.submit(done.append, "last")
    assert cancelled.cancel()
    held.let_go()
    finished(last)
    assert done == ["last"]
    with pytest.raises(ValueError, match="odd"):
        failing.result()
    with pytest.raises(CancelledError):
        cancelled.result()


async def test_a_loop_can_wait_for_it_and_the_thread_ends_with_its_lines() -> None:
    line = FairThreads("goes").line()
    thread = await asyncio.get_running_loop().run_in_executor(
        line, threading.current_thread
    )
    assert thread.name.startswith("rt-widget-goes")
    del line
    await asyncio.to_thread(thread.join, PATIENCE_S)
    assert not thread.is_alive()
