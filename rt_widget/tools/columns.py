"""The columns of a table, by name: of pandas, polars, NumPy, or plain lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from rt_widget.errors import InputError
from rt_widget.tools import tables

Values: TypeAlias = "npt.NDArray[Any]"

_COLUMNS_LIMIT = 1_000
_TYPES_LIMIT = 200


def described(frame: Any) -> tuple[dict[str, str], object]:  # noqa: ANN401 - no library is imported
    """The type of each column (at most 200), and the library's own summary table."""
    frame = tables.frame_of(frame)
    names = list(frame.columns)[:_TYPES_LIMIT]
    types = {
        str(name): str(kind)
        for name, kind in zip(names, list(frame.dtypes)[:_TYPES_LIMIT], strict=True)
    }
    return types, _summary(frame)


def _summary(frame: Any) -> object:  # noqa: ANN401 - see above
    """As many columns as are shown; where there is no summary, what is missing."""
    if tables.is_polars(frame):
        some = frame.select(frame.columns[: tables.COLUMN_LIMIT - 1])
        return some.describe() if some.width else some
    some = frame.iloc[:, : tables.ROW_LIMIT]
    try:
        # One row a column reads better, and leaves room for more columns.
        return some.describe(include="all").transpose()
    except (TypeError, ValueError):  # values that cannot be counted, or no columns
        return some.isna().sum().to_frame("missing")


def series(value: Any) -> dict[str, Values]:  # noqa: ANN401 - of any library
    """Columns as arrays of one dimension, by their names.

    A list or an array of one dimension is a column named `values`; those of an array
    of two are named by their numbers, from 0.

    Raises:
        InputError: nothing that has columns.
    """
    if tables.size(value):
        frame = tables.frame_of(value)
        names = list(frame.columns)[:_COLUMNS_LIMIT]
        return {str(name): _column(frame, at) for at, name in enumerate(names)}
    if isinstance(value, Mapping):
        return {str(name): _flat(name, one) for name, one in value.items()}
    if isinstance(value, np.ndarray) and value.ndim == 2:  # noqa: PLR2004 - rows and columns
        return {str(n): value[:, n] for n in range(min(value.shape[1], _COLUMNS_LIMIT))}
    return {"values": _flat("it", value)}


def named(columns: Mapping[str, Values], name: str) -> Values:
    """The column of a name.

    Raises:
        InputError: there is none; the error says which there are.
    """
    if name in columns:
        return columns[name]
    known = ", ".join(columns)
    msg = f"There is no column {name!r:.80}."
    raise InputError(msg, hint=f"There are: {known:.500}.")


def _column(frame: Any, at: int) -> Values:  # noqa: ANN401 - of any library
    column = frame.to_series(at) if tables.is_polars(frame) else frame.iloc[:, at]
    return np.asarray(column)


def _flat(name: object, value: object) -> Values:
    if isinstance(value, np.ndarray | Sequence) and not isinstance(value, str | bytes):
        try:
            array = np.asarray(value)
        except ValueError:  # rows of different lengths
            array = np.empty(())
        if array.ndim == 1 and array.dtype != object:
            return array
    msg = f"{name!s:.80} is no table and no list of numbers."
    raise InputError(msg, hint="Name a DataFrame, an array, or a list of numbers.")
