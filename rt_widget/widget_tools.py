"""Functions of the person that the model may call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, overload

from rt_widget._loop import background_loop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from rt_widget.live import Live
    from rt_widget.tools import Tool

Offered: TypeAlias = "Tool | Callable[..., Any]"
"""A function, plain or async, or a `Tool`."""

_F = TypeVar("_F", bound="Callable[..., Any]")


class WidgetTools:
    """`tool` and `tools` of a widget."""

    _live: Live

    if TYPE_CHECKING:

        def _open(self) -> Live: ...

    @property
    def tools(self) -> tuple[Tool, ...]:
        """What the model may call, in the order in which it was given.

        Example:
            >>> def add(a: int, b: int) -> int:
            ...     return a + b
            >>> w = RealtimeWidget(tools=[add])
            >>> [tool.name for tool in w.tools]
            ['add']
            >>> w.close()
        """
        tools: Iterable[Any] = self._live.tools.values()
        return tuple(tools)

    @overload
    def tool(self, function: _F, /) -> _F: ...

    @overload
    def tool(
        self,
        /,
        *,
        name: str | None = None,
        description: str | None = None,
        confirm: bool = False,
        timeout_s: float = 30.0,
    ) -> Callable[[_F], _F]: ...

    def tool(
        self,
        function: _F | None = None,
        /,
        *,
        name: str | None = None,
        description: str | None = None,
        confirm: bool = False,
        timeout_s: float = 30.0,
    ) -> object:
        """Let the model call a function; as a decorator, with or without arguments.

        The model is told what the signature, its annotations and the docstring say.
        What the function returns goes back to the model, and is shown in the
        conversation with what it has printed. A function of the same name takes the
        place of the one before, as when a cell is run again. A live session gets it
        at once.

        Args:
            function: Plain or async.
            name: What the model calls it; the function's own name when left out.
            description: What it does; the docstring when left out.
            confirm: Ask in the card before each call.
            timeout_s: How long a call may take, in seconds.

        Returns:
            The function as it is; without one, a decorator.

        Raises:
            InputError: the model cannot be told how to call it; the error says why.
            ClosedError: the widget was closed.

        Example:
            >>> @w.tool(confirm=True)
            ... def switch_light(room: str, on: bool) -> str:
            ...     "Switch the light of a room on or off."
            ...     return f"{room}: {'on' if on else 'off'}"
            >>> switch_light("hall", True)
            'hall: on'
        """

        def add(given: _F) -> _F:
            from rt_widget.tools import Tool  # noqa: PLC0415 - heavy; not for everybody

            live = self._open()
            made = Tool.of(
                given,
                name=name,
                description=description,
                confirm=confirm,
                timeout_s=timeout_s,
            )
            live.tools = {**live.tools, made.name: made}
            background_loop().call(live.update)
            return given

        return add if function is None else add(function)


def by_name(offered: Iterable[Offered]) -> Mapping[str, Tool]:
    """Tools by their names; of two with the same name the last one.

    Raises:
        InputError: the model cannot be told how to call one of them.
    """
    given = tuple(offered)
    if not given:
        return {}
    from rt_widget.tools import Tool  # noqa: PLC0415 - heavy; not for everybody

    made = (each if isinstance(each, Tool) else Tool.of(each) for each in given)
    return {tool.name: tool for tool in made}
