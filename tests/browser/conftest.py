"""A JupyterLab server, a Chromium with a fake microphone, and notebooks in them."""

from __future__ import annotations

import itertools
import os
import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.jupyter import (
    JupyterServer,
    Notebook,
    jupyter_server,
    kernel_client,
    open_notebook,
    write_notebook,
)
from tests.browser.sound import listen
from tests.servers.process import RealtimeServerProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from playwright.sync_api import Playwright

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Frames of the kernel's socket, and the microphone's pieces that the page has sent.
_KEEP_FRAMES = """
(() => {
  window.__frames = [];
  window.__microphone = [];
  const latin = new TextDecoder("latin1");
  const piece = /"type":"audio","seq":\\d+,"at":\\d+,"audio":"([^"]*)"/;
  const text = (data) => typeof data === "string" ? data
    : new TextDecoder().decode(data);
  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        if (window.__frames.length < 5000 && !(data instanceof Blob))
          window.__frames.push(text(data));
      });
    }
    send(data) {
      const said = piece.exec(typeof data === "string" ? data : latin.decode(data));
      if (said) window.__microphone.push(said[1]);
      super.send(data);
    }
  };
})();
"""

_numbers = itertools.count()


def chromium_path() -> str:
    """The browser: `RT_WIDGET_CHROMIUM`, or what is on the PATH."""
    found = os.environ.get("RT_WIDGET_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None
    )
    if not found:
        pytest.fail("No Chromium: run `make test`, or set RT_WIDGET_CHROMIUM.")
    return found


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver.

    It keeps an event loop running in this thread for as long as it lives, and no other
    test may then have one of its own.
    """
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    """One JupyterLab for all tests; each test has a kernel of its own."""
    environment = {"OPENAI_API_KEY": "", "PYTHONPATH": os.getcwd()}  # noqa: PTH109 - for a child process
    with jupyter_server(tmp_path_factory.mktemp("jupyter"), environment) as server:
        yield server


@pytest.fixture
def server() -> Iterator[Callable[..., RealtimeServerProcess]]:
    """Starts a server of a scenario; it ends with the test."""
    running: list[RealtimeServerProcess] = []

    def start(scenario: str, **options: object) -> RealtimeServerProcess:
        process = RealtimeServerProcess(scenario, options=options)
        running.append(process.start())
        return process

    yield start
    for process in running:
        process.stop()


@pytest.fixture
def notebook(
    jupyter: JupyterServer, playwright: Playwright
) -> Iterator[Callable[..., Notebook]]:
    """Opens a notebook of cells, runs them all, and gives it.

    `notebook([cells], microphone=WAV)`: without a WAV there is no microphone that
    says anything; `grant=False` refuses it. `scripts` run in the page before its own.
    """
    with ExitStack() as stack:

        def show(
            cells: list[str],
            *,
            microphone: Path | None = None,
            grant: bool = True,
            width: int = 1000,
            scripts: Sequence[str] = (),
        ) -> Notebook:
            media = ["--use-fake-device-for-media-stream"]
            if grant:
                media.append("--use-fake-ui-for-media-stream")
            if microphone is not None:
                media.append(f"--use-file-for-fake-audio-capture={microphone}%noloop")
            browser = playwright.chromium.launch(
                executable_path=chromium_path(),
                args=CHROMIUM_ARGUMENTS + media,
                ignore_default_args=["--mute-audio"],
            )
            stack.callback(browser.close)
            context = browser.new_context(viewport={"width": width, "height": 900})
            listen(context)
            for script in (_KEEP_FRAMES, *scripts):
                context.add_init_script(script)
            page = context.new_page()
            name = f"test-{next(_numbers)}.ipynb"
            write_notebook(jupyter.root / name, cells)
            open_notebook(jupyter, page, name)
            client = kernel_client(jupyter, name)
            stack.callback(client.stop_channels)
            page.evaluate(
                "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
            )
            return Notebook(page, client, jupyter.root / name)

        yield show
    jupyter.stop_kernels()
