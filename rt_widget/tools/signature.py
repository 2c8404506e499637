"""What a function takes: its parameters, with their annotations resolved."""

from __future__ import annotations

import functools
import inspect
import sys
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeAlias, get_type_hints

from rt_widget.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NOTHING: Any = inspect.Parameter.empty
"""The default and the annotation of a parameter that has none."""

Function: TypeAlias = "Callable[..., object]"

_SPREAD = "Give each parameter a name of its own."


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that the model may give.

    Args:
        name: As the function has it.
        annotation: A type, with `Annotated` kept; `NOTHING` without one.
        default: What the function uses without it, or `NOTHING`.
    """

    name: str
    annotation: Any
    default: object


def label(function: Function) -> str:
    """A function's own name, or its type's; empty when it has none."""
    while isinstance(function, functools.partial):
        function = function.func
    name: object = getattr(function, "__name__", type(function).__name__)
    return name if isinstance(name, str) and name != "<lambda>" else ""


def home(function: Function) -> Function:
    """The Python function where the code and the docstring are.

    Inside partials, decorators that tell what they wrap, bound methods, and objects
    that can be called.
    """
    while isinstance(function, functools.partial):
        function = function.func
    function = inspect.unwrap(function)
    if not inspect.isroutine(function):
        function = type(function).__call__
    inner: Function = getattr(function, "__func__", function)
    return inner


def parameters_of(function: object) -> tuple[Parameter, ...]:
    """What the model may give to a function, in order.

    Parameters that a `functools.partial` has bound are not the model's to give, and
    `**kwargs` takes nothing.

    Raises:
        InputError: no function, a parameter that has no name of its own, or an
            annotation that means nothing here.
    """
    if not callable(function) or inspect.isclass(function):
        msg = f"{function!r:.60} is not a function."
        raise InputError(msg, hint="Give a function, or an async one.")
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError, NameError) as error:
        msg = f"{function!r:.60} does not tell its parameters: {error!s:.100}."
        raise InputError(msg, hint="Wrap it in a function of your own.") from error
    bound = _bound(function)
    spaces = _namespaces(home(function))
    return tuple(
        Parameter(p.name, _resolved(p, *spaces), p.default)
        for p in signature.parameters.values()
        if p.name not in bound and _named(p)
    )


def _named(parameter: inspect.Parameter) -> bool:
    """Whether it is told to the model; an error when it could not be given."""
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
        msg = f"*{parameter.name} cannot be given by name."
        raise InputError(msg, hint=_SPREAD)
    if parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
        msg = f"The parameter {parameter.name!r} is positional-only."
        raise InputError(msg, hint=f"{_SPREAD} No `/`; wrap a built-in function.")
    return parameter.kind is not inspect.Parameter.VAR_KEYWORD


def _bound(function: Function) -> set[str]:
    names: set[str] = set()
    while isinstance(function, functools.partial):
        names.update(function.keywords)
        function = function.func
    return names


def _resolved(
    parameter: inspect.Parameter,
    globals_: dict[str, object],
    locals_: dict[str, object],
) -> object:
    if parameter.annotation is NOTHING:
        return NOTHING
    holder: Any = SimpleNamespace(__annotations__={"it": parameter.annotation})
    try:
        hints = get_type_hints(holder, globals_, locals_, include_extras=True)
    except Exception as error:
        msg = f"The annotation of {parameter.name!r} is {parameter.annotation!r:.60}, "
        msg += f"which means nothing here: {error!s:.100}."
        hint = "Define its type before the function, in the notebook or the module."
        raise InputError(msg, hint=hint) from error
    return hints["it"]


def _namespaces(function: Function) -> tuple[dict[str, object], dict[str, object]]:
    """The names that a function's annotations may use: global ones, local ones.

    The local ones are of the functions that it was defined in: those that it uses
    itself, and all while those still run.
    """
    globals_: dict[str, object] = getattr(function, "__globals__", {})
    locals_: dict[str, object] = {}
    parts = getattr(function, "__qualname__", "").split(".<locals>.")
    outside = {".<locals>.".join(parts[: n + 1]) for n in range(len(parts) - 1)}
    frame = sys._getframe()  # noqa: SLF001 - the way to names that nothing else holds
    while outside and (frame := frame.f_back):  # type: ignore[assignment] # the last one has none
        if frame.f_code.co_qualname in outside and frame.f_globals is globals_:
            locals_ = {**frame.f_locals, **locals_}
    return globals_, {**locals_, **_closure(function)}


def _closure(function: Function) -> Mapping[str, object]:
    names = getattr(getattr(function, "__code__", None), "co_freevars", ())
    cells = getattr(function, "__closure__", None) or ()
    found = {}
    for name, cell in zip(names, cells, strict=False):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not assigned yet
            continue
    return found
