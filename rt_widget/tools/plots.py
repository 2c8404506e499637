"""Plots of columns, without pyplot: a figure that no window and no cell knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from rt_widget.errors import InputError
from rt_widget.tools import columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from rt_widget.tools.columns import Values

PlotKind: TypeAlias = Literal["line", "bar", "hist", "scatter"]
"""What can be drawn."""

SERIES_LIMIT = 8
"""Most columns of one plot."""

_POINTS_LIMIT = 50_000
_BARS_LIMIT = 100
_BINS = 30
_BAR_SPACE = 0.8


@dataclass(frozen=True, slots=True)
class Words:
    """What stands at a plot.

    Args:
        title: Above it.
        x: Along the x axis.
    """

    title: str
    x: str


def chosen(
    found: Mapping[str, Values], names: list[str] | None, x: str | None
) -> dict[str, Values]:
    """The columns to draw: those that are named, or the first ones of numbers.

    Raises:
        InputError: too many, none, or none of that name; or no numbers in one.
    """
    if names is None:
        numbers = {n: v for n, v in found.items() if n != x and _is_number(v)}
        names = list(numbers)[:SERIES_LIMIT]
    if not 1 <= len(names) <= SERIES_LIMIT:
        msg = f"There are {len(names)} columns to draw."
        raise InputError(msg, hint=f"Name 1 to {SERIES_LIMIT} columns of numbers.")
    drawn = {name: columns.named(found, name) for name in names}
    for name, values in drawn.items():
        if not _is_number(values):
            msg = f"The column {name!r:.80} has no numbers, but {values.dtype}."
            raise InputError(msg, hint="Name columns of numbers.")
    return drawn


def plot(
    kind: PlotKind, drawn: Mapping[str, Values], along: Values | None, words: Words
) -> Figure:
    """A figure of columns, side by side or one over the other.

    Of very long columns, points are left out evenly; of bars, the first are drawn. The
    title says so.

    Args:
        kind: What to draw.
        drawn: The columns by name.
        along: The x axis; None is the row numbers.
        words: What stands at it.

    Raises:
        InputError: matplotlib is missing, or the columns are empty or of different
            lengths.
    """
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - on demand
    except ImportError as error:
        msg = "matplotlib is missing, so there are no plots."
        raise InputError(msg, hint="Install it: pip install matplotlib") from error
    rows = len(next(iter(drawn.values())))
    if not rows:
        msg = f"{words.title:.150} is empty."
        raise InputError(msg, hint="There is nothing to draw.")
    x = np.arange(rows) if along is None or kind == "hist" else along
    if any(len(values) != len(x) for values in drawn.values()):
        msg = "The columns are of different lengths."
        raise InputError(msg, hint="Plot them one at a time.")
    part, remark = _part(kind, rows)
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    _DRAW[kind](axes, x[part], {_plain(n): v[part] for n, v in drawn.items()})
    axes.set_title(_plain(f"{words.title:.150}{remark}"))
    axes.set_xlabel(_plain(words.x))
    if len(drawn) > 1:
        axes.legend()
    return figure


def _part(kind: PlotKind, rows: int) -> tuple[slice, str]:
    """Which rows are drawn, and what is said when not all are."""
    if kind == "bar" and rows > _BARS_LIMIT:
        return slice(_BARS_LIMIT), f" (the first {_BARS_LIMIT} of {rows:,})"
    step = 1 if kind in ("bar", "hist") else -(-rows // _POINTS_LIMIT)
    if step > 1:
        return slice(None, None, step), f" (1 row in {step:,})"
    return slice(None), ""


def _line(axes: Axes, x: Values, drawn: Mapping[str, Values]) -> None:
    for name, values in drawn.items():
        axes.plot(x, values, label=name)


def _scatter(axes: Axes, x: Values, drawn: Mapping[str, Values]) -> None:
    for name, values in drawn.items():
        axes.scatter(x, values, label=name, s=12, alpha=0.7)


def _hist(axes: Axes, _x: Values, drawn: Mapping[str, Values]) -> None:
    for name, values in drawn.items():
        real = values.astype(float)
        axes.hist(real[np.isfinite(real)], bins=_BINS, label=name, alpha=0.7)


def _bar(axes: Axes, x: Values, drawn: Mapping[str, Values]) -> None:
    width = _BAR_SPACE / len(drawn)
    places = np.arange(len(x))
    for number, (name, values) in enumerate(drawn.items()):
        shift = (number - (len(drawn) - 1) / 2) * width
        axes.bar(places + shift, values, width, label=name)
    labels = [_plain(str(one)[:20]) for one in x]
    axes.set_xticks(places, labels, rotation=0 if len(x) <= 8 else 90)  # noqa: PLR2004 - as many fit side by side


_DRAW: dict[PlotKind, Any] = {
    "bar": _bar,
    "hist": _hist,
    "line": _line,
    "scatter": _scatter,
}


def _is_number(values: Values) -> bool:
    return values.dtype.kind in "biuf"


def _plain(text: str) -> str:
    """Text that is not taken for a formula."""
    return text.replace("$", r"\$")
