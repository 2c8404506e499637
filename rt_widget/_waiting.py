"""Waiting, from a cell or a script, for what runs on the background loop.

All waits come back every `SLICE_S`: ipykernel delivers an interrupt to a cell that
awaits only when its loop wakes up for something else (ipython/ipykernel#881).
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from concurrent.futures import Future, wait
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import TYPE_CHECKING, Generic, TypeVar

from rt_widget._loop import background_loop
from rt_widget.errors import InputError

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Coroutine, Iterator

_T = TypeVar("_T")

SLICE_S = 0.05

LEAVING_S = 0.3
"""How long one who waits no more stays for the work to end in good order."""


class Job(Generic[_T]):
    """Work that was started on the background loop, seen from elsewhere.

    `outcome` is done once the work has ended, with all that it does at its end.

    Args:
        work: Is called on the background loop, where no interrupt falls between the
            making of a coroutine and its start.
    """

    def __init__(self, work: Callable[[], Coroutine[object, object, _T]]) -> None:
        self.outcome: Future[_T] = Future()
        self._task: asyncio.Task[_T] | None = None
        self._loop = background_loop().loop
        self._loop.call_soon_threadsafe(self._begin, work)

    def cancel(self) -> None:
        """Ask the work to end; does not wait for it."""
        if not self.outcome.done():
            self._loop.call_soon_threadsafe(self._cancel)

    async def awaited(self, of: asyncio.Task[object] | None = None) -> _T:
        """What came of it. Cancelling the caller cancels the work.

        Args:
            of: A task that stands still meanwhile; its cancellation counts too.
        """
        before = of.cancelling() if of else 0
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[None] = loop.create_future()
        self.outcome.add_done_callback(lambda _: _wake(loop, ended))
        try:
            while not self.outcome.done():
                # `asyncio.wait_for` of Python 3.11 swallows a cancellation that comes
                # together with what it waits for.
                await asyncio.wait([ended], timeout=SLICE_S)
                if of and of.cancelling() > before:
                    raise asyncio.CancelledError  # noqa: TRY301 - as if it came to us
            return self.outcome.result()
        except asyncio.CancelledError as cancelled:
            self.cancel()
            await asyncio.wait([ended], timeout=LEAVING_S)
            # IPython sets out every frame of an interrupt before the prompt is back;
            # with those of asyncio that takes longer than all the rest.
            raise cancelled.with_traceback(None) from None
        finally:
            self.cancel()

    def waited(self) -> _T:
        """What came of it; the thread waits. An interrupt cancels the work."""
        try:
            while True:
                with contextlib.suppress(FutureTimeoutError):
                    return self.outcome.result(SLICE_S)
                if self.outcome.done():
                    return self.outcome.result()
        finally:
            self.leave()

    def leave(self) -> None:
        """Cancel it if it goes on, and give it a moment to end."""
        if not self.outcome.done():
            self.cancel()
            wait([self.outcome], LEAVING_S)

    def _begin(self, work: Callable[[], Coroutine[object, object, _T]]) -> None:
        self._task = self._loop.create_task(work())
        self._task.add_done_callback(self._end)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _end(self, task: asyncio.Task[_T]) -> None:
        # asyncio runs Python code where a task is freed, and an interrupt that falls
        # into that is lost: it may not be freed in the thread that waits.
        self._task = None
        if task.cancelled():
            self.outcome.cancel()
        elif (error := task.exception()) is not None:
            self.outcome.set_exception(error)
        else:
            self.outcome.set_result(task.result())


def wait_for(
    work: Callable[[], Coroutine[object, object, _T]],
) -> Coroutine[object, object, _T]:
    """Run `work` on the background loop and await it in the caller's.

    Cancelling the caller cancels the work.
    """
    return Job(work).awaited()


def wait_here(work: Callable[[], Coroutine[object, object, _T]]) -> _T:
    """Run `work` on the background loop and wait for it without await.

    In a cell the notebook's own loop keeps turning meanwhile, so that background
    tasks of the user go on; in a script the thread just waits. An interrupt cancels
    the work.

    Raises:
        InputError: called on the background loop itself, which would never end, or in
            a loop that cannot be nested (such as uvloop's).
    """
    try:
        running = asyncio.get_running_loop()
    except RuntimeError:
        return Job(work).waited()
    if running is background_loop().loop:
        msg = "A callback of the widget cannot wait for the widget."
        raise InputError(msg, hint="Use the async form in a task of its own.")
    import nest_asyncio2  # noqa: PLC0415 - only needed in a running loop

    try:
        nest_asyncio2.apply(running)
    except ValueError:
        msg = f"The {type(running).__name__} that is running cannot wait here."
        raise InputError(msg, hint="Write `await w.ask(…)` instead.") from None
    try:
        return _wait_nested(work, running)
    except KeyboardInterrupt as interrupt:
        # As in `Job.awaited`.
        raise interrupt.with_traceback(None) from None


def _wait_nested(
    work: Callable[[], Coroutine[object, object, _T]],
    running: asyncio.AbstractEventLoop,
) -> _T:
    with _turn_left_whole(running), _interrupts_cancel(running) as waiting:
        # Nothing has begun before an interrupt would end it.
        job = Job(work)
        task = running.create_task(job.awaited(asyncio.current_task(running)))
        waiting.append(task)
        try:
            return running.run_until_complete(task)
        finally:
            job.leave()
            task.cancel()


@contextlib.contextmanager
def _turn_left_whole(running: asyncio.AbstractEventLoop) -> Iterator[None]:
    """The loop's turn that is going on finds as much to do as it has counted.

    Python's own loop began it, before it could be nested: where a nested turn has done
    what was left of it, that one fails, and the loop ends.
    """
    ready: deque[object] = running._ready  # type: ignore[attr-defined]  # noqa: SLF001 - of each loop that can be nested
    counted = len(ready)
    try:
        yield
    finally:
        for _ in range(counted - len(ready)):
            running.call_soon(_do_nothing)


def _do_nothing() -> None:
    """Fill a place in a loop's turn."""


@contextlib.contextmanager
def _interrupts_cancel(
    running: asyncio.AbstractEventLoop,
) -> Iterator[list[asyncio.Task[object]]]:
    """An interrupt cancels what waits, and is raised after it; a second one at once.

    Raised in the middle of a loop's turn it would lose what the loop has in hand.
    """
    waiting: list[asyncio.Task[object]] = []
    previous = signal.getsignal(signal.SIGINT)
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or not callable(previous):
        yield waiting
        return
    interrupts = 0

    def interrupt(*_: object) -> None:
        nonlocal interrupts
        interrupts += 1
        if interrupts > 1:
            raise KeyboardInterrupt
        running.call_soon_threadsafe(lambda: [each.cancel() for each in waiting])

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield waiting
    except asyncio.CancelledError:
        if not interrupts:
            raise
    finally:
        signal.signal(signal.SIGINT, previous)
    if interrupts:
        raise KeyboardInterrupt


def _wake(loop: asyncio.AbstractEventLoop, ended: asyncio.Future[None]) -> None:
    def wake() -> None:
        if not ended.done():
            ended.set_result(None)

    # The caller's loop may have been closed while the work went on.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(wake)
