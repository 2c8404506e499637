"""What a source of model files is, and the official one: the model hub."""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import TYPE_CHECKING, Protocol

from rt_widget.backends.local.weights.child import (
    ChildFailedError,
    Command,
    Patience,
    run_watched,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rt_widget.backends.local.weights.manifest import WeightFile

_PATIENCE = Patience(first_s=8.0, later_s=30.0)

# Its own download tries for 20 seconds to find a hub that cannot be reached.
_HUB_CHILD = """\
import sys
from huggingface_hub import get_session, hf_hub_download, hf_hub_url
repository, revision, name, folder = sys.argv[1:]
get_session().head(hf_hub_url(repository, name, revision=revision), timeout=4)
hf_hub_download(repository, name, revision=revision, local_dir=folder)
"""

_HUB_VARIABLES = {
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    # Its downloads go through a cache of their own that is as large again.
    "HF_HUB_DISABLE_XET": "1",
    "HF_HUB_DOWNLOAD_TIMEOUT": "15",
    "HF_HUB_ETAG_TIMEOUT": "4",
}


class SourceFailedError(Exception):
    """A source cannot give a file; the text says why."""


class Source(Protocol):
    """Something that can give model files."""

    name: str

    def carries(self, file: WeightFile) -> bool:
        """Whether it is worth asking for `file`."""

    def provide(
        self,
        file: WeightFile,
        partial: Path,
        report: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> Path:
        """Bring `file` here and return where it is; it is not checked yet.

        Args:
            file: What is wanted.
            partial: Where it may grow, and go on growing after a break.
            report: Gets the bytes that are here.
            cancelled: Stops it once it is true.

        Raises:
            SourceFailedError: this source cannot give it.
            WeightsError: the bytes are damaged, or `cancelled()` became true.
        """


class HubSource:
    """The models' official repositories.

    Args:
        work: A directory for unfinished downloads; they are taken up again.
    """

    name = "the model hub"

    def __init__(self, work: Path) -> None:
        self._work = work / "hub"

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
        del partial
        if importlib.util.find_spec("huggingface_hub") is None:
            raise SourceFailedError("huggingface_hub is not installed")
        folder = self._work / file.sha256
        folder.mkdir(parents=True, exist_ok=True)
        code = ("-c", _HUB_CHILD, file.hub, file.revision, file.hub_name, str(folder))
        try:
            run_watched(
                Command((sys.executable, *code), os.environ | _HUB_VARIABLES),
                folder=folder,
                patience=_PATIENCE,
                report=report,
                cancelled=cancelled,
            )
        except ChildFailedError as error:
            raise SourceFailedError(str(error)) from error
        return folder / file.hub_name
