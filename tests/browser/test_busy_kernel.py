"""The microphone while the notebook's kernel is busy: heard at once, and whole."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.talk import arrivals, widget_cells
from tests.speech import write_wav

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.jupyter import Notebook
    from tests.servers.process import RealtimeServerProcess

    OpenNotebook = Callable[..., Notebook]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SECONDS = 8

# Looks up rarely: a system call would let the other threads run.
UNTIL_TOLD = """
import os
turns = 0
while turns % 300_000 or not os.path.exists({flag!r}):
    turns += 1
"""


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    """A WAV of faint noise, two minutes long."""
    samples = np.random.default_rng(3).normal(0, 0.001, 120 * 24_000)
    return write_wav(tmp_path / "noise.wav", samples, 24_000)


def begin(shown: Notebook, code: str) -> None:
    """Run code as a cell of the page, and come back at once."""
    shown.page.evaluate(
        """(code) => {
          const { session } = window.jupyterapp.shell.currentWidget.sessionContext;
          session.kernel.requestExecute({ code });
        }""",
        code,
    )


def stop_microphone(shown: Notebook, process: RealtimeServerProcess) -> list[bytes]:
    """Switch it off; returns what the page has sent, once the server has as much."""
    shown.card.get_by_role("button", name="Stop microphone").click()
    expect(shown.card.get_by_role("button", name="Start microphone")).to_be_visible()
    sent = shown.page.evaluate("() => window.__microphone")
    process.wait_for(lambda s: len(arrivals(s)) >= len(sent), 20)
    return [base64.b64decode(piece) for piece in sent]


def test_while_a_cell_waits_for_an_answer_the_microphone_is_heard_whole(
    server: Callable[..., RealtimeServerProcess],
    notebook: OpenNotebook,
    noise: Path,
) -> None:
    process = server("counter", duration=SECONDS, pace=1)
    shown = notebook(widget_cells(process, "import time"), microphone=noise)
    shown.card.get_by_role("button", name="Start microphone").click()
    process.wait_for(lambda s: len(arrivals(s)) > 10, 60)
    begin(shown, "began = time.time()\nw.ask_sync('Count')\nended = time.time()")
    before = len(arrivals(process))
    process.wait_for(lambda s: len(arrivals(s)) > before + SECONDS * 10, 60)
    began, ended = float(shown.texts("[began]")[0]), float(shown.texts("[ended]")[0])
    lines = process.received("input_audio_buffer.append")
    meanwhile = [line for line in lines if began < line["t"] < ended]

    assert len(meanwhile) > SECONDS * 5
    assert stop_microphone(shown, process) == arrivals(process)
    assert process.sent("error") == []


def test_a_session_opens_while_a_cell_computes(
    server: Callable[..., RealtimeServerProcess],
    notebook: OpenNotebook,
    noise: Path,
    tmp_path: Path,
) -> None:
    process = server("echo")
    shown = notebook(widget_cells(process), microphone=noise)
    expect(shown.card.get_by_role("button", name="Start microphone")).to_be_visible()
    flag = tmp_path / "told"
    begin(shown, UNTIL_TOLD.format(flag=str(flag)))
    shown.card.get_by_role("button", name="Start microphone").click()
    process.wait_for(lambda s: len(arrivals(s)) > 30, 120)
    flag.touch()
    shown.card.get_by_role("button", name="Stop microphone").click()
    expect(shown.card.get_by_role("button", name="Start microphone")).to_be_visible()
    sent = shown.page.evaluate("() => window.__microphone")
    process.wait_for(lambda s: arrivals(s)[-1] == base64.b64decode(sent[-1]), 20)

    # Of what was said while it opened, the last ten seconds are kept.
    heard = arrivals(process)
    assert [base64.b64decode(piece) for piece in sent[-len(heard) :]] == heard
    assert shown.value("w.error") == {}
