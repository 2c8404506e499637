"""A function that a model may call: told to it, checked, run."""

from __future__ import annotations

import asyncio
import inspect
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from rt_widget.config import ToolSpec, check_range
from rt_widget.errors import InputError
from rt_widget.tools import attempt
from rt_widget.tools.bounds import DESCRIPTION_LIMIT
from rt_widget.tools.capture import Capture
from rt_widget.tools.result import ToolResult
from rt_widget.tools.running import in_thread, on_loop, slot
from rt_widget.tools.signature import Function, label, parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self

    from rt_widget.tools.schema import Reader

TIMEOUT_LIMIT_S = 3_600.0
"""Longest time that a call may be given."""

_SHORTEST_S = 0.001
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, eq=False)
class Tool:
    """A function that a model may call; made with `Tool.of`.

    Args:
        name: 1 to 64 letters, digits, `_` and `-`.
        description: What it does, for the model; may be empty.
        parameters: A JSON schema of the type `object`; not to be changed.
        confirm: Whether a person is asked before each call.
        timeout_s: How long a call may run, in seconds.

    Example:
        >>> def add(a: int, b: int) -> int:
        ...     "Add two numbers."
        ...     return a + b
        >>> tool = Tool.of(add, timeout_s=5)
        >>> tool.name, tool.description
        ('add', 'Add two numbers.')
        >>> (await tool.run('{"a": 1, "b": 2}')).output
        '3'
    """

    name: str
    description: str
    parameters: Mapping[str, object]
    confirm: bool
    timeout_s: float
    _function: Function = field(repr=False)
    _reader: Reader = field(repr=False)
    _loop: asyncio.AbstractEventLoop | None = field(repr=False)

    @classmethod
    def of(
        cls,
        function: Function,
        *,
        name: str | None = None,
        description: str | None = None,
        confirm: bool = False,
        timeout_s: float = 30.0,
    ) -> Self:
        """A tool of a plain or async function.

        The model is told of the parameters by the signature, its annotations and the
        docstring (in the style of Google, NumPy or reST). A parameter without an
        annotation takes what its default is, or any JSON value. `**kwargs` gets
        nothing, and what a `functools.partial` has bound stays bound.

        An async function runs on the event loop that runs here, as long as it does.

        Args:
            function: A function, a method, a partial, or another callable.
            name: Instead of the function's own.
            description: Instead of the docstring's, at most 1,024 characters.
            confirm: Ask a person before each call.
            timeout_s: Longest time of a call, above 0 and at most 3,600.

        Raises:
            InputError: the function cannot be told to a model; the error says why.
        """
        limits = (_SHORTEST_S, TIMEOUT_LIMIT_S)
        reader, said = _read(function)
        loop = None
        with suppress(RuntimeError):
            loop = asyncio.get_running_loop()
        return cls(
            name=_checked_name(label(function) if name is None else name),
            description=said
            if description is None
            else _checked_description(description),
            parameters=reader.schema,
            confirm=_checked_flag(confirm),
            timeout_s=check_range("timeout_s", timeout_s, limits),
            _function=function,
            _reader=reader,
            _loop=loop,
        )

    @property
    def spec(self) -> ToolSpec:
        """What a model is told."""
        return ToolSpec(self.name, self.description, self.parameters)

    async def run(self, arguments: str) -> ToolResult:
        """Call the function with a model's arguments.

        At most 32 calls run at once; a call that waits for its turn does not use up
        its time. Whatever goes wrong is a result too.

        Args:
            arguments: JSON text; nothing is no arguments.

        Raises:
            asyncio.CancelledError: the waiting task was cancelled.
        """
        async with slot():
            capture = Capture()
            started = time.monotonic()
            try:
                async with asyncio.timeout(self.timeout_s):
                    result = await self._result(arguments, capture)
            except TimeoutError:
                result = self._timed_out(capture)
            except Exception as error:  # noqa: BLE001 - a thread that could not be started, a loop that has closed
                result = attempt.failed(error, capture)
            return replace(result, seconds=time.monotonic() - started)

    async def _result(self, arguments: str, capture: Capture) -> ToolResult:
        make: Callable[[], object] = partial(self._made, arguments)
        if not _is_async(self._function):
            result = await in_thread(attempt.call, make, capture)
            if isinstance(result, ToolResult):
                return result
            make = result
        finish = await on_loop(self._loop, partial(attempt.wait, make, capture))
        return await in_thread(finish)

    def _made(self, arguments: str) -> object:
        from rt_widget.tools.schema import ArgumentsError  # noqa: PLC0415 - as in `of`

        try:
            values = self._reader.read(arguments)
        except ArgumentsError as error:
            raise attempt.Refused(str(error)) from None
        return self._function(**values)

    def _timed_out(self, capture: Capture) -> ToolResult:
        return ToolResult(
            f"It did not answer within {self.timeout_s:g} seconds and was given up.",
            "timed_out",
            shown=tuple(capture.displayed),
            printed=capture.printed,
        )


def _is_async(function: Function) -> bool:
    while isinstance(function, partial):
        function = function.func
    inner = function if inspect.isroutine(function) else type(function).__call__
    return inspect.iscoroutinefunction(inner) or inspect.isasyncgenfunction(inner)


def _read(function: Function) -> tuple[Reader, str]:
    """What reads a function's arguments, and what its docstring says of it."""
    # pydantic is not imported before the first tool.
    from rt_widget.tools.docs import words_of  # noqa: PLC0415
    from rt_widget.tools.schema import reader_of  # noqa: PLC0415

    try:
        parameters = parameters_of(function)
        words = words_of(function)
        return reader_of(parameters, words.parameters), words.description
    except InputError as error:
        msg = f"{label(function) or 'A function'} cannot be a tool. {error.message}"
        raise InputError(msg, hint=error.hint) from error


def _checked_description(description: object) -> str:
    if isinstance(description, str) and len(description) <= DESCRIPTION_LIMIT:
        return description
    msg = f"The description is {description!r:.50}."
    hint = f"Give a text of at most {DESCRIPTION_LIMIT:,} characters."
    raise InputError(msg, hint=hint)


def _checked_flag(confirm: object) -> bool:
    if isinstance(confirm, bool):
        return confirm
    msg = f"confirm is {confirm!r:.50}."
    raise InputError(msg, hint="Give True or False.")


def _checked_name(name: object) -> str:
    if isinstance(name, str) and _NAME.fullmatch(name):
        return name
    msg = f"A tool cannot be named {name!r:.80}." if name else "It has no name."
    hint = "Give `name=`: 1 to 64 letters A to Z, digits, _ and -."
    raise InputError(msg, hint=hint)
