"""Model files from a directory or a file that the user names."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from rt_widget.backends.local.weights.join import join
from rt_widget.backends.local.weights.sources import SourceFailedError
from rt_widget.backends.local.weights.store import raise_if, sha256_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rt_widget.backends.local.weights.manifest import Part, WeightFile

_BLOCK = 1 << 20


class FolderSource:
    """A directory or a file that the user names.

    It may hold the files themselves, under any name, or the packages that carry
    them, as `.whl` and `.tgz`. Nothing in it is changed.
    """

    def __init__(self, place: Path) -> None:
        self.name = str(place)
        self._place = place

    def carries(self, file: WeightFile) -> bool:
        """See `Source.carries`."""
        del file
        return True

    def provide(
        self,
        file: WeightFile,
        partial: Path,
        report: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> Path:
        """See `Source.provide`."""
        found = self._files()
        same_size = [path for path in found if path.stat().st_size == file.size]
        same_size.sort(key=lambda path: path.name != Path(file.path).name)
        if same_size:
            _copy(_right_one(same_size, file), partial, report, cancelled)
            return partial
        archives = _archives_among(found, file)
        join(
            file,
            partial,
            lambda part, _: nullcontext(archives[part]),
            report,
            cancelled,
        )
        return partial

    def _files(self) -> list[Path]:
        if self._place.is_file():
            return [self._place]
        if not self._place.is_dir():
            raise SourceFailedError("there is no such file or directory")
        return sorted(path for path in self._place.rglob("*") if path.is_file())


def _right_one(same_size: Sequence[Path], file: WeightFile) -> Path:
    """Of several the one with the right bytes, or else the first: it is refused."""
    if len(same_size) == 1:
        return same_size[0]
    right = (path for path in same_size if sha256_of(path) == file.sha256)
    return next(right, same_size[0])


def _archives_among(found: Sequence[Path], file: WeightFile) -> dict[Part, Path]:
    archives = {}
    for part in file.parts:
        for path in found:
            if path.match(part.carrier.pattern):
                archives[part] = path
    if not file.parts:
        raise SourceFailedError(f"it holds no file of {file.size:,} bytes")
    if len(archives) < len(file.parts):
        raise SourceFailedError(
            f"it holds no file of {file.size:,} bytes and not all of the packages "
            f"that carry {Path(file.path).name}"
        )
    return archives


def _copy(
    origin: Path,
    partial: Path,
    report: Callable[[int], None],
    cancelled: Callable[[], bool],
) -> None:
    partial.parent.mkdir(parents=True, exist_ok=True)
    with origin.open("rb") as source, partial.open("wb") as target:
        while block := source.read(_BLOCK):
            raise_if(cancelled)
            target.write(block)
            report(target.tell())
