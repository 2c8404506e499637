"""`typing.TypedDict` for pydantic, which takes it from Python 3.12 on only."""

from __future__ import annotations

import functools
import operator
import types
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Required,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

import typing_extensions


def accepted(annotation: Any, seen: tuple[object, ...] = ()) -> Any:  # noqa: ANN401 - a type, or what stands for one
    """The annotation with each `typing.TypedDict` made anew in `typing_extensions`.

    One that holds itself stays as it is.
    """
    if is_typeddict(annotation):
        return annotation if annotation in seen else _made_anew(annotation, seen)
    origin, given = get_origin(annotation), get_args(annotation)
    if origin is Literal or not given:
        return annotation
    if origin is Annotated:
        given = given[:1]
    inside = tuple(accepted(one, seen) for one in given)
    return annotation if inside == given else _refilled(annotation, inside)


def _refilled(annotation: Any, inside: tuple[Any, ...]) -> Any:  # noqa: ANN401 - see above
    """The same generic type of other types."""
    match annotation:
        case types.UnionType():
            return functools.reduce(operator.or_, inside)
        case types.GenericAlias():
            return types.GenericAlias(get_origin(annotation), inside)
        case _:
            return annotation.copy_with(inside)


def _made_anew(annotation: Any, seen: tuple[object, ...]) -> Any:  # noqa: ANN401 - see above
    hints = get_type_hints(annotation, include_extras=True)
    fields: dict[str, Any] = {}
    for name, hint in hints.items():
        inner = accepted(hint, (*seen, annotation))
        if get_origin(hint) not in (Required, NotRequired):
            needed = name in annotation.__required_keys__
            inner = Required[inner] if needed else NotRequired[inner]
        fields[name] = inner
    new: Any = typing_extensions.TypedDict(annotation.__name__, fields)  # type: ignore[misc] # made of what it was given
    new.__doc__ = annotation.__doc__
    return new
