"""What of a value a person is shown: pictures and tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rt_widget.calls import ImageShown, TableShown, TextShown
from rt_widget.tools import figures, images, plotting, tables
from rt_widget.tools.bounds import cut

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rt_widget.calls import Shown

SHOWN_LIMIT = 8
"""Most pictures, tables and texts of one call."""

_REASON_LIMIT = 300


def shown_of(value: object, opened: list[Figure]) -> list[Shown]:
    """What there is to see of a value, and of the plots that a call has left open.

    A tuple, list or mapping of a few values is shown value by value. The plots are
    closed. What cannot be drawn is a text that says so.
    """
    left = plotting.still_open(opened)
    plots = [figure for one in _parts(value) for figure in figures.of(one)]
    plots = list(dict.fromkeys([*plots, *left]))
    shown = [safely(_drawer(figure)) for figure in plots[:SHOWN_LIMIT]]
    plotting.close(left)
    shown += [safely(_looker(one)) for one in _parts(value) if not figures.of(one)]
    return [one for one in shown if one is not None][:SHOWN_LIMIT]


def note_of(shown: tuple[Shown, ...]) -> str:
    """What a model is told of it, as a sentence; empty when there is nothing."""
    images = [one for one in shown if isinstance(one, ImageShown)]
    plots = sum(one.alt.startswith(figures.ALT) for one in images)
    seen = sum(isinstance(one, TableShown) for one in shown)
    counts = {"plot": plots, "picture": len(images) - plots, "table": seen}
    words = " and ".join(_counted(n, thing) for thing, n in counts.items() if n)
    were = "was" if sum(counts.values()) == 1 else "were"
    return f"{words[0].upper()}{words[1:]} {were} shown to the user." if words else ""


def safely(look: Callable[[], Shown | None]) -> Shown | None:
    """What is to be shown, or the reason why it cannot be."""
    try:
        return look()
    except Exception as error:  # noqa: BLE001 - drawing runs code of the person's own
        reason = cut(f"{type(error).__name__}: {error}", _REASON_LIMIT)
        return TextShown(f"Cannot be shown: {reason}")


def _drawer(figure: Figure) -> Callable[[], Shown | None]:
    return lambda: figures.picture(figure)


def _looker(value: object) -> Callable[[], Shown | None]:
    return lambda: tables.table(value) or images.of(value)


def _parts(value: object) -> list[object]:
    match value:
        case Mapping() if len(value) <= SHOWN_LIMIT:
            return list(value.values())
        case tuple() | list() if len(value) <= SHOWN_LIMIT:
            return list(value)
    return [value]


def _counted(number: int, thing: str) -> str:
    return f"a {thing}" if number == 1 else f"{number} {thing}s"
