"""Threads that call the person's functions, in order; nothing waits for them.

Whatever such a function does, sound goes on. One that raises is shown once, in the
output of the cell that it came from; one that blocks is told of once.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections import deque
from typing import TYPE_CHECKING
from weakref import WeakSet

from rt_widget._loop import background_loop

if TYPE_CHECKING:
    from collections.abc import Callable

    from rt_widget.own_function import OwnFunction

LIMIT = 5_000
"""Calls that wait for one slow function; of more the oldest are left out."""

BLOCKED_AFTER_S = 1.0
"""A plain function that runs for longer is told of."""

_EXIT_TIMEOUT_S = 0.5


class Lane:
    """Calls functions of the person one after the other, on a thread of its own.

    Args:
        tell: Gets sentences for the person, on any thread; neither blocks nor raises.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.left_out = 0
        self._tell = tell
        self._waiting: deque[tuple[OwnFunction, object]] = deque()
        self._running: tuple[OwnFunction, float] | None = None
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_watched = False
        self._is_over = False
        _lanes.add(self)

    def put(self, function: OwnFunction, value: object) -> None:
        """Have a function called; never waits."""
        with self._changed:
            if self._is_over:
                return
            is_full = len(self._waiting) >= LIMIT
            if is_full:
                self._waiting.popleft()
                self.left_out += 1
            self._waiting.append((function, value))
            self._start()
            self._changed.notify_all()
            is_first, self._is_watched = not self._is_watched, True
            is_news = is_full and self.left_out == 1
        if is_first:
            background_loop().call(self._watch)
        if is_news:
            self._tell(f"Your {function.name} is too slow: some calls are left out.")

    def wait(self, seconds: float) -> bool:
        """Wait until all is called that was put; returns whether it was."""
        with self._changed:
            return self._changed.wait_for(self._is_idle, seconds)

    def end(self, *, at_once: bool = False) -> None:
        """Take nothing more; what waits is still called, unless it ends `at_once`."""
        with self._changed:
            self._is_over = True
            if at_once:
                self._waiting.clear()
            self._changed.notify_all()

    def join(self, seconds: float) -> None:
        """Wait for the end of its thread."""
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(seconds)

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._work, name="rt_widget callbacks", daemon=True
            )
            try:
                self._thread.start()
            except RuntimeError:
                # The interpreter is ending and starts no thread any more.
                self._is_over = True

    def _is_idle(self) -> bool:
        return not self._waiting and self._running is None

    def _work(self) -> None:
        while True:
            with self._changed:
                self._running = None
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._waiting or self._is_over)
                if not self._waiting:
                    return
                function, value = self._waiting.popleft()
                self._running = function, time.monotonic()
            try:
                function.run(value)
            except BaseException as error:  # noqa: BLE001 - a user's function may raise anything
                said = function.failed(error)
                if said:
                    self._tell(said)
            del function, value

    def _watch(self) -> None:
        """Look, on the background loop, whether a function blocks."""
        with self._changed:
            if self._is_idle():
                self._is_watched = False
                return
            running = self._running
        if running is not None:
            self._warn(*running)
        background_loop().loop.call_later(BLOCKED_AFTER_S / 2, self._watch)

    def _warn(self, function: OwnFunction, since: float) -> None:
        is_blocked = time.monotonic() - since > BLOCKED_AFTER_S
        if is_blocked and not (function.is_async or function.has_blocked):
            function.has_blocked = True
            self._tell(
                f"Your {function.name} has been running for more than "
                f"{BLOCKED_AFTER_S:.0f} s; its next calls wait."
            )


_lanes: WeakSet[Lane] = WeakSet()


def _end_all() -> None:
    """The interpreter ends: a thread in mid-print would end it with noise."""
    lanes = list(_lanes)
    for lane in lanes:
        lane.end(at_once=True)
    deadline = time.monotonic() + _EXIT_TIMEOUT_S
    for lane in lanes:
        lane.join(max(0.0, deadline - time.monotonic()))


atexit.register(_end_all)
if hasattr(os, "register_at_fork"):
    # A forked child has none of these threads, and maybe a lock that one has held.
    os.register_at_fork(after_in_child=_lanes.clear)
