"""Tables of pandas and polars as data: some of their rows, some of their columns.

Neither library is imported here.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rt_widget.calls import TableShown
from rt_widget.tools.bounds import cut

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMN_LIMIT = 20
ROW_LIMIT = 50
"""Most that a person is shown of a table."""

_HEAD_ROWS = 20
"""Most rows that a model is told."""

_CELL_LIMIT = 200


@dataclass(frozen=True, slots=True)
class _Part:
    """The first rows and columns of a table.

    Args:
        columns: Their names.
        rows: Their cells, as the library has them.
        height: How many rows the whole table has.
        width: How many columns it has, without an index.
        whole: Whether nothing is left out.
    """

    columns: Sequence[object]
    rows: Sequence[Sequence[object]]
    height: int
    width: int
    whole: bool

    @property
    def size(self) -> str:
        return f"{self.height:,} rows x {self.width:,} columns"


def size(value: object) -> str:
    """Such as `1,000 rows x 30 columns`; empty when it is no table."""
    part = _part(value, 0)
    return part.size if part else ""


def table(value: object) -> TableShown | None:
    """What a person is shown of a table, None for any other value."""
    part = _part(value, ROW_LIMIT)
    if part is None:
        return None
    return TableShown(
        tuple(_cell(name) for name in part.columns),
        tuple(tuple(_cell(cell) for cell in row) for row in part.rows),
        "" if part.whole else part.size,
    )


def head(value: object) -> dict[str, object] | None:
    """What a model is told of a table, None for any other value."""
    part = _part(value, _HEAD_ROWS)
    if part is None:
        return None
    told = {"columns": [str(name) for name in part.columns], "rows": part.rows}
    return {"table": part.size, **told}


def is_polars(value: object) -> bool:
    """Whether it is a table of polars."""
    return _is_a(value, "polars", "DataFrame")


def frame_of(value: Any) -> Any:  # noqa: ANN401 - of any library
    """A table as it is, and a single column as a table of one."""
    return value if hasattr(value, "columns") else value.to_frame()


def _part(value: Any, rows: int) -> _Part | None:  # noqa: ANN401 - of any library
    if _is_a(value, "pandas", "DataFrame"):
        return _of_pandas(value, rows)
    if _is_a(value, "pandas", "Series"):
        return _of_pandas(value.to_frame(), rows)
    if _is_a(value, "polars", "DataFrame"):
        return _of_polars(value, rows)
    if _is_a(value, "polars", "Series"):
        return _of_polars(value.to_frame(), rows)
    return None


def _is_a(value: object, library: str, name: str) -> bool:
    """Whether a value is of a library's class, without importing the library."""
    return isinstance(value, getattr(sys.modules.get(library), name, ()))


def _of_pandas(frame: Any, rows: int) -> _Part:  # noqa: ANN401 - pandas is not imported
    height, width = frame.shape
    numbered = frame.index.nlevels == 1 and isinstance(
        frame.index, sys.modules["pandas"].RangeIndex
    )
    columns = COLUMN_LIMIT if numbered else COLUMN_LIMIT - 1
    some = frame.iloc[:rows, :columns]
    names = list(some.columns)
    if not numbered:
        names.insert(0, "" if frame.index.name is None else frame.index.name)
    cells = [tuple(row) for row in some.itertuples(index=not numbered, name=None)]
    whole = height <= rows and width <= columns
    return _Part(names, cells, height, width, whole)


def _of_polars(frame: Any, rows: int) -> _Part:  # noqa: ANN401 - polars is not imported
    height, width = frame.shape
    some = frame.head(rows).select(frame.columns[:COLUMN_LIMIT])
    whole = height <= rows and width <= COLUMN_LIMIT
    return _Part(some.columns, some.rows(), height, width, whole)


def _cell(value: object) -> str:
    """A cell as text: numbers with six digits, nothing for what is missing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return cut(text, _CELL_LIMIT)
