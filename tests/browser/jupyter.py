"""A JupyterLab server of one's own, and notebooks in it as a person sees them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_client.blocking.client import BlockingKernelClient

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Locator, Page

START_SECONDS = 60

_NO_UPDATES = "jupyterlab.handlers.announcements.NeverCheckForUpdate"


@dataclass
class JupyterServer:
    """A running server."""

    url: str
    root: Path
    runtime: Path

    def sessions(self) -> list[dict[str, object]]:
        """Its open notebooks with their kernels."""
        with urllib.request.urlopen(f"{self.url}/api/sessions") as answer:  # noqa: S310 - loopback
            sessions: list[dict[str, object]] = json.load(answer)
        return sessions

    def start_kernel(self, name: str) -> None:
        """Start a notebook's kernel before a page opens it; returns at once."""
        session = {
            "path": name,
            "name": name,
            "type": "notebook",
            "kernel": {"name": "python3"},
        }
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.url}/api/sessions", json.dumps(session).encode(), method="POST"
        )
        urllib.request.urlopen(request).close()  # noqa: S310 - loopback

    def stop_kernels(self) -> None:
        """End every kernel, as closing all notebooks would."""
        for session in self.sessions():
            request = urllib.request.Request(  # noqa: S310 - loopback
                f"{self.url}/api/sessions/{session['id']}", method="DELETE"
            )
            urllib.request.urlopen(request).close()  # noqa: S310 - loopback


@contextmanager
def jupyter_server(
    folder: Path, environment: Mapping[str, str]
) -> Iterator[JupyterServer]:
    """A JupyterLab server on a free loopback port; ends with the block."""
    root, runtime = folder / "notebooks", folder / "runtime"
    for each in (root, runtime):
        each.mkdir(parents=True)
    # Whether extensions want a build is looked up anew, with Node, by each page.
    lab = folder / "config" / "labconfig"
    lab.mkdir(parents=True)
    no_build = {"buildCheck": False, "buildAvailable": False}
    (lab / "page_config.json").write_text(json.dumps(no_build))
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1",
        "--port=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={root}",
        "--ServerApp.disable_check_xsrf=True", "--LabApp.expose_app_in_browser=True",
        "--LabApp.news_url=None", f"--LabApp.check_for_updates_class={_NO_UPDATES}",
    ]  # fmt: skip
    if os.geteuid() == 0:
        command.append("--allow-root")
    own = {
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
    }
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, env={**os.environ, **own, **environment}, stdout=log, stderr=log
        )
        try:
            yield JupyterServer(_address(process, runtime, folder), root, runtime)
        finally:
            process.terminate()
            process.wait(20)


def _address(process: subprocess.Popen[bytes], runtime: Path, folder: Path) -> str:
    """The server's URL, once it answers."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        for info in runtime.glob("jpserver-*.json"):
            try:
                url: str = json.loads(info.read_text())["url"].rstrip("/")
                urllib.request.urlopen(f"{url}/api/status").close()  # noqa: S310 - loopback
            except (OSError, ValueError):
                continue
            return url
        time.sleep(0.1)
    raise RuntimeError((folder / "server.log").read_text()[-3000:])


@dataclass
class Notebook:
    """An open notebook: its page, and a second client of its kernel."""

    page: Page
    kernel: BlockingKernelClient
    path: Path

    @property
    def card(self) -> Locator:
        """The widget in the first output."""
        return self.page.locator(".rt-widget").first

    def value(self, expression: str) -> object:
        """The value of a Python expression in the kernel, by way of JSON."""
        code = "import json as _json"
        asked = {"value": f"_json.dumps({expression})"}
        reply = self.kernel.execute_interactive(
            code, user_expressions=asked, silent=True, store_history=False, timeout=60
        )
        result = reply["content"]["user_expressions"]["value"]
        if result["status"] != "ok":
            raise RuntimeError("\n".join(result["traceback"]))
        text: str = eval(result["data"]["text/plain"])  # noqa: S307 - the repr of our own str
        return json.loads(text)

    def texts(self, expression: str) -> list[str]:
        """The value of an expression that gives a list of texts."""
        value = self.value(f"list(map(str, {expression}))")
        assert isinstance(value, list)
        return value

    def run(self, code: str) -> None:
        """Run code in the kernel and wait for its end."""
        reply = self.kernel.execute_interactive(
            code, silent=True, store_history=False, timeout=120
        )
        if reply["content"]["status"] != "ok":
            raise RuntimeError("\n".join(reply["content"]["traceback"]))


def write_notebook(path: Path, cells: list[str]) -> None:
    """A notebook of code cells."""
    sources: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": f"cell-{number}",
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for number, source in enumerate(cells)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = {
        "cells": sources,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(content))


def open_notebook(server: JupyterServer, page: Page, name: str) -> None:
    """Show a notebook in JupyterLab and wait until its kernel is idle."""
    page.goto(f"{server.url}/lab/workspaces/{Path(name).stem}/tree/{name}?reset")
    page.wait_for_function("() => window.jupyterapp !== undefined", timeout=60_000)
    page.locator(".jp-Notebook").first.wait_for(timeout=60_000)
    _is_idle(page, name)


def show_notebook(page: Page, name: str) -> None:
    """Show a notebook in a JupyterLab that is there, and wait as `open_notebook`."""
    page.evaluate(
        """async (path) => {
          await window.jupyterapp.commands.execute("docmanager:open", { path });
        }""",
        name,
    )
    _is_idle(page, name)


def _is_idle(page: Page, name: str) -> None:
    page.wait_for_function(
        """(name) => {
            const panel = window.jupyterapp.shell.currentWidget;
            const kernel = panel?.sessionContext?.session?.kernel;
            return panel?.context?.path === name && kernel?.status === "idle";
        }""",
        arg=name,
        timeout=60_000,
    )


def kernel_client(server: JupyterServer, name: str) -> BlockingKernelClient:
    """A second client of the notebook's kernel."""
    kernel_id = next(
        session["kernel"]["id"]  # type: ignore[index] # JSON of the server's API
        for session in server.sessions()
        if session["path"] == name
    )
    client = BlockingKernelClient(
        connection_file=str(server.runtime / f"kernel-{kernel_id}.json")
    )
    client.load_connection_file()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    return client
