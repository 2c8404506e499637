"""The one background thread whose event loop holds every session of the process."""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import sys
import threading
from concurrent.futures import wait
from typing import TYPE_CHECKING, ParamSpec, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import Future

_log = logging.getLogger(__name__)

_P = ParamSpec("_P")
_T = TypeVar("_T")

End: TypeAlias = "Callable[[], Coroutine[object, object, None]]"

_EXIT_TIMEOUT_S = 2.0

_LIVE_SWITCH_INTERVAL_S = 0.001
"""While sessions open or are live; a busy cell else keeps the interpreter for 5 ms."""


class BackgroundLoop:
    """An event loop on a daemon thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._ends: list[End] = []
        self._calm_interval = sys.getswitchinterval()
        self._lock = threading.Lock()
        self.thread = threading.Thread(target=self._run, name="rt_widget", daemon=True)
        self.thread.start()
        atexit.register(self._hang_up)

    def call(
        self, function: Callable[_P, object], *args: _P.args, **kwargs: _P.kwargs
    ) -> None:
        """Run a plain function on the loop, in the order of the calls; never waits."""

        def run() -> None:
            try:
                function(*args, **kwargs)
            except Exception:  # noqa: BLE001 - nobody awaits a call: its failure is logged
                _log.exception("A call on the background loop failed.")

        self.loop.call_soon_threadsafe(run)

    def submit(self, coroutine: Coroutine[object, object, _T]) -> Future[_T]:
        """Start a coroutine on the loop; its result comes in a thread-safe future."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def session_opened(self, end: End) -> None:
        """One more session, live or opening: let the loop's thread run more often.

        `end` closes it; called on the loop when the interpreter exits before.
        """
        with self._lock:
            if not self._ends:
                self._calm_interval = sys.getswitchinterval()
                sys.setswitchinterval(min(_LIVE_SWITCH_INTERVAL_S, self._calm_interval))
            self._ends.append(end)

    def session_closed(self, end: End) -> None:
        """One live session less; the last one restores the interpreter's setting."""
        with self._lock:
            self._ends.remove(end)
            if not self._ends:
                sys.setswitchinterval(self._calm_interval)

    def forget(self) -> None:
        """This process was forked: the sessions are the parent's to end."""
        atexit.unregister(self._hang_up)
        if self._ends:
            sys.setswitchinterval(self._calm_interval)

    def _hang_up(self) -> None:
        with self._lock:
            ends = tuple(self._ends)
        wait([self.submit(end()) for end in ends], _EXIT_TIMEOUT_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()


class _Process:
    """The background loop of this process, once it is needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: BackgroundLoop | None = None
        self._of_parents: list[BackgroundLoop] = []

    def loop(self) -> BackgroundLoop:
        with self._lock:
            if self._loop is None:
                self._loop = BackgroundLoop()
            return self._loop

    def begin_anew(self) -> None:
        # A forked child has no thread of its parent's, and maybe a lock that one held.
        self._lock = threading.Lock()
        if self._loop is not None:
            self._loop.forget()
            # Kept: collecting it would close what the parent still uses.
            self._of_parents.append(self._loop)
            self._loop = None


_process = _Process()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_process.begin_anew)


def background_loop() -> BackgroundLoop:
    """The process's background loop, started on first use; anew in a forked child."""
    return _process.loop()
