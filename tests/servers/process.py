"""Runs the Realtime server as a process of its own and reads its log."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests.servers.journal import JournalReader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from tests.servers.wire import JsonObject

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 20.0
STOP_SECONDS = 5.0
POLL_SECONDS = 0.01


class ServerFailedError(RuntimeError):
    """The server process did not start, or ended by itself."""


@dataclass(slots=True)
class RealtimeServerProcess:
    """A Realtime server on loopback; use it as a context manager.

    It ends with `stop()`, and also when this process ends in any way: its standard
    input is a lifeline.

    Args:
        scenario: What it answers when a model's name does not say it, such as
            `counter` or `fault:close_1011,after=2` (see `scenarios.py`, `faults.py`).
        key: The only key that it accepts; None accepts any.
        dialect: `ga` or `beta`.
        options: Defaults of the scenarios' options, such as `{"pace": "0"}`.
        refuse: HTTP status for every upgrade; None lets clients in.
        retry_after: Seconds of `Retry-After`, with 429 and 503.
        expires_in: Seconds until a session expires.
        port: 0 takes a free one.
    """

    scenario: str = "echo"
    _: KW_ONLY
    key: str | None = None
    dialect: str = "ga"
    options: Mapping[str, object] = field(default_factory=dict)
    refuse: int | None = None
    retry_after: int = 7
    expires_in: float = 3600.0
    port: int = 0
    url: str = field(default="", init=False)
    """`ws://127.0.0.1:PORT/v1`: what `websocket_base_url` takes."""
    _directory: tempfile.TemporaryDirectory[str] | None = field(
        default=None, init=False, repr=False
    )
    _process: subprocess.Popen[bytes] | None = field(
        default=None, init=False, repr=False
    )
    _journal: JournalReader = field(init=False, repr=False)

    @property
    def pid(self) -> int:
        """Of the server process; for SIGSTOP and the like."""
        return self._running().pid

    @property
    def log_path(self) -> Path:
        """The log file (see `journal.py` for its lines)."""
        if self._directory is None:
            raise ServerFailedError("the server is not running")
        return Path(self._directory.name) / "log.jsonl"

    def start(self) -> Self:
        """Start it; returns when it listens.

        Raises:
            ServerFailedError: it did not come up; its error output is in the text.
        """
        self._directory = tempfile.TemporaryDirectory(prefix="realtime-server-")
        self._journal = JournalReader(self.log_path)
        with self._errors().open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.servers.realtime", *self._arguments()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
        line = _first_line(self._process)
        if not line:
            text = self.errors()
            self.stop()
            raise ServerFailedError(f"the server did not start: {text}")
        ready = json.loads(line)
        self.port, self.url = ready["port"], ready["url"]
        return self

    def stop(self) -> None:
        """End it and remove its log; a second call does nothing."""
        process, self._process = self._process, None
        if process is not None:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._directory is not None:
            self._directory.cleanup()
            self._directory = None

    def log(self, kind: str | None = None) -> list[JsonObject]:
        """Give the log's lines so far, oldest first; of one kind, if asked."""
        if self._directory is None:
            raise ServerFailedError("the server is not running")
        lines = self._journal.lines()
        return [line for line in lines if kind in (None, line["kind"])]

    def received(self, event_type: str | None = None) -> list[JsonObject]:
        """Give the lines of client events: `t`, `type`, `bytes`, `event`."""
        lines = self.log("received")
        return [line for line in lines if event_type in (None, line["type"])]

    def sent(self, event_type: str | None = None) -> list[JsonObject]:
        """Give the lines of server events: `t`, `type`, `index`, `event`, and so on."""
        lines = self.log("sent")
        return [line for line in lines if event_type in (None, line["type"])]

    def wait_for(
        self, condition: Callable[[Self], bool], timeout: float = 10.0
    ) -> None:
        """Return once `condition(self)` is true.

        Raises:
            TimeoutError: it was not within `timeout` seconds.
        """
        end = time.monotonic() + timeout
        while not condition(self):
            if time.monotonic() > end:
                raise TimeoutError(f"waited {timeout} s; error output: {self.errors()}")
            time.sleep(POLL_SECONDS)

    def command(self, do: str, **fields: object) -> None:
        """Order something for all open connections.

        `close` (`code`, `reason`), `reset`, `fin`, or `send` (`event`).
        """
        stdin = self._running().stdin
        if stdin is None:
            raise ServerFailedError("the server has no standard input")
        stdin.write(json.dumps({"do": do, **fields}).encode() + b"\n")
        stdin.flush()

    def errors(self) -> str:
        """Give the process's error output."""
        return self._errors().read_text("utf-8", errors="replace")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _arguments(self) -> list[str]:
        named: dict[str, object] = {
            "log": self.log_path,
            "port": self.port,
            "scenario": self.scenario,
            "dialect": self.dialect,
            "key": self.key,
            "refuse": self.refuse,
            "retry-after": self.retry_after,
            "expires-in": self.expires_in,
        }
        given = [
            f"--{name}={value}" for name, value in named.items() if value is not None
        ]
        options = [f"--option={name}={value}" for name, value in self.options.items()]
        return ["--lifeline", *given, *options]

    def _errors(self) -> Path:
        return self.log_path.with_name("stderr.txt")

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise ServerFailedError("the server is not running")
        return self._process


def _first_line(process: subprocess.Popen[bytes]) -> bytes:
    if process.stdout is None:
        return b""
    readable, _, _ = select.select([process.stdout], [], [], START_SECONDS)
    return process.stdout.readline() if readable else b""
