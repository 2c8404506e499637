"""A JupyterLab and a Chromium with a fake microphone, for the benchmarks."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM_ARGUMENTS, chromium_path
from tests.browser.jupyter import jupyter_server, open_notebook, write_notebook
from tests.speech import write_wav

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.browser.jupyter import JupyterServer


def machine() -> str:
    """One line about the machine."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {cpu[1] if cpu else '?'}, load {load:.1f}"


@contextmanager
def stage(
    *scripts: str, microphone: Path | None = None
) -> Iterator[tuple[JupyterServer, Page]]:
    """A server and a page, in which `scripts` run first.

    The microphone hears a WAV, once, or without one faint noise.
    """
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        noise = np.random.default_rng(1).normal(0, 0.003, 24_000 * 300)
        wav = microphone or write_wav(Path(folder) / "noise.wav", noise, 24_000)
        once = "%noloop" if microphone else ""
        browser = driver.chromium.launch(
            executable_path=chromium_path(),
            args=[
                *CHROMIUM_ARGUMENTS,
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-audio-capture={wav}{once}",
            ],
            ignore_default_args=["--mute-audio"],
        )
        environment = {"PYTHONPATH": str(Path.cwd())}
        with jupyter_server(Path(folder) / "jupyter", environment) as server:
            page = browser.new_page(viewport={"width": 1000, "height": 900})
            for script in scripts:
                page.add_init_script(script)
            yield server, page
            server.stop_kernels()
        browser.close()


def run_cells(server: JupyterServer, page: Page, name: str, cells: list[str]) -> None:
    """Open a new notebook of these cells and run them."""
    write_notebook(server.root / name, cells)
    open_notebook(server, page, name)
    command = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
    page.evaluate(command)
