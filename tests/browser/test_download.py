"""The first cell on a machine where nothing has been fetched."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.jupyter import Notebook

pytestmark = [pytest.mark.browser, pytest.mark.weights, pytest.mark.timeout(600)]

# What the progress bar has shown, one value after the other.
_WATCH = """() => {
  window.__progress = [];
  new MutationObserver(() => {
    const bar = document.querySelector('.rt-widget [role="progressbar"]');
    const now = bar && Number(bar.getAttribute("aria-valuenow"));
    if (now && window.__progress.at(-1) !== now) window.__progress.push(now);
  }).observe(document.body, { childList: true, attributes: true, subtree: true });
}"""


def test_the_button_fetches_the_local_voice_and_it_answers(
    notebook: Callable[..., Notebook], tmp_path: Path
) -> None:
    """The files come from where a user's would; nothing is replaced."""
    shown = notebook(
        [
            f"import os\nos.environ['RT_WIDGET_MODELS'] = {str(tmp_path / 'voice')!r}",
            "from rt_widget import RealtimeWidget",
            "w = RealtimeWidget()\nw",
        ]
    )
    button = shown.card.get_by_role("button", name="Download local voice")
    expect(button).to_be_visible(timeout=30_000)
    expect(shown.card).to_contain_text("520 MB")
    shown.page.evaluate(_WATCH)
    button.click()
    expect(button).to_be_hidden(timeout=30_000)
    shown.page.wait_for_function("() => window.__progress.length >= 3", timeout=300_000)
    expect(shown.card.get_by_role("progressbar")).to_be_hidden(timeout=300_000)
    expect(button).to_be_hidden()
    progress = shown.page.evaluate("() => window.__progress")
    assert progress == sorted(progress)
    shown.card.get_by_role("textbox", name="Message").fill(
        "What is the capital of Spain?"
    )
    shown.card.get_by_role("button", name="Send").click()
    log = shown.card.get_by_role("log", name="Conversation")
    expect(log).to_contain_text("Madrid", timeout=60_000)
    # pytest keeps the folders of its last runs; these files are large.
    shutil.rmtree(tmp_path / "voice")
