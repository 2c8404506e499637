"""The real engines in a child, with their real weights."""

from __future__ import annotations

import gc

import pytest

from rt_widget import events
from rt_widget.backends.local import LocalBackend
from tests.local.engine_process.talking import (
    ask,
    comes_true,
    connected,
    is_alive,
    pid_of,
    text_of,
)

pytestmark = [pytest.mark.weights, pytest.mark.timeout(240)]


async def test_it_answers_aloud_and_leaves_nothing_behind() -> None:
    backend = LocalBackend(engine_process=True)
    connection = await connected(backend)
    pid = pid_of(backend)
    said = await ask(connection, "What is the capital of France?")
    assert "Paris" in text_of(said)
    assert any(isinstance(event, events.AudioDelta) for event in said)
    await connection.close()
    del backend, connection
    gc.collect()
    await comes_true(lambda: not is_alive(pid))
