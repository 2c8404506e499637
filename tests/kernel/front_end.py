"""A kernel of a chosen ipykernel, and what a notebook's page sends to it."""

from __future__ import annotations

import base64
import subprocess
import sys
import time
from importlib import metadata
from typing import TYPE_CHECKING, Any

from tests.kernel.kernel import KernelProcess

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATIENCE_S = 40.0

# What releases of ipykernel need and the newest one does not.
_BESIDE = "nest-asyncio==1.6.0"


def overlay(version: str, folder: Path) -> str:
    """A folder for a kernel's PYTHONPATH; empty when that version is installed."""
    if metadata.version("ipykernel") == version:
        return ""
    target = folder / f"ipykernel-{version}"
    if not target.exists():
        fetched = folder / f"fetching-{version}"
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"),
                *("--upgrade", "--target", str(fetched)),
                *(f"ipykernel=={version}", _BESIDE),
            ],
            check=True,
        )
        fetched.rename(target)
    return str(target)


class FrontEnd(KernelProcess):
    """A kernel, and a page that shows one widget of it; a context manager.

    Messages of the page go to a subshell where the kernel has any, as JupyterLab's do.
    `news` is all that the kernel has published, oldest first.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.news: list[dict[str, Any]] = []
        self._comm = ""
        self._subshell: str | None = None

    def ended(self, request: str) -> str:
        """Wait for a cell's end; returns what it has printed."""
        self.until(lambda: self.has_ended(request))
        reply = self._reply(self._client.get_shell_msg, request)
        assert reply["content"]["status"] == "ok", reply["content"]
        return "".join(m["content"]["text"] for m in self.of(request, "stream"))

    def run(self, code: str) -> str:
        """Run a cell to its end; returns what it has printed."""
        return self.ended(self.start(code))

    def value(self, expression: str) -> str:
        """The text of an expression's value."""
        return self.run(f"print({expression})").strip()

    def has_ended(self, request: str) -> bool:
        """Whether a cell's prompt is back, as far as was read."""
        states = self.of(request, "status")
        return any(m["content"]["execution_state"] == "idle" for m in states)

    def of(self, request: str, kind: str) -> list[dict[str, Any]]:
        """News of one kind that belongs to a request."""
        return [
            message
            for message in self.news
            if message["msg_type"] == kind
            and message["parent_header"].get("msg_id") == request
        ]

    def until(self, condition: Callable[[], bool]) -> None:
        """Read news until something holds."""
        end = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < end, self.news[-3:]
            if self._client.iopub_channel.msg_ready():
                self.news.append(self._client.get_iopub_msg(timeout=PATIENCE_S))
            else:
                time.sleep(0.01)

    def show(self, widget: str) -> None:
        """Show a widget on the page from now on."""
        self._comm = self.value(f"{widget}.comm.comm_id")
        self._subshell = self._new_subshell()
        self.say("hello")

    def say(self, kind: str, **content: object) -> None:
        """Send the widget a message of the page."""
        said = {"type": kind, "page": "page-1", **content}
        data = {"method": "custom", "content": said}
        message = self._client.session.msg(
            "comm_msg", {"comm_id": self._comm, "data": data}
        )
        message["header"]["subshell_id"] = self._subshell
        self._client.shell_channel.send(message)

    def speak(self, first: int, pieces: list[bytes]) -> None:
        """Send pieces of the microphone's sound, numbered from `first` on."""
        for number, pcm in enumerate(pieces, first):
            audio = base64.b64encode(pcm).decode("ascii")
            self.say("audio", seq=number, at=0, audio=audio)

    def _new_subshell(self) -> str | None:
        request = self._client.session.msg("kernel_info_request")
        self._client.shell_channel.send(request)
        info = self._reply(self._client.get_shell_msg, request["header"]["msg_id"])
        if "kernel subshells" not in info["content"].get("supported_features", []):
            return None
        request = self._client.session.msg("create_subshell_request")
        self._client.control_channel.send(request)
        reply = self._reply(self._client.get_control_msg, request["header"]["msg_id"])
        subshell: str = reply["content"]["subshell_id"]
        return subshell

    def _reply(
        self, get: Callable[..., dict[str, Any]], request: str
    ) -> dict[str, Any]:
        while True:
            reply = get(timeout=PATIENCE_S)
            if reply["parent_header"].get("msg_id") == request:
                return reply
