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
"""While sessions are live; a busy cell else keeps the interpreter 5 ms at a time."""


class BackgroundLoop:
    """An event loop on a daemon thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._ends: list[End] = []
        self._calm_interval = sys.getswitchinterval()
        self._lock = threading.Lock()
        self._pid = os.getpid()
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
        """One more live session: let the loop's thread run more often.

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

    def _hang_up(self) -> None:
        if os.getpid() == self._pid:
            wait([self.submit(end()) for end in self._ends], _EXIT_TIMEOUT_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()


_loop: BackgroundLoop | None = None
_loop_pid = 0
_lock = threading.Lock()


def background_loop() -> BackgroundLoop:
    """The process's background loop, started on first use; anew in a forked child."""
    global _loop, _loop_pid
    with _lock:
        if _loop is None or _loop_pid != os.getpid():
            _loop, _loop_pid = BackgroundLoop(), os.getpid()
        return _loop
