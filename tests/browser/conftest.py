"""A JupyterLab server, Chromiums with a fake microphone, and notebooks in them."""

from __future__ import annotations

import itertools
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.chromium import CHROMIUM_ARGUMENTS, Chromiums, chromium_path
from tests.browser.jupyter import (
    JupyterServer,
    Notebook,
    jupyter_server,
    kernel_client,
    write_notebook,
)
from tests.browser.lab import Labs
from tests.servers.process import RealtimeServerProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from playwright.sync_api import Playwright

__all__ = ["CHROMIUM_ARGUMENTS", "chromium_path"]

_numbers = itertools.count()


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


@pytest.fixture(scope="module")
def chromiums(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chromiums]:
    """Browsers for a module's tests."""
    running = Chromiums(playwright, tmp_path_factory.mktemp("chromium"))
    yield running
    running.close()


@pytest.fixture(scope="module")
def labs(jupyter: JupyterServer, chromiums: Chromiums) -> Labs:
    """JupyterLab's pages for a module's tests."""
    return Labs(jupyter, chromiums)


@pytest.fixture
def notebook(
    jupyter: JupyterServer,
    chromiums: Chromiums,
    labs: Labs,
    request: pytest.FixtureRequest,
) -> Iterator[Callable[..., Notebook]]:
    """Opens one notebook of cells, runs them all, and gives it.

    `notebook([cells], microphone=WAV)`: without a WAV there is no microphone that
    says anything; `grant=False` refuses it. `scripts` run in the page before its own.
    The kernel is the test's own; so is the page where it is `fresh`, otherwise it is
    JupyterLab as the test before has left it, with all notebooks closed.
    """
    failed = request.session.testsfailed
    # It starts while the test still prepares what it needs besides.
    name = f"test-{next(_numbers)}.ipynb"
    jupyter.start_kernel(name)
    with ExitStack() as stack:

        def show(  # noqa: PLR0913 - each is a test's own concern
            cells: list[str],
            *,
            microphone: Path | None = None,
            grant: bool = True,
            width: int = 1000,
            scripts: Sequence[str] = (),
            fresh: bool = False,
        ) -> Notebook:
            write_notebook(jupyter.root / name, cells)
            chromiums.hear(microphone)
            page = labs.show(
                name, grant=grant, width=width, scripts=scripts, fresh=fresh
            )
            client = kernel_client(jupyter, name)
            stack.callback(client.stop_channels)
            page.evaluate(
                "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
            )
            return Notebook(page, client, jupyter.root / name)

        yield show
    labs.leave(keep=request.session.testsfailed == failed)
    jupyter.stop_kernels()
