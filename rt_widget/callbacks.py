"""Callbacks: functions of the person that are called when something happens."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, get_args, overload

from rt_widget.errors import InputError
from rt_widget.registered import CallbackName, Registered

if TYPE_CHECKING:
    from collections.abc import Callable

    from rt_widget.calls import Call
    from rt_widget.errors import RealtimeWidgetError
    from rt_widget.live import Live
    from rt_widget.observed import Observers
    from rt_widget.reply import Reply

_TextName: TypeAlias = Literal["user_text", "text", "status"]

_R = TypeVar("_R")
_OfReply: TypeAlias = "Callable[[Reply], _R]"
_OfText: TypeAlias = "Callable[[str], _R]"
_OfCall: TypeAlias = "Callable[[Call], _R]"
_OfError: TypeAlias = "Callable[[RealtimeWidgetError], _R]"
_Function = TypeVar("_Function", bound="Callable[[Any], object]")


class Callbacks:
    """`on` and `off` of a widget."""

    _live: Live
    _registered: Registered | None = None

    if TYPE_CHECKING:

        def _open(self) -> Live: ...

        def _tell_person(self, said: str) -> None: ...

        _observers: Observers

    @overload
    def on(
        self, name: Literal["turn"], function: _OfReply[object]
    ) -> _OfReply[object]: ...

    @overload
    def on(self, name: Literal["turn"]) -> Callable[[_OfReply[_R]], _OfReply[_R]]: ...

    @overload
    def on(self, name: _TextName, function: _OfText[object]) -> _OfText[object]: ...

    @overload
    def on(self, name: _TextName) -> Callable[[_OfText[_R]], _OfText[_R]]: ...

    @overload
    def on(
        self, name: Literal["tool"], function: _OfCall[object]
    ) -> _OfCall[object]: ...

    @overload
    def on(self, name: Literal["tool"]) -> Callable[[_OfCall[_R]], _OfCall[_R]]: ...

    @overload
    def on(
        self, name: Literal["error"], function: _OfError[object]
    ) -> _OfError[object]: ...

    @overload
    def on(self, name: Literal["error"]) -> Callable[[_OfError[_R]], _OfError[_R]]: ...

    def on(
        self, name: CallbackName, function: Callable[[Any], object] | None = None
    ) -> object:
        """Call a function whenever something happens; also as a decorator.

        | name | called | with |
        |---|---|---|
        | `turn` | when an answer has ended, whole or not | its `Reply` |
        | `user_text` | when what the person said or typed is known | a text |
        | `text` | for each piece of an answer's text | that piece |
        | `tool` | when a tool call begins, ends, or waits for a person | a `Call` |
        | `error` | when something has failed | a `RealtimeWidgetError` |
        | `status` | when the widget does something else | the new `status` |

        Each function has a thread of its own and is called in order there, so a slow
        one delays nothing else. At most 5,000 calls wait; of more the oldest are left
        out. A coroutine function runs on the notebook's event loop. What a function
        raises is shown once, with its cell, and harms nothing. Running a cell again
        replaces the functions that the cell has given before.

        Returns:
            The function; without one, a decorator.

        Raises:
            InputError: there is no such name, or it is no function.
            ClosedError: the widget was closed.

        Example:
            >>> @w.on("turn")
            ... def show(reply):
            ...     print(reply.status)
        """
        _check_name(name)
        if function is None:
            return partial(self._register, name)
        return self._register(name, function)

    def off(
        self, name: CallbackName, function: Callable[[Any], object] | None = None
    ) -> None:
        """Call a function no more; without one, none of that name.

        Raises:
            InputError: there is no such name.
            ClosedError: the widget was closed.

        Example:
            >>> w.on("text", print)
            <built-in function print>
            >>> w.off("text", print)
        """
        _check_name(name)
        self._open()
        if self._registered is not None:
            self._registered.remove(name, function)

    def _register(self, name: CallbackName, function: _Function) -> _Function:
        _check_function(function)
        live = self._open()
        if self._registered is None:
            self._registered = Registered(live, self._tell_person)
        self._registered.add(name, function)
        return function

    def _end_callbacks(self) -> None:
        """The widget is gone; what has happened before is still told."""
        self._observers.lane.end()
        if self._registered is not None:
            self._registered.end()


def _check_function(function: object) -> None:
    if not callable(function):
        msg = f"{function!r:.60} is no function."
        raise InputError(msg, hint="Give a function of one argument.")


def _check_name(name: object) -> None:
    known = get_args(CallbackName)
    if name not in known:
        msg = f"There is no callback {name!r:.60}."
        raise InputError(msg, hint=f"Give one of {', '.join(known)}.")
