"""What Tab offers, asked where a notebook asks: in a kernel."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest
from jupyter_client.manager import KernelManager

from rt_widget import RealtimeWidget
from rt_widget.config import SessionConfig, turn_detection
from rt_widget.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_client.blocking.client import BlockingKernelClient

KEYWORDS = {*SETTINGS, "tools", "backend", "base_url", "api_key"}


@pytest.fixture(scope="module")
def kernel() -> Iterator[BlockingKernelClient]:
    manager = KernelManager()
    manager.start_kernel()
    client: BlockingKernelClient = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=30)
    client.execute("from rt_widget import RealtimeWidget", reply=True, timeout=30)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def offered(kernel: BlockingKernelClient, code: str) -> set[str]:
    answer = kernel.complete(code, len(code), reply=True, timeout=30)
    return set(answer["content"]["matches"])


def test_the_constructors_keywords_complete(kernel: BlockingKernelClient) -> None:
    assert {f"{name}=" for name in KEYWORDS} <= offered(kernel, "RealtimeWidget(")
    assert "temperature=" in offered(kernel, "w = RealtimeWidget(speed=1.2, temp")


def test_an_editor_that_runs_nothing_sees_the_same_keywords() -> None:
    keywords = inspect.signature(RealtimeWidget.__init__).parameters.values()
    named = {p.name for p in keywords if p.kind is inspect.Parameter.KEYWORD_ONLY}

    assert named == KEYWORDS


def test_the_defaults_that_an_editor_shows_are_those_of_a_session() -> None:
    shown = inspect.signature(RealtimeWidget.__init__).parameters
    defaults = {name: shown[name].default for name in SETTINGS}
    defaults["turn_detection"] = turn_detection(defaults["turn_detection"])

    assert SessionConfig(**defaults) == SessionConfig()
