"""What a call prints and displays, kept from the cell while it runs.

While a call is captured, `sys.stdout` and `sys.stderr` are stand-ins. What is written
in the call's own context goes to its capture; all else goes on to where it would have
gone. The stand-ins leave with the last call.
"""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, TextIO, cast

from rt_widget.tools import displays, plotting
from rt_widget.tools.bounds import cut
from rt_widget.tools.showing import SHOWN_LIMIT, safely

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matplotlib.figure import Figure

    from rt_widget.calls import Shown

PRINTED_LIMIT = 10_000
"""Most that is kept of what one call prints, in characters."""

_NAMES = ("stdout", "stderr")


class Capture:
    """What one call prints and displays. Written and read by any thread."""

    def __init__(self) -> None:
        self.displayed: list[Shown] = []
        self.figures: list[Figure] = []
        self._pieces: list[str] = []
        self._kept = 0
        self._size = 0

    def write(self, text: str) -> int:
        """Keep what the call prints, as far as the limit goes."""
        piece = text[: max(0, PRINTED_LIMIT - self._kept)]
        if piece:
            self._pieces.append(piece)
            self._kept += len(piece)
        self._size += len(text)
        return len(text)

    def display(self, look: Callable[[], Shown | None]) -> None:
        """Keep what the call displays, as far as the limit goes."""
        shown = safely(look) if len(self.displayed) < SHOWN_LIMIT else None
        if shown is not None:
            self.displayed.append(shown)

    @property
    def printed(self) -> str:
        """What the call has printed; where it is cut, the end says so."""
        text = "".join(list(self._pieces))
        if self._size <= PRINTED_LIMIT:
            return cut(text, PRINTED_LIMIT)
        note = f"\n[{self._size:,} characters; the rest is cut]"
        return cut(text[: PRINTED_LIMIT - len(note)] + note, PRINTED_LIMIT)


_current: ContextVar[Capture | None] = ContextVar("rt_widget_capture", default=None)
_lock = threading.Lock()
_running = 0


@contextmanager
def capturing(capture: Capture) -> Iterator[None]:
    """Whatever this context prints, displays and plots is the capture's."""
    token = _current.set(capture)
    _enter()
    try:
        with displays.watched(_display), plotting.gathered(capture.figures):
            yield
    finally:
        _leave()
        _current.reset(token)


def _display(look: Callable[[], Shown | None]) -> bool:
    """Whether a capture has taken it."""
    capture = _current.get()
    if capture is not None:
        capture.display(look)
    return capture is not None


class _StandIn:
    """A stream that gives what a call prints to its capture."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        capture = _current.get()
        if capture is None or not isinstance(text, str):
            return self.stream.write(text)
        return capture.write(text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> object:
        return getattr(self.stream, name)


def _enter() -> None:
    global _running  # noqa: PLW0603 - the streams are the process's, and so is the count
    with _lock:
        _running += 1
        for name in _NAMES:
            stream = getattr(sys, name)
            if stream is not None and not isinstance(stream, _StandIn):
                setattr(sys, name, cast("TextIO", _StandIn(stream)))


def _leave() -> None:
    """A stand-in that something else has covered meanwhile stays, and passes on."""
    global _running  # noqa: PLW0603 - see above
    with _lock:
        _running -= 1
        for name in _NAMES:
            stream = getattr(sys, name)
            if not _running and isinstance(stream, _StandIn):
                setattr(sys, name, stream.stream)
