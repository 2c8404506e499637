"""Sound that fades out and in where it pauses, as it was before."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tests.servers.signals import Piece, check_counter, counter

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST = 480
"""Samples: 20 ms, out and in together."""


def without_fades(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """A counter signal with its fades undone; silence stays where it is.

    Only what can be a fade is undone: between two pieces of the signal there are
    exactly the samples that belong there, none of them louder than it was. The
    last one out and the first one in may be nothing.
    """
    mended = samples.copy()
    pieces = check_counter(samples).pieces
    for before, after in pairwise(pieces):
        _mend(mended, before, after)
    return mended


def _mend(samples: NDArray[np.float32], before: Piece, after: Piece) -> None:
    begin, end = before.at + before.length, after.at
    position = before.position + before.length
    missing = after.position - position
    if not 0 < missing <= min(LONGEST, end - begin):
        return
    hole = samples[begin:end]
    zeros = np.flatnonzero(hole == 0)
    out = int(zeros[0]) if len(zeros) else missing
    places = np.r_[begin : begin + out, end - (missing - out) : end]
    wanted = counter(position, missing) / np.float32(32_768)
    share = samples[places] / wanted
    if np.count_nonzero(share == 0) > len(("out", "in")):
        return
    silent = np.setdiff1d(np.arange(begin, end), places)
    if np.all((share >= 0) & (share <= 1)) and not samples[silent].any():
        samples[places] = wanted
