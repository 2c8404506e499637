"""`rt-widget serve` as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = "from rt_widget.cli import main; raise SystemExit(main())"
STOP_S = 20.0


@dataclass(frozen=True, slots=True)
class Command:
    """A server that is ready."""

    process: subprocess.Popen[str]
    url: str
    token: str
    greeting: str
    errors: IO[str]

    def end(self, signal: int) -> int:
        """Send a signal; returns the exit code."""
        self.process.send_signal(signal)
        return self.process.wait(STOP_S)

    def said(self) -> str:
        """What stands on its error output."""
        self.errors.seek(0)
        return self.errors.read()

    def megabytes(self) -> int:
        """Its memory."""
        found = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(self.process.pid)],  # noqa: S607 - where it is differs
            capture_output=True,
            text=True,
            check=True,
        )
        return int(found.stdout) // 1000


@contextmanager
def serve_command(*arguments: str, **environment: str) -> Iterator[Command]:
    """Start it at a free port; it is ended with the block if it was not before."""
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, "serve", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, **environment},
        )
        try:
            yield _ready(process, errors)
        finally:
            process.kill()
            process.communicate()


def _ready(process: subprocess.Popen[str], errors: IO[str]) -> Command:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl+C" in line:
            named = dict(line.strip().split(": ") for line in lines[:2])
            url = named["address"].removesuffix("/realtime")
            return Command(process, url, named["token"], "".join(lines), errors)
    errors.seek(0)
    raise AssertionError(f"The server did not start: {errors.read()}")
