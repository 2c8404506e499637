"""A function of the person: called where it belongs, and shown when it fails."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import logging
from concurrent.futures import CancelledError, wait
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from rt_widget._loop import background_loop
from rt_widget.cells import current_place, shell_of_kernel

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_log = logging.getLogger(__name__)

_WORDS_LIMIT = 500
_SLICE_S = 0.5


class OwnFunction:
    """A function of the person, and where it came from.

    Args:
        function: Takes one value. A coroutine function runs on the event loop that is
            running now, as long as that runs, and else on the background loop.
        what: What it is called for, in a few words.
    """

    def __init__(self, function: Callable[[Any], object], what: str) -> None:
        self.function = function
        self.failures = 0
        self.has_blocked = False
        # What it prints appears where it was given: hosts keep the cell in the context.
        self._context = contextvars.copy_context()
        place = current_place()
        where = f" in {place}" if place else ""
        self.name = f"{_name_of(function)} for {what}{where}"
        self._loop = _running_loop()
        self.is_async = inspect.iscoroutinefunction(function) or (
            inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004 - an object's own kind of call
        )

    def run(self, value: Any) -> None:  # noqa: ANN401 - what the function takes
        """Call it and wait for its end; whatever it raises goes on."""
        if not self.is_async:
            self._context.run(self.function, value)
            return
        here = self._loop
        loop = here if here and here.is_running() else background_loop().loop
        # A task of this context would enter it while it is entered here.
        context = self._context.copy()
        future = context.run(asyncio.run_coroutine_threadsafe, self._call(value), loop)
        while not wait([future], _SLICE_S).done:
            if not loop.is_running():
                future.cancel()
        with suppress(CancelledError):
            future.result()

    def failed(self, error: BaseException) -> str:
        """Take note of what it has raised; shows the first, and says so in words.

        Returns:
            A sentence for the person; empty when there is nothing new to say.
        """
        self.failures += 1
        if self.failures > 1:
            _log.debug("%s failed again.", self.name, exc_info=error)
            return ""
        said = f"Your {self.name} raised {_words_of(error)}"
        own = _below_this_file(error.__traceback__)
        shell = shell_of_kernel()
        if shell is None:
            _log.error("%s", said, exc_info=(type(error), error, own))
        else:
            error.add_note(f"Raised in {self.name}; the conversation goes on.")
            try:
                self._context.run(shell.showtraceback, (type(error), error, own))
            except Exception:  # noqa: BLE001 - whatever a shell does with it
                _log.debug("The shell does not show it.", exc_info=True)
        return said

    async def _call(self, value: object) -> None:
        await self.function(value)  # type: ignore[misc] # it is a coroutine function


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return None
    return None if loop is background_loop().loop else loop


def _name_of(function: object) -> str:
    name = getattr(function, "__qualname__", None) or type(function).__name__
    return "function" if str(name).endswith("<lambda>") else f"`{name}`"


def _words_of(error: BaseException) -> str:
    try:
        words = f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 - a user's exception may not even have words
        return type(error).__name__
    return words[:_WORDS_LIMIT]


def _below_this_file(trace: TracebackType | None) -> TracebackType | None:
    """The frames of the person's own code; all, when there are none."""
    own, each = trace, trace
    while each is not None:
        if each.tb_frame.f_code.co_filename == __file__:
            own = each.tb_next
        each = each.tb_next
    return own or trace
