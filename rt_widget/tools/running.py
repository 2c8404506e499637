"""How a function of the person's is run: somewhere else, with a limit, once.

Plain functions run in a daemon thread of their own each. A thread that does not come
back in time is left alone: nobody waits for it, not even the interpreter's end.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from contextvars import copy_context
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

SIDE_BY_SIDE = 32
"""Most calls that run at once."""

_LOST_LIMIT = 64

_P = ParamSpec("_P")
_T = TypeVar("_T")

_slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]
_slots = WeakKeyDictionary()
_lost: set[threading.Thread] = set()


class TooManyLostError(Exception):
    """So many calls never came back that no more are started."""


def slot() -> asyncio.Semaphore:
    """A place among the calls that run at once, on the running loop."""
    loop = asyncio.get_running_loop()
    return _slots.setdefault(loop, asyncio.Semaphore(SIDE_BY_SIDE))


async def in_thread(
    function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs
) -> _T:
    """What a function returns, from a thread that is made for it.

    The context is copied. When the waiting ends early, the thread goes on, and what it
    returns is dropped.

    Raises:
        TooManyLostError: 64 threads that nobody waits for any more still run.
        Exception: the function's own; a RuntimeError when it asks for an exit.
    """
    _lost.intersection_update([one for one in _lost if one.is_alive()])
    if len(_lost) >= _LOST_LIMIT:
        msg = f"{len(_lost)} earlier calls have never come back."
        raise TooManyLostError(msg)
    future: Future[_T] = Future()
    future.set_running_or_notify_cancel()
    context = copy_context()

    def work() -> None:
        try:
            future.set_result(context.run(function, *args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it is the waiting side's
            future.set_exception(error)
        except BaseException as error:  # noqa: BLE001 - it would end the waiting loop
            future.set_exception(RuntimeError(type(error).__name__))

    thread = threading.Thread(target=work, name="rt_widget tool", daemon=True)
    thread.start()
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        _lost.add(thread)
        raise


async def on_loop(
    loop: asyncio.AbstractEventLoop | None,
    start: Callable[[], Coroutine[object, object, _T]],
) -> _T:
    """What a coroutine returns that runs on `loop`, or here when that one is at rest.

    When the waiting ends early, the coroutine is cancelled, or not started any more.
    """
    waiting = True

    async def run() -> _T:
        if not waiting:
            raise asyncio.CancelledError
        return await start()

    if loop is None or not loop.is_running():
        loop = asyncio.get_running_loop()
    try:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(run(), loop))
    finally:
        waiting = False
