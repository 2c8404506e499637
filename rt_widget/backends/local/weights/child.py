"""A downloading child process, watched by the bytes that it puts on disk."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rt_widget.backends.local.weights.store import raise_if

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_POLL_S = 0.2
_GRACE_S = 3.0
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a child may bring nothing, in seconds."""

    first_s: float
    """Until its first byte."""
    later_s: float
    """From one byte to the next."""


def _last(lines: Sequence[str]) -> str:
    return " ".join(lines[-1:])


@dataclass(frozen=True, slots=True)
class Command:
    """What to run."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    """All of its environment variables."""
    place: Path | None = None
    """Where it runs; None where this process does."""
    reason: Callable[[Sequence[str]], str] = _last
    """Why it failed, from the lines on its standard error, none of which is empty."""


class ChildFailedError(Exception):
    """The child ended with an error, or came to a standstill; the text says which."""


def run_watched(
    command: Command,
    *,
    folder: Path,
    patience: Patience,
    report: Callable[[int], None],
    cancelled: Callable[[], bool],
) -> None:
    """Run `command` to its end.

    Args:
        command: What to run.
        folder: Where it writes; `report` gets the bytes below it, as they grow.
        patience: How long it may bring nothing before it is ended.
        report: Called with a count of bytes.
        cancelled: Ends the child once it is true.

    Raises:
        ChildFailedError: the child failed.
        WeightsError: `cancelled()` became true.
    """
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(  # noqa: S603  # the command is ours
            list(command.arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            cwd=command.place,
            env=dict(command.environment),
        )
        try:
            _watch(child, folder, patience, report, cancelled)
        finally:
            _end(child)
        if child.returncode:
            complaints.seek(0)
            said = command.reason(_lines(complaints.read()))[:_LONGEST_REASON]
            raise ChildFailedError(said or "it gave no reason")


def bytes_below(folder: Path) -> int:
    """Sizes of all files below `folder`, some of which may vanish meanwhile."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += Path(place, name).stat().st_size
    return total


def _watch(
    child: subprocess.Popen[bytes],
    folder: Path,
    patience: Patience,
    report: Callable[[int], None],
    cancelled: Callable[[], bool],
) -> None:
    most = bytes_below(folder)
    deadline = time.monotonic() + patience.first_s
    while True:
        try:
            child.wait(_POLL_S)
        except subprocess.TimeoutExpired:
            raise_if(cancelled)
        else:
            return
        size = bytes_below(folder)
        if size > most:
            most = size
            deadline = time.monotonic() + patience.later_s
            report(size)
        elif time.monotonic() > deadline:
            message = "nothing arrived for too long"
            raise ChildFailedError(message)


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _lines(complaints: bytes) -> list[str]:
    text = complaints.decode("utf-8", errors="replace")
    return [line.strip() for line in text.splitlines() if line.strip()]
