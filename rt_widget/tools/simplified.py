"""Values as what JSON has something for, one step at a time."""

from __future__ import annotations

import dataclasses
import datetime as dt
import sys
from collections import deque
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import singledispatch
from pathlib import PurePath
from uuid import UUID

import numpy as np

from rt_widget.tools import tables
from rt_widget.tools.bounds import cut

_REPR_LIMIT = 1_000
_INT_LIMIT = 1 << 1024


def described(value: object) -> str:
    """The repr of a value, bounded; its type when the repr raises."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - code of the person's own
        text = f"<{type(value).__name__}>"
    return cut(text, _REPR_LIMIT)


@singledispatch
def simplified(value: object) -> object:
    """None, a bool, a number, a text, a mapping, or something to be iterated.

    What is inside is not simplified yet. Values that JSON has nothing for are
    described. Whatever attributes of the value raise is raised.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if _is_model(value):
        return {name: getattr(value, name) for name in type(value).model_fields}  # type: ignore[attr-defined] # a pydantic model
    head = tables.head(value)
    return described(value) if head is None else head


def _is_model(value: object) -> bool:
    pydantic = sys.modules.get("pydantic")
    return pydantic is not None and isinstance(value, pydantic.BaseModel)


@simplified.register(type(None))
@simplified.register(str)
@simplified.register(bool)
@simplified.register(float)
@simplified.register(Mapping)
@simplified.register(AbstractSet)
@simplified.register(list)
@simplified.register(tuple)
@simplified.register(range)
@simplified.register(deque)
def _as_it_is(value: object) -> object:
    return value


@simplified.register
def _whole(value: int) -> object:
    return value if -_INT_LIMIT < value < _INT_LIMIT else f"<{value.bit_length()} bits>"


@simplified.register
def _enum(value: Enum) -> object:
    return simplified(value.value)


@simplified.register(Decimal)
@simplified.register(Fraction)
@simplified.register(complex)
@simplified.register(PurePath)
@simplified.register(UUID)
@simplified.register(dt.timedelta)
def _text(value: object) -> str:
    return str(value)


@simplified.register(dt.date)
@simplified.register(dt.time)
def _moment(value: dt.date | dt.time) -> str:
    return value.isoformat()


@simplified.register(bytes)
@simplified.register(bytearray)
def _bytes(value: bytes | bytearray) -> str:
    return f"<{len(value):,} bytes>"


@simplified.register
def _error(value: BaseException) -> str:
    return f"{type(value).__name__}: {value}"


@simplified.register(np.generic)
def _scalar(value: np.generic) -> object:
    # Dates of NumPy, and numbers that Python has nothing for, are told by their text.
    item = value.item()
    plain = isinstance(item, bool | int | float | str | tuple)
    return item if plain and value.dtype.kind not in "mM" else str(value)


@simplified.register(np.ndarray)
def _array(value: np.ndarray) -> object:
    return value if value.ndim else simplified(value[()])
