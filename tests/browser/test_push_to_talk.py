"""Space held in the card of a notebook: turns by hand, and a notebook left alone."""

from __future__ import annotations

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

COMMIT, CREATE = "input_audio_buffer.commit", "response.create"

# What a shortcut of the notebook could have changed.
_NOTEBOOK = """() => {
  const { content } = window.jupyterapp.shell.currentWidget;
  const scroll = [...content.node.querySelectorAll("*"), content.node];
  return {
    mode: content.mode,
    active: content.activeCellIndex,
    chosen: content.widgets.map((cell) => content.isSelected(cell)),
    sources: content.widgets.map((cell) => cell.model.sharedModel.getSource()),
    kinds: content.widgets.map((cell) => cell.model.type),
    runs: content.widgets.map((cell) => cell.model.executionCount ?? null),
    scrolled: scroll.filter((node) => !node.closest(".rt-widget"))
      .map((node) => node.scrollTop).filter((top) => top > 0),
  };
}"""


@pytest.fixture
def talk(
    server: Callable[..., RealtimeServerProcess],
    notebook: OpenNotebook,
    tmp_path: Path,
) -> tuple[Notebook, RealtimeServerProcess]:
    """A connected card with push to talk, its focus on no control, and its server."""
    noise = np.random.default_rng(2).normal(0, 0.1, 60 * 24_000)
    wav = write_wav(tmp_path / "noise.wav", noise, 24_000)
    process = server("echo", heard="what was held")
    filler = [f"# {number}\n" * 12 for number in range(4)]
    cells = widget_cells(process, *filler, settings="turn_detection='push_to_talk'")
    shown = notebook(cells, microphone=wav)
    shown.card.get_by_role("button", name="Connect", exact=True).click()
    expect(shown.card.get_by_role("status").first).to_contain_text("Ready")
    last = shown.page.locator(".jp-CodeCell").last
    expect(last).to_contain_text("[")
    shown.page.wait_for_function(
        """() => window.jupyterapp.shell.currentWidget.content.widgets
          .every((cell) => cell.model.executionCount > 0)"""
    )
    shown.card.focus()
    return shown, process


def by_hand(process: RealtimeServerProcess) -> list[str]:
    """What ended turns, and what asked for answers, in order."""
    return [s["type"] for s in process.received() if s["type"] in {COMMIT, CREATE}]


def hold(shown: Notebook, process: RealtimeServerProcess, pieces: int) -> None:
    """Space goes down, and stays down until so many more pieces have come."""
    before = len(arrivals(process))
    shown.page.keyboard.down(" ")
    process.wait_for(lambda s: len(arrivals(s)) >= before + pieces, 20)


def test_space_is_held_for_two_seconds_and_the_turn_is_answered(
    talk: tuple[Notebook, RealtimeServerProcess],
) -> None:
    shown, process = talk
    before = shown.page.evaluate(_NOTEBOOK)
    button = shown.card.get_by_role("button", name="Hold to talk")
    hold(shown, process, 20)
    expect(button).to_have_attribute("aria-pressed", "true")
    for _ in range(5):
        shown.page.keyboard.down(" ")
    shown.page.keyboard.up(" ")
    log = shown.card.get_by_role("log", name="Conversation")
    expect(log).to_contain_text("You said: what was held", timeout=20_000)
    expect(button).to_have_attribute("aria-pressed", "false")
    assert by_hand(process) == [COMMIT, CREATE]
    names = [line["type"] for line in process.received()]
    assert "input_audio_buffer.append" not in names[names.index(COMMIT) :]
    assert shown.page.evaluate(_NOTEBOOK) == before


def test_a_tap_says_hold_longer_and_commits_nothing(
    talk: tuple[Notebook, RealtimeServerProcess],
) -> None:
    shown, process = talk
    before = shown.page.evaluate(_NOTEBOOK)
    for _ in range(2):
        shown.page.keyboard.press(" ", delay=50)
        expect(shown.card.get_by_role("status").first).to_contain_text("Hold longer")
    hold(shown, process, 10)
    shown.page.keyboard.up(" ")
    log = shown.card.get_by_role("log", name="Conversation")
    expect(log).to_contain_text("You said: what was held", timeout=20_000)
    assert by_hand(process) == [COMMIT, CREATE]
    assert process.sent("error") == []
    assert shown.page.evaluate(_NOTEBOOK) == before


def test_focus_that_is_lost_ends_the_turn(
    talk: tuple[Notebook, RealtimeServerProcess],
) -> None:
    shown, process = talk
    sources = shown.page.evaluate(_NOTEBOOK)["sources"]
    hold(shown, process, 10)
    shown.page.locator(".jp-CodeCell .cm-content").last.click()
    log = shown.card.get_by_role("log", name="Conversation")
    expect(log).to_contain_text("You said: what was held", timeout=20_000)
    shown.page.keyboard.up(" ")
    shown.card.focus()
    hold(shown, process, 5)
    shown.page.evaluate("() => window.dispatchEvent(new Event('blur'))")
    process.wait_for(lambda s: len(s.sent("response.done")) == 2, 20)
    shown.page.keyboard.up(" ")
    assert by_hand(process) == [COMMIT, CREATE] * 2
    assert shown.page.evaluate(_NOTEBOOK)["sources"] == sources


@pytest.mark.parametrize("place", ["card", "button"])
def test_keys_in_the_card_are_no_shortcuts_of_the_notebook(
    talk: tuple[Notebook, RealtimeServerProcess], place: str
) -> None:
    shown, process = talk
    before = shown.page.evaluate(_NOTEBOOK)
    if place == "button":
        shown.card.get_by_role("button", name="Settings").focus()
    for key in ("d", "d", "a", "b", "x", "y", "m", "m", "j", "k", "c"):
        shown.page.keyboard.press(key)
    for key in ("Escape", "Shift+Enter", "Escape", "0", "0"):
        shown.page.keyboard.press(key)
    assert shown.page.evaluate(_NOTEBOOK) == before
    assert shown.value("w.status") == "ready"
    assert by_hand(process) == []
