"""Who gets what a child process tells."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

from rt_widget import errors
from rt_widget.backends.local.engine_process.frames import (
    Ended,
    Failed,
    Ready,
    Told,
)
from rt_widget.errors import BackendError, ConnectionLostError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from rt_widget.backends.local.requests.values import Wire

    Take: TypeAlias = Callable[[Wire | ConnectionLostError], None]

_HINT = "Connect again: it starts anew; what was said so far is kept."


class Routes:
    """Leads what comes to the sessions; used on any thread.

    `loaded` are the voices, or why the engines cannot be loaded; `lost` is why the
    child is of no use any more.
    """

    def __init__(self) -> None:
        self.loaded: Future[tuple[str, ...]] = Future()
        self.lost: ConnectionLostError | None = None
        self._takers: dict[int, Take] = {}
        self._lock = threading.Lock()

    @property
    def are_used(self) -> bool:
        """Whether there is a session."""
        return bool(self._takers)

    def add(self, number: int, take: Take) -> None:
        """Lead what a session says to `take`."""
        with self._lock:
            if self.lost is None:
                self._takers[number] = take
                return
        take(self.lost)

    def remove(self, number: int) -> bool:
        """Forget a session; whether there was one."""
        with self._lock:
            return self._takers.pop(number, None) is not None

    def give_up(self) -> bool:
        """Let nobody in any more, if nobody is."""
        with self._lock:
            if self._takers or self.lost:
                return False
            self.lost = ConnectionLostError("The process of the local voice was ended.")
            return True

    def pass_on(self, frame: object) -> None:
        """Take what the child has told."""
        match frame:
            case Told(number, event) if taker := self._takers.get(number):
                taker(event)
            case Ended(number, message):
                with self._lock:
                    taker = self._takers.pop(number, None)
                if taker is not None:
                    taker(ConnectionLostError(message))
            case Ready(voices):
                self.loaded.set_result(voices)
            case Failed():
                self.loaded.set_exception(_error_of(frame))
                self.lost = ConnectionLostError(frame.message, hint=frame.hint)
            case _:
                """For a session that is closed."""

    def lose(self, reason: str) -> None:
        """The child has ended: tell everybody."""
        with self._lock:
            self.lost = self.lost or ConnectionLostError(reason, hint=_HINT)
            takers, self._takers = self._takers, {}
        for take in takers.values():
            take(self.lost)
        if not self.loaded.done():
            self.loaded.set_exception(BackendError(reason, hint="Try again."))


def _error_of(failed: Failed) -> BackendError:
    kind = getattr(errors, failed.kind, BackendError)
    if not issubclass(kind, BackendError):
        kind = BackendError
    return kind(failed.message, code=failed.code, hint=failed.hint)
