"""Threads that several sessions share fairly."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_P = ParamSpec("_P")
_T = TypeVar("_T")


class FairThreads:
    """Threads of one engine; they end when nobody holds them or a line of theirs.

    Args:
        name: Of the threads.
        count: How many lines are served at once.
    """

    def __init__(self, name: str, count: int = 1) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix=f"rt-widget-{name}")
        self._lock = threading.Lock()
        self._waiting = 0

    def line(self, *, gives_way: bool = False) -> Line:
        """One more line.

        Args:
            gives_way: Whether its work begins only when no other line waits, and has
                to ask `Line.is_wanted` while it goes on.
        """
        return Line(self, gives_way=gives_way)

    @property
    def are_wanted(self) -> bool:
        """Whether work waits that gives way to nothing."""
        return self._waiting > 0

    def run_soon(self, work: Callable[[], None], *, counts: bool) -> None:
        """Run `work` after all that was asked for before; `counts` makes it wanted."""
        with self._lock:
            self._waiting += counts
        self._pool.submit(self._run, work, counts=counts)

    def _run(self, work: Callable[[], None], *, counts: bool) -> None:
        with self._lock:
            self._waiting -= counts
        work()


class Line(Executor):
    """Work of one session, done one piece after the other.

    After each piece the line stands at the end of the queue again, so a session with
    much work delays another by one piece only.

    Args:
        threads: What does the work.
        gives_way: See `FairThreads.line`.
    """

    def __init__(self, threads: FairThreads, *, gives_way: bool) -> None:
        self._threads = threads
        self._gives_way = gives_way
        self._pieces: deque[Callable[[], None]] = deque()
        self._is_queued = False
        self._lock = threading.Lock()

    @property
    def is_wanted(self) -> bool:
        """Whether another line waits for what this one, which gives way, now uses."""
        return self._gives_way and self._threads.are_wanted

    def submit(
        self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> Future[_T]:
        """Do it once the pieces before are done."""
        future: Future[_T] = Future()
        with self._lock:
            self._pieces.append(partial(_fulfil, future, partial(fn, *args, **kwargs)))
            is_first = not self._is_queued
            self._is_queued = True
        if is_first:
            self._queue()
        return future

    def _queue(self) -> None:
        self._threads.run_soon(self._next, counts=not self._gives_way)

    def _next(self) -> None:
        if not self.is_wanted:
            self._pieces.popleft()()
        with self._lock:
            self._is_queued = bool(self._pieces)
        if self._is_queued:
            self._queue()


def _fulfil(future: Future[_T], work: Callable[[], _T]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 - whoever waits for it gets it
        future.set_exception(error)
    else:
        future.set_result(result)
