"""The directory where model files lie, each checked once and then marked."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from rt_widget.errors import WeightsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rt_widget.backends.local.weights.manifest import WeightFile

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

CACHE_VARIABLE = "RT_WIDGET_MODELS"

DAMAGED = "weights_damaged"
"""`code` of the WeightsError for bytes that are not the official ones."""

_LOCK_POLL_S = 0.2

_CHECKED: dict[tuple[Path, str], bool] = {}
"""What this process has found out where no mark can be written."""


def cache_dir() -> Path:
    """Where model files lie.

    `RT_WIDGET_MODELS` if it is set, or else `rt_widget` in the user's cache directory.
    """
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named).expanduser() if named else _user_cache() / "rt_widget"


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Store:
    """Model files in one directory.

    Args:
        root: The directory; it is made when something is put in.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, file: WeightFile) -> Path:
        """Where `file` lies once it is whole."""
        return self.root / file.path

    def partial(self, file: WeightFile) -> Path:
        """Where `file` grows."""
        path = self.path(file)
        return path.with_name(f"{path.name}.partial")

    def has(self, file: WeightFile) -> bool:
        """Whether `file` is whole and its bytes are the official ones.

        The bytes are read once; after that the mark of that reading counts for as
        long as the size and the time of the last change stay.
        """
        path = self.path(file)
        try:
            found = path.stat()
        except OSError:
            return False
        if found.st_size != file.size:
            return False
        mark = f"{file.sha256} {found.st_size} {found.st_mtime_ns}"
        if _read(_mark_of(path)) == mark:
            return True
        if (path, mark) not in _CHECKED:
            _CHECKED[path, mark] = sha256_of(path) == file.sha256
            if _CHECKED[path, mark]:
                _write_mark(path, mark)
        return _CHECKED[path, mark]

    def commit(self, file: WeightFile, candidate: Path) -> None:
        """Check `candidate` and put it in its place as `file`.

        Raises:
            WeightsError: its bytes are not the official ones; it is deleted.
        """
        digest = sha256_of(candidate)
        if digest != file.sha256:
            candidate.unlink()
            message = (
                f"{file.path} is damaged: its sha256 is {digest}, "
                f"and it should be {file.sha256}. The file was deleted."
            )
            raise WeightsError(message, code=DAMAGED)
        path = self.path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        candidate.replace(path)
        found = path.stat()
        _write_mark(path, f"{file.sha256} {found.st_size} {found.st_mtime_ns}")

    @contextmanager
    def locked(self, cancelled: Callable[[], bool]) -> Iterator[None]:
        """Keep other processes from fetching into this directory meanwhile.

        The lock ends with the process, so a killed one leaves nothing behind.

        Raises:
            WeightsError: `cancelled()` became true while another process had it.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("a+b") as stream:
            while not _try_lock(stream):
                raise_if(cancelled)
                time.sleep(_LOCK_POLL_S)
            try:
                yield
            finally:
                _unlock(stream)


def raise_if(cancelled: Callable[[], bool]) -> None:
    """Raise WeightsError once `cancelled()` is true."""
    if cancelled():
        message = "The download was stopped; what has arrived is kept."
        raise WeightsError(message, code="fetch_cancelled")


def _user_cache() -> Path:
    if sys.platform == "win32":
        named = os.environ.get("LOCALAPPDATA")
        return Path(named) if named else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    named = os.environ.get("XDG_CACHE_HOME")
    return Path(named) if named else Path.home() / ".cache"


def _mark_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.verified")


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _write_mark(path: Path, mark: str) -> None:
    # A shared directory may be read-only; then the file is read again next time.
    with suppress(OSError):
        _mark_of(path).write_text(mark, encoding="utf-8")


def _try_lock(stream: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            stream.seek(0)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _unlock(stream: IO[bytes]) -> None:
    if sys.platform == "win32":
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(stream, fcntl.LOCK_UN)
