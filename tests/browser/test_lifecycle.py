"""Reloads, re-runs, views, pages and restarts: one session, one microphone, no rest."""

from __future__ import annotations

import json
import queue
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.alone import WATCH
from tests.browser.jupyter import Notebook
from tests.browser.talk import arrivals, type_in, widget_cells
from tests.speech import write_wav

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.servers.process import RealtimeServerProcess

    OpenNotebook = Callable[..., Notebook]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

TIMES = 10
SILENT_AFTER_S = 10
LEASE_MS = 10_000
"""A page that says nothing for so long has no microphone and no sound."""

_LIVE_TRACKS = """() => window.opened.streams.flatMap((s) => s.getTracks())
  .filter((track) => track.readyState === "live").length"""
_OPEN_CONTEXTS = """() => window.opened.contexts
  .filter(({ state }) => state !== "closed").length"""
_SAVE = "() => window.jupyterapp.commands.execute('docmanager:save')"
_RUN_CELL = """async (number) => {
  const { content, sessionContext } = window.jupyterapp.shell.currentWidget;
  content.activeCellIndex = number;
  await window.jupyterapp.commands.execute("notebook:run-cell");
}"""


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    """A WAV of faint noise, two minutes long."""
    samples = np.random.default_rng(4).normal(0, 0.002, 120 * 24_000)
    return write_wav(tmp_path / "noise.wav", samples, 24_000)


def sockets(process: RealtimeServerProcess) -> int:
    """How many sessions are open at a server."""
    return len(process.log("opened")) - len(process.log("closed"))


def start_microphone(shown: Notebook, process: RealtimeServerProcess) -> None:
    """A click, and sound on the server's socket."""
    before = len(arrivals(process))
    shown.card.get_by_role("button", name="Start microphone").click()
    process.wait_for(lambda s: len(arrivals(s)) > before, 20)


def save(page: Page) -> None:
    """Save the notebook, with its outputs."""
    page.evaluate(_SAVE)
    page.wait_for_function(
        "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
    )


def reload(shown: Notebook) -> None:
    """Load the page again, until the card is there."""
    shown.page.reload()
    shown.card.wait_for(timeout=30_000)


def test_ten_reloads_leave_one_session_and_its_conversation(
    server: Callable[..., RealtimeServerProcess], notebook: OpenNotebook, noise: Path
) -> None:
    process = server("echo")
    shown = notebook(
        widget_cells(process), microphone=noise, scripts=[WATCH], fresh=True
    )
    type_in(shown, "Before the reload")
    log = shown.card.get_by_role("log", name="Conversation")
    expect(log).to_contain_text("You said: Before the reload", timeout=20_000)
    save(shown.page)
    for number in range(TIMES):
        if number in {0, TIMES - 1}:
            start_microphone(shown, process)
        reload(shown)
        expect(log).to_contain_text("You said: Before the reload", timeout=20_000)
        off = shown.card.get_by_role("button", name="Start microphone")
        # What a page says while it is unloaded may be lost; then it is missed later.
        expect(off).to_be_enabled(timeout=2 * LEASE_MS)
        assert shown.page.evaluate("() => window.opened.contexts.length") == 0
        assert shown.page.evaluate("() => window.opened.streams.length") == 0
    heard = len(arrivals(process))
    type_in(shown, "After the reload")
    expect(log).to_contain_text("You said: After the reload", timeout=20_000)
    assert len(arrivals(process)) == heard
    assert (len(process.log("opened")), sockets(process)) == (1, 1)
    start_microphone(shown, process)
    assert shown.page.evaluate(_LIVE_TRACKS) == 1
    assert shown.value("w.status") in {"ready", "listening"}


def test_ten_runs_of_the_cell_leave_one_session(
    server: Callable[..., RealtimeServerProcess], notebook: OpenNotebook, noise: Path
) -> None:
    process = server("echo")
    cells = widget_cells(process, "kept = []")
    shown = notebook(cells, microphone=noise, scripts=[WATCH])
    start_microphone(shown, process)
    for number in range(TIMES):
        shown.run("kept.append(w)")
        shown.page.evaluate(_RUN_CELL, 1)
        process.wait_for(lambda s: sockets(s) == 0, 20)
        start_microphone(shown, process)
        assert len(process.log("opened")) == number + 2
        assert sockets(process) == 1
        assert shown.page.evaluate(_LIVE_TRACKS) == 1
        assert shown.page.locator(".rt-widget").count() == 1
    assert shown.value("[each.status for each in kept]") == ["disconnected"] * TIMES
    shown.card.get_by_role("button", name="Disconnect").click()
    process.wait_for(lambda s: sockets(s) == 0, 20)
    assert shown.page.evaluate(_LIVE_TRACKS) == 0
    # The speaker of the card that is shown sleeps; those of the others are gone.
    shown.page.wait_for_function(f"() => ({_OPEN_CONTEXTS})() <= 1")
    shown.run("again = kept[0].ask_sync('Still usable?')")
    assert shown.value("again.text") == "You said: Still usable?"


def test_sound_and_microphone_are_in_one_page_until_another_takes_over(
    server: Callable[..., RealtimeServerProcess],
    notebook: OpenNotebook,
    noise: Path,
) -> None:
    process = server("counter", duration=3, pace=2)
    first = notebook(
        widget_cells(process, "w"), microphone=noise, scripts=[WATCH], fresh=True
    )
    cards = first.page.locator(".rt-widget")
    expect(cards).to_have_count(2)
    start_microphone(first, process)
    for card in (cards.first, cards.last):
        expect(card.get_by_role("button", name="Stop microphone")).to_be_visible()
    assert first.page.evaluate(_LIVE_TRACKS) == 1
    save(first.page)

    page = first.page.context.new_page()
    page.goto(first.page.url.replace("/workspaces/", "/workspaces/other-"))
    second = Notebook(page, first.kernel, first.path)
    second.card.wait_for(timeout=60_000)
    take = second.card.get_by_role("button", name="Take over")
    expect(take).to_be_visible(timeout=20_000)
    assert page.evaluate("() => window.opened.streams.length") == 0
    take.click()
    first.page.wait_for_function(f"() => ({_LIVE_TRACKS})() === 0")
    expect(first.card.get_by_role("button", name="Take over")).to_be_visible()
    expect(take).to_be_hidden()
    silent = first.page.evaluate("() => window.__sound.edges.length")
    type_in(second, "Count")
    page.wait_for_function("() => window.__sound.edges.some(({ loud }) => loud)")
    page.wait_for_function("() => window.__sound.edges.at(-1).loud === false")
    assert first.page.evaluate("() => window.__sound.edges.length") == silent
    start_microphone(second, process)
    assert page.evaluate(_LIVE_TRACKS) == 1
    assert first.page.evaluate(_LIVE_TRACKS) == 0
    assert (len(process.log("opened")), sockets(process)) == (1, 1)


def pushes(shown: Notebook, quiet_s: float, patience_s: float) -> list[float]:
    """When the kernel has sent sound, until it sent none for `quiet_s` seconds."""
    seen = [time.monotonic()]
    end = seen[0] + patience_s
    while time.monotonic() < min(end, seen[-1] + quiet_s):
        try:
            message = shown.kernel.get_iopub_msg(timeout=0.5)
        except queue.Empty:
            continue
        data = message["content"].get("data", {})
        if message["msg_type"] == "comm_msg" and "output_chunk" in json.dumps(data):
            seen.append(time.monotonic())
    return seen


def test_a_closed_tab_is_heard_no_more_and_soon_told_nothing(
    server: Callable[..., RealtimeServerProcess], notebook: OpenNotebook, noise: Path
) -> None:
    process = server("counter", duration=60, pace=1)
    shown = notebook(widget_cells(process), microphone=noise, fresh=True)
    start_microphone(shown, process)
    type_in(shown, "Count")
    shown.page.wait_for_function("() => window.__sound.edges.at(-1)?.loud")
    context = shown.page.context
    context.new_page()
    closed = time.time()
    shown.page.close()
    begun = time.monotonic()
    sent = pushes(shown, quiet_s=4, patience_s=30)
    late = [line["t"] for line in process.received("input_audio_buffer.append")]
    assert late[-1] - closed < 2
    assert 0 < sent[-1] - begun < 2 * SILENT_AFTER_S
    assert process.sent("response.done") == [], "the answer was still being given"
    assert sockets(process) == 1


def test_a_kernel_restart_is_told(
    server: Callable[..., RealtimeServerProcess], notebook: OpenNotebook, noise: Path
) -> None:
    process = server("echo")
    shown = notebook(widget_cells(process), microphone=noise, scripts=[WATCH])
    start_microphone(shown, process)
    shown.page.evaluate(
        """() => window.jupyterapp.shell.currentWidget
          .sessionContext.session.kernel.restart()"""
    )
    process.wait_for(lambda s: sockets(s) == 0, 20)
    expect(shown.card).to_contain_text("restarted", timeout=20_000)
    shown.page.wait_for_function(f"() => ({_LIVE_TRACKS})() === 0")
    expect(shown.card.get_by_role("status").first).to_contain_text("No kernel")
