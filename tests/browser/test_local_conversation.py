"""A spoken turn with the local voice in JupyterLab, as a person would have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from rt_widget.audio import Audio
from tests.browser.sound import heard, trimmed
from tests.browser.talk import wait_until_played
from tests.speech import recognise, word_errors, words, write_question

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.jupyter import Notebook

pytestmark = [pytest.mark.browser, pytest.mark.weights, pytest.mark.timeout(240)]

CELLS = ["from rt_widget import RealtimeWidget", "w = RealtimeWidget()\nw"]

# The lengths that the assistant's words had on screen, one after the other.
_WATCH = """() => {
  window.__lengths = [];
  const log = document.querySelector('.rt-widget [role="log"]');
  new MutationObserver(() => {
    const length = log.textContent.length;
    if (window.__lengths.at(-1) !== length) window.__lengths.push(length);
  }).observe(log, { childList: true, characterData: true, subtree: true });
}"""


def test_a_spoken_question_is_answered_by_voice(
    notebook: Callable[..., Notebook], tmp_path: Path
) -> None:
    question = "What is the capital city of Italy?"
    wav = write_question(tmp_path / "question.wav", question, pitch=0.93)
    shown = notebook(CELLS, microphone=wav)
    expect(shown.card).to_contain_text("No OPENAI_API_KEY was found")
    shown.page.evaluate(_WATCH)
    shown.card.get_by_role("button", name="Start microphone").click()
    shown.page.wait_for_function(
        "() => (window.__sound.blocks ?? []).some((b) => b.some((x) => x > 0.01))",
        timeout=90_000,
    )
    expect(shown.card.get_by_role("button", name="Stop speaking")).to_be_hidden(
        timeout=60_000
    )
    roles = shown.texts("[item.role for item in w.conversation]")
    assert roles == ["user", "assistant"]
    said, answered = shown.texts("[item.text for item in w.conversation]")
    assert word_errors(question, said) <= 0.2
    assert "rome" in words(answered)
    log = shown.card.get_by_role("log", name="Conversation")
    expect(log).to_contain_text(said)
    expect(log).to_contain_text(answered)
    lengths = shown.page.evaluate("() => window.__lengths")
    assert len(lengths) >= 4, "the words came all at once"

    [seconds] = map(float, shown.texts("[w.audio.duration]"))
    wait_until_played(shown, seconds - 1)
    samples, rate = heard(shown.page)
    answer = Audio(trimmed(samples), rate)
    shown.run("import numpy as np\nloud = np.flatnonzero(abs(w.audio.samples) > 0.002)")
    [expected] = map(float, shown.texts("[(loud[-1] - loud[0] + 1) / 24_000]"))
    assert abs(answer.duration - expected) < 0.05
    assert word_errors(answered, recognise(answer)) <= 0.25


def test_the_same_question_typed_and_asked(notebook: Callable[..., Notebook]) -> None:
    shown = notebook(
        [
            *CELLS,
            "first = await w.ask('What is the capital of Italy?')",
            "second = w.ask_sync('What is the capital of France?')",
        ]
    )
    expect(shown.card).to_contain_text("Paris", timeout=90_000)
    assert "Rome" in str(shown.value("first.text"))
    assert "Paris" in str(shown.value("second.text"))
    shown.card.get_by_role("textbox", name="Message").fill("What is two plus two?")
    shown.card.get_by_role("button", name="Send").click()
    said = "[i.text for i in w.conversation if i.role == 'assistant']"
    expect(shown.card.get_by_role("log")).to_contain_text("two plus two")
    rows = shown.card.locator('[data-role="assistant"]')
    expect(rows).to_have_count(3, timeout=60_000)
    expect(shown.card.get_by_role("status")).to_contain_text("Ready", timeout=60_000)
    answers = shown.texts(said)
    assert len(answers) == 3
    assert {"4", "four"} & set(words(answers[-1]))


def test_moving_the_temperature_slider_reaches_the_model(
    notebook: Callable[..., Notebook],
) -> None:
    shown = notebook(CELLS)
    shown.card.get_by_role("button", name="Settings").click()
    slider = shown.card.get_by_role("slider", name="Temperature")
    expect(slider).to_be_enabled()
    shown.run(
        "import threading\n"
        "moved = threading.Event()\n"
        "w.observe(lambda change: moved.set(), 'temperature')"
    )
    slider.focus()
    slider.press("End")
    expect(slider).to_have_value("1.2")
    shown.run("assert moved.wait(10)")
    assert shown.value("w.temperature") == 1.2
