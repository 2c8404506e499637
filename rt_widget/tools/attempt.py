"""One call of a function: its value or its error, and what becomes of them."""

from __future__ import annotations

import asyncio
import inspect
import traceback
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from rt_widget.tools import figures, images, plotting
from rt_widget.tools.bounds import cut
from rt_widget.tools.capture import Capture, capturing
from rt_widget.tools.result import ToolResult
from rt_widget.tools.secret import masked
from rt_widget.tools.showing import SHOWN_LIMIT, note_of, shown_of
from rt_widget.tools.told import OUTPUT_LIMIT, told

if TYPE_CHECKING:
    from collections.abc import Callable

_ERROR_LIMIT = 1_000
_TRACE_LIMIT = 10_000
_ITEMS_LIMIT = 1_000

_OURS = frozenset(
    str(Path(__file__).with_name(name)) for name in ("attempt.py", "tool.py")
)


class Refused(Exception):  # noqa: N818 - not an error of the function
    """The call was not made; the text is for the model."""


def call(
    make: Callable[[], object], capture: Capture
) -> ToolResult | Callable[[], object]:
    """Call a plain function, in whichever thread this is.

    Gives its result, or a function that gives what is still to be awaited.
    """
    with capturing(capture):
        try:
            value = make()
            if inspect.isawaitable(value) or isinstance(value, AsyncIterator):
                return lambda: value
            if isinstance(value, Iterator):
                value = _joined(list(islice(value, _ITEMS_LIMIT + 1)))
            return _completed(value, capture)
        except BaseException as error:  # noqa: BLE001 - an exit ends the call, and nothing else
            return failed(error, capture)


async def wait(
    make: Callable[[], object], capture: Capture
) -> Callable[[], ToolResult]:
    """Await what `make` gives. What is returned makes the result, in a thread."""
    with capturing(capture):
        try:
            value = await _settled(make())
        except BaseException as error:
            plotting.close(capture.figures)
            task = asyncio.current_task()
            if isinstance(error, GeneratorExit) or (task and task.cancelling()):
                raise
            raised = error
            return lambda: failed(raised, capture)
    return lambda: _finished(value, capture)


def _finished(value: object, capture: Capture) -> ToolResult:
    with capturing(capture):
        try:
            return _completed(value, capture)
        except BaseException as error:  # noqa: BLE001 - see above
            return failed(error, capture)


async def _settled(value: object) -> object:
    if inspect.isawaitable(value):
        value = await value
    if not isinstance(value, AsyncIterator):
        return value
    items: list[object] = []
    async for item in value:
        items.append(item)
        if len(items) > _ITEMS_LIMIT:
            break
    return _joined(items)


def _joined(items: list[object]) -> object:
    """What an iterator has given: one text when all are text."""
    if len(items) > _ITEMS_LIMIT:
        items[_ITEMS_LIMIT:] = [f"\n[cut after {_ITEMS_LIMIT:,} items]"]
    texts = [item for item in items if isinstance(item, str)]
    return "".join(texts) if items and len(texts) == len(items) else items


def _completed(value: object, capture: Capture) -> ToolResult:
    shown = (*capture.displayed, *shown_of(value, capture.figures))[:SHOWN_LIMIT]
    note = note_of(shown)
    text = "" if note and _is_seen(value) else told(value, OUTPUT_LIMIT - len(note) - 1)
    return ToolResult(
        "\n".join(part for part in (text, note) if part),
        "completed",
        shown=shown,
        printed=capture.printed,
    )


def _is_seen(value: object) -> bool:
    """Whether there is nothing to tell besides that it was shown."""
    return value is None or bool(figures.of(value)) or images.is_picture(value)


def failed(error: BaseException, capture: Capture) -> ToolResult:
    """What is told of an error: its type and its text, to the model."""
    plotting.close(capture.figures)
    if isinstance(error, Refused):
        return ToolResult(str(error), "failed", printed=capture.printed)
    try:
        text = f"{type(error).__name__}: {error}".removesuffix(": ")
    except Exception:  # noqa: BLE001 - a `__str__` of the person's own
        text = type(error).__name__
    return ToolResult(
        cut(masked(text), _ERROR_LIMIT),
        "failed",
        shown=tuple(capture.displayed),
        printed=capture.printed,
        trace=_trace(error),
    )


def _trace(error: BaseException) -> str:
    """The traceback from the person's code on, without values of variables."""
    frames = error.__traceback__
    while frames and frames.tb_frame.f_code.co_filename in _OURS:
        frames = frames.tb_next
    try:
        lines = traceback.format_exception(type(error), error, frames)
    except Exception:  # noqa: BLE001 - a `__str__` of the person's own
        lines = traceback.format_tb(frames)
    return cut(masked("".join(lines)[-_TRACE_LIMIT:]), _TRACE_LIMIT)
