"""The parent's side: a child process, what it is asked and what it tells."""

from __future__ import annotations

import itertools
import os
import queue
import threading
import weakref
from typing import TYPE_CHECKING

from rt_widget.backends.local.engine_process.frames import Begin, Close, Open, packed
from rt_widget.backends.local.engine_process.pipes import connect_pipes
from rt_widget.backends.local.engine_process.routes import Routes
from rt_widget.backends.local.engine_process.start import start

if TYPE_CHECKING:
    from concurrent.futures import Future
    from subprocess import Popen

    from rt_widget.backends.local.engine_process.frames import Down
    from rt_widget.backends.local.engine_process.routes import Take
    from rt_widget.backends.local.loading import Recipe
    from rt_widget.config import SessionConfig

LINGER_S = 60.0
"""After the last session's end the child stays for the next one, then it is ended."""


class EngineProcess:
    """A child process with engines of its own; it ends when nobody holds this.

    Args:
        recipe: What its engines are made of.

    Raises:
        BackendError: it cannot be started.
    """

    def __init__(self, recipe: Recipe) -> None:
        self._pid = os.getpid()
        self._numbers = itertools.count(1)
        self._routes = Routes()
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._child = start()
        # Its threads do not hold this object, whose end is the child's.
        connect_pipes(self._child, self._outgoing, self._routes)
        self._end = weakref.finalize(self, _end, self._child, self._pid)
        self.put(Begin(recipe))

    @property
    def pid(self) -> int:
        """The child's number."""
        return self._child.pid

    @property
    def loaded(self) -> Future[tuple[str, ...]]:
        """Its voices, once the engines are loaded; or why they are not."""
        return self._routes.loaded

    @property
    def has_ended(self) -> bool:
        """Whether it is of no use any more, or not this process's own."""
        return self._routes.lost is not None or self._pid != os.getpid()

    def open(self, config: SessionConfig, take: Take) -> int:
        """Open a session; gives its number.

        Args:
            config: What it starts with.
            take: Gets its events, and last why it has ended; called on any thread.
        """
        number = next(self._numbers)
        self._routes.add(number, take)
        self.put(Open(number, config))
        return number

    def close(self, number: int) -> None:
        """Close a session; safe to call twice."""
        if self._routes.remove(number):
            self.put(Close(number))
            if not self._routes.are_used:
                ending = threading.Timer(LINGER_S, _end_unused, (weakref.ref(self),))
                ending.daemon = True
                ending.start()

    def put(self, frame: Down) -> None:
        """Send a frame; never waits."""
        self._outgoing.put(packed(frame))

    def end_unused(self) -> None:
        """End the child, unless a session has been opened."""
        if self._routes.give_up():
            self._end()


def _end(child: Popen[bytes], parent: int) -> None:
    # A fork of the parent has this object too, and the child is not its own.
    if os.getpid() == parent:
        child.kill()


def _end_unused(process: weakref.ref[EngineProcess]) -> None:
    there = process()
    if there is not None:
        there.end_unused()
