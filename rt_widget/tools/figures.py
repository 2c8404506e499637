"""Figures of matplotlib as pictures."""

from __future__ import annotations

import io
import sys
import threading
from typing import TYPE_CHECKING

import numpy as np

from rt_widget.calls import ImageShown, TextShown
from rt_widget.tools.bounds import cut
from rt_widget.tools.images import PNG_LIMIT, SIDE_LIMIT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ALT = "A plot"
"""How the words begin that stand for a plot."""

_DPI = 110.0
_AXES_LIMIT = 100
_TITLE_LIMIT = 200

# matplotlib draws text with fonts that all its figures share.
_drawing = threading.Lock()


def of(value: object) -> list[Figure]:
    """The figures of a value: of a figure itself, of axes, of an array of axes."""
    module = sys.modules.get("matplotlib.figure")
    if module is None:
        return []
    if isinstance(value, np.ndarray) and value.dtype == object:
        found = [one for item in value.flat[:_AXES_LIMIT] for one in of(item)]
        return list(dict.fromkeys(found))
    if isinstance(value, sys.modules["matplotlib.artist"].Artist):
        inner = value.get_figure()
        return [inner] if isinstance(inner, module.Figure) else []
    return []


def picture(figure: Figure) -> ImageShown | TextShown:
    """How a figure looks, at most 1,600 pixels wide and high."""
    dpi = min(_DPI, SIDE_LIMIT / max(figure.get_size_inches()))
    with _drawing:
        for part in (1.0, 0.5, 0.25):
            file = io.BytesIO()
            figure.savefig(file, format="png", dpi=dpi * part)
            if file.tell() <= PNG_LIMIT:
                return ImageShown(file.getvalue(), _alt(figure))
    return TextShown("A plot is too large to be shown.")


def _alt(figure: Figure) -> str:
    title = next((one for axes in figure.axes if (one := axes.get_title())), "")
    title = figure.get_suptitle() or title
    return f"{ALT}: {cut(title, _TITLE_LIMIT)}" if title else f"{ALT}."
