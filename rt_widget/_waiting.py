"""Waiting, from a cell or a script, for what runs on the background loop.

All waits come back every `SLICE_S`: ipykernel delivers an interrupt to a cell that
awaits only when its loop wakes up for something else (ipython/ipykernel#881).
"""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import TYPE_CHECKING, TypeVar

from rt_widget._loop import background_loop
from rt_widget.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Coroutine

_T = TypeVar("_T")

SLICE_S = 0.1


async def wait_for(work: Coroutine[object, object, _T]) -> _T:
    """Run `work` on the background loop and await it in the caller's.

    Cancelling the caller cancels the work.
    """
    future = background_loop().submit(work)
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    future.add_done_callback(lambda _: _wake(loop, ended))
    try:
        while not future.done():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), SLICE_S)
        return future.result()
    finally:
        future.cancel()


def wait_here(work: Coroutine[object, object, _T]) -> _T:
    """Run `work` on the background loop and wait for it without await.

    In a cell the notebook's own loop keeps turning meanwhile, so that background
    tasks of the user go on; in a script the thread just waits.

    Raises:
        InputError: called on the background loop itself, which would never end, or in
            a loop that cannot be nested (such as uvloop's).
    """
    try:
        running = asyncio.get_running_loop()
    except RuntimeError:
        return _wait_in_thread(background_loop().submit(work))
    if running is background_loop().loop:
        work.close()
        msg = "A callback of the widget cannot wait for the widget."
        raise InputError(msg, hint="Use the async form in a task of its own.")
    import nest_asyncio2  # noqa: PLC0415 - only needed in a running loop

    try:
        nest_asyncio2.apply(running)
    except ValueError:
        work.close()
        msg = f"The {type(running).__name__} that is running cannot wait here."
        raise InputError(msg, hint="Write `await w.ask(…)` instead.") from None
    return running.run_until_complete(wait_for(work))


def _wait_in_thread(future: Future[_T]) -> _T:
    try:
        while True:
            try:
                return future.result(SLICE_S)
            except FutureTimeoutError:
                if future.done():
                    return future.result()
    finally:
        future.cancel()


def _wake(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    # The caller's loop may have been closed while the work went on.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(ended.set)
