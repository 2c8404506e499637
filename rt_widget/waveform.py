"""Sound as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH, HEIGHT = 320, 48
"""Of a drawing, in its own units."""


def envelope(
    samples: NDArray[np.float32], columns: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Lowest and highest sample of each of at most so many equal stretches."""
    count = min(columns, len(samples))
    if not count:
        nothing = np.zeros(0, np.float32)
        return nothing, nothing
    starts = np.arange(count) * len(samples) // count
    low = np.minimum.reduceat(samples, starts)
    high = np.maximum.reduceat(samples, starts)
    return low, high


def drawing(samples: NDArray[np.float32], name: str) -> str:
    """The waveform as inline SVG, in the colour of the text around it.

    Args:
        samples: In [-1, 1]; what is louder is drawn as loud as can be.
        name: What screen readers say; letters, digits and full stops.
    """
    low, high = (np.clip(edge, -1, 1) for edge in envelope(samples, WIDTH))
    middle = HEIGHT / 2
    step = WIDTH / max(len(low), 1)
    # A column of silence is a line, not nothing.
    tops = middle - np.maximum(high, 0.02) * middle
    bottoms = middle - np.minimum(low, -0.02) * middle
    bars = "".join(
        f"M{(column + 0.5) * step:.1f} {top:.1f}V{bottom:.1f}"
        for column, (top, bottom) in enumerate(zip(tops, bottoms, strict=True))
    )
    return (
        f'<svg role="img" aria-label="{name}" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' preserveAspectRatio="none" style="display:block;width:100%;'
        f'max-width:{WIDTH}px;height:{HEIGHT}px;color:inherit">'
        f'<path d="{bars}" fill="none" stroke="currentColor"'
        f' stroke-width="{min(step, 1):.2f}"/></svg>'
    )
