"""A real kernel, driven as a notebook does it, without a browser."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from jupyter_client.manager import KernelManager

from tests.servers.process import ROOT

if TYPE_CHECKING:
    from types import TracebackType

START_SECONDS = 60
CELL_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Ended:
    """How a cell ended: what it printed, its error's name if any, and `time.time`."""

    printed: str
    error: str
    at: float


class KernelProcess:
    """An ipykernel in a process of its own; use it as a context manager.

    Args:
        path: A folder with another ipykernel than the installed one; empty for that.
    """

    def __init__(self, path: str = "") -> None:
        self._manager = KernelManager()
        paths = os.pathsep.join(filter(None, (path, str(ROOT))))
        environment = {**os.environ, "PYTHONPATH": paths}
        self._manager.start_kernel(cwd=str(ROOT), env=environment)
        self._client = self._manager.blocking_client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=START_SECONDS)

    def start(self, code: str) -> str:
        """Run a cell; returns its name at once."""
        name: str = self._client.execute(code)
        return name

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)


class Kernel(KernelProcess):
    """A kernel whose cells are waited for, one after the other or in mid-run."""

    def __init__(self, path: str = "") -> None:
        super().__init__(path)
        self._printed: dict[str, str] = {}
        self._idle: set[str] = set()

    def ended(self, cell: str) -> Ended:
        """Wait for the end of a cell: its prompt is back."""
        while True:
            reply: dict[str, Any] = self._client.get_shell_msg(timeout=CELL_SECONDS)
            if reply["parent_header"].get("msg_id") == cell:
                break
        at = time.time()
        while cell not in self._idle:
            self._take_news()
        printed = self._printed.pop(cell, "")
        return Ended(printed, reply["content"].get("ename", ""), at)

    def run(self, code: str) -> str:
        """Run a cell that must end well; returns what it printed."""
        ended = self.ended(self.start(code))
        assert ended.error == "", ended
        return ended.printed

    def interrupt(self) -> None:
        """What the stop button of a notebook does."""
        self._manager.interrupt_kernel()

    def says(self, cell: str, words: str) -> None:
        """Wait until a cell has printed these words."""
        while words not in self._printed.get(cell, ""):
            self._take_news()

    def _take_news(self) -> None:
        news: dict[str, Any] = self._client.get_iopub_msg(timeout=CELL_SECONDS)
        cell, content = news["parent_header"].get("msg_id"), news["content"]
        if news["msg_type"] == "stream":
            self._printed[cell] = self._printed.get(cell, "") + content["text"]
        elif content.get("execution_state") == "idle":
            self._idle.add(cell)
