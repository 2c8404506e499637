"""The files of the local voices that do not come with the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.backends.local.speaking.voices import HEART, TABLE, files
from rt_widget.backends.local.weights.fetching import FetchProgress, bring
from rt_widget.backends.local.weights.manifest import load_manifest
from rt_widget.backends.local.weights.store import Store, cache_dir
from rt_widget.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from rt_widget.backends.local.weights.manifest import Manifest, WeightFile


def fetch_voices(
    names: Sequence[str] = (),
    progress: Callable[[FetchProgress], None] = lambda _: None,
    *,
    source: Path | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    manifest: Manifest | None = None,
) -> tuple[str, ...]:
    """Bring further voices into the cache directory, 8 MB each.

    They come from the voice engine's official hub repository and nowhere else, or
    from `source`; each must have the official sha256. Sessions that are opened after
    that may ask for them by name.

    Args:
        names: Voices, such as `emma`; none means all there are.
        progress: Called as bytes arrive, from the calling thread.
        source: A directory or a file to take them from, instead of the network.
        cancelled: Stops the fetch once it is true.
        manifest: What their bytes must be; None takes the project's own table.

    Returns:
        The names that were asked for, all of which are here now.

    Raises:
        InputError: there is no such voice.
        WeightsError: a file cannot be had (each source's reason is in the text), it is
            damaged, the disk is full, or `cancelled()` became true; `code` as for
            `weights.fetch`.
    """
    wanted = tuple(dict.fromkeys(names)) or tuple(files())
    unknown = [name for name in wanted if name not in files() and name != HEART]
    if unknown:
        raise InputError(
            f"There is no voice {unknown[0]!r}.",
            hint=f"Name any of {', '.join(files())}, or none of them for all.",
        )
    bring(
        [_file(name, manifest) for name in wanted if name != HEART],
        progress,
        source=source,
        cancelled=cancelled,
    )
    return wanted


def voice_file(name: str, manifest: Manifest | None = None) -> Path | None:
    """Where a fetched voice lies; None when it is missing, damaged or not one."""
    if name not in files():
        return None
    store, file = Store(cache_dir()), _file(name, manifest)
    return store.path(file) if store.has(file) else None


def _file(name: str, manifest: Manifest | None) -> WeightFile:
    known = (manifest or load_manifest(TABLE)).files
    return next(file for file in known if file.path == files()[name])
