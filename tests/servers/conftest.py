from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.servers.dialogue import KEY
from tests.servers.process import RealtimeServerProcess

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def server() -> Iterator[RealtimeServerProcess]:
    with RealtimeServerProcess("echo", key=KEY, options={"pace": 0}) as running:
        yield running


@pytest.fixture
def url(server: RealtimeServerProcess) -> str:
    return server.url


@pytest.fixture(scope="module")
def beta() -> Iterator[RealtimeServerProcess]:
    options = {"pace": 0}
    with RealtimeServerProcess(key=KEY, dialect="beta", options=options) as running:
        yield running
