"""Turns in the page, in a real Chromium: who speaks, who is silent, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.alone import (
    hear_a_second,
    in_pieces,
    is_heard,
    kinds,
    let_sound_pass,
    pages,
    press,
    ready_to_hear,
    say,
    says,
    write_tone,
)
from tests.browser.fades import without_fades
from tests.browser.interruptions import is_silent, is_sounding, stop_ms, write_bursts
from tests.browser.sound import MICROPHONE_TAP, PLAIN_MICROPHONE, heard
from tests.servers.signals import check_counter, counter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.chromium import Chromiums

    OpenPage = Callable[..., Page]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

EARS = (MICROPHONE_TAP, PLAIN_MICROPHONE)
FADE_SAMPLES = 120

ASKS_FIRST = """
  const { mediaDevices } = navigator;
  const ask = mediaDevices.getUserMedia.bind(mediaDevices);
  const permission = new Promise((resolve) => { window.permit = resolve; });
  mediaDevices.getUserMedia = (wish) => permission.then(() => ask(wish));
"""
"""The browser's question about the microphone is open until `permit()`."""

PRESS_OF_50_MS = """() => {
  const card = document.querySelector(".rt-widget");
  const key = { key: " ", bubbles: true, cancelable: true };
  card.dispatchEvent(new KeyboardEvent("keydown", key));
  const over = performance.now() + 50;
  while (performance.now() < over);
  card.dispatchEvent(new KeyboardEvent("keyup", key));
}"""
"""Space in the card, in one task: a busy machine makes it no longer."""


@pytest.fixture
def alone(chromiums: Chromiums) -> Iterator[OpenPage]:
    """Opens the page alone."""
    with pages(chromiums) as show:
        yield show


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """A microphone that hears one kilohertz for a minute."""
    return write_tone(tmp_path / "tone.wav")


@pytest.fixture
def quiet(tmp_path: Path) -> Path:
    """A microphone in a room where nobody speaks."""
    return write_bursts(tmp_path / "quiet.wav", [], [], tail=60)


def by_hand(page: Page) -> None:
    """Push to talk, connected, with the focus in the card."""
    page.evaluate("window.alone.put('turn_detection', { type: 'push_to_talk' })")
    press(page, "Connect")
    page.locator(".rt-widget").focus()


def test_speech_silences_the_answer_before_the_kernel_says_anything(
    alone: OpenPage, tmp_path: Path
) -> None:
    wav = write_bursts(tmp_path / "voice.wav", [1.3], [1.5])
    page = alone(microphone=wav, scripts=EARS)
    ready_to_hear(page)
    say(page, counter(0, 240_000), 24_000)
    is_sounding(page)
    press(page, "Start microphone")
    says(page, "interrupt")
    is_silent(page)
    say(page, counter(240_000, 24_000))
    let_sound_pass(page)

    [took] = stop_ms(page)
    print(f"\nfrom the first loud sample of speech to silence: {took:.0f} ms")  # noqa: T201 - asked for by -s
    [interrupt] = page.evaluate("window.alone.of('interrupt')")
    quiet = page.evaluate("window.__sound.edges.at(-1)")
    assert not quiet["loud"]
    assert quiet["at"] <= interrupt["sent_at"]
    assert page.evaluate("window.alone.told.map(({ type }) => type)") == ["snapshot"]
    assert interrupt["response_id"] == "response"
    [position] = interrupt["positions"]
    samples, _ = heard(page)
    played = position["played_samples"]
    assert played - FADE_SAMPLES < np.count_nonzero(samples) <= played
    assert (position["item_id"], position["content_index"]) == ("item", 0)


def test_a_cough_pauses_the_answer_which_goes_on_with_the_next_sample(
    alone: OpenPage, tmp_path: Path
) -> None:
    wav = write_bursts(tmp_path / "cough.wav", [0.25], [1])
    page = alone(microphone=wav, scripts=EARS)
    ready_to_hear(page)
    say(page, counter(0, 120_000))
    page.evaluate("window.alone.end()")
    is_sounding(page)
    press(page, "Start microphone")
    is_heard(page, 120_000)
    let_sound_pass(page)

    samples, _ = heard(page)
    report = check_counter(without_fades(samples), expected=120_000)
    assert (report.received, report.lost, report.repeated) == (120_000, 0, 0)
    assert len(report.pieces) == 2
    assert kinds(page, "interrupt", "cut") == []


def test_the_kernel_can_pause_an_answer_which_is_not_paused_for_ever(
    alone: OpenPage, quiet: Path
) -> None:
    page = alone(microphone=quiet)
    ready_to_hear(page)
    press(page, "Start microphone")
    says(page, "audio", 3)
    say(page, counter(0, 72_000))
    page.evaluate("window.alone.end()")
    is_sounding(page)
    page.evaluate("window.alone.tell({ type: 'hold' })")
    is_silent(page)
    is_heard(page, 72_000)
    let_sound_pass(page)

    samples, _ = heard(page)
    report = check_counter(without_fades(samples), expected=72_000)
    assert (report.received, report.lost, report.repeated) == (72_000, 0, 0)


def test_space_holds_a_turn_open_and_silences_the_answer_first(
    alone: OpenPage, tone: Path
) -> None:
    page = alone(microphone=tone)
    by_hand(page)
    say(page, counter(0, 120_000))
    says(page, "played")
    page.keyboard.down(" ")
    says(page, "audio", 20)
    page.keyboard.up(" ")
    says(page, "microphone", 2)

    sent = kinds(page, "interrupt", "microphone", "audio")
    count = sent.count("audio")
    assert sent == ["interrupt", "microphone", *["audio"] * count, "microphone"]
    assert page.evaluate("window.alone.of('microphone').map(({ on }) => on)") == [
        True,
        False,
    ]
    assert page.evaluate("window.alone.of('interrupt')[0].positions.length") == 1


def test_a_press_of_50_ms_says_hold_longer_and_sends_no_sound(
    alone: OpenPage, tone: Path
) -> None:
    page = alone(microphone=tone)
    by_hand(page)
    page.keyboard.down(" ")
    says(page, "audio", 2)
    page.keyboard.up(" ")
    says(page, "microphone", 2)
    before = len(kinds(page, "audio"))
    page.evaluate(PRESS_OF_50_MS)
    expect(page.get_by_role("status")).to_contain_text("Hold longer")
    says(page, "microphone", 4)

    assert len(kinds(page, "audio")) == before
    assert len(page.evaluate("window.opened.streams")) == 1


def test_a_turn_ends_when_the_focus_is_lost(alone: OpenPage, tone: Path) -> None:
    page = alone(microphone=tone)
    by_hand(page)
    page.keyboard.down(" ")
    says(page, "audio", 3)
    page.get_by_role("button", name="Elsewhere").focus()
    says(page, "microphone", 2)
    page.keyboard.up(" ")

    sent = kinds(page, "microphone", "audio")
    assert sent == ["microphone", *["audio"] * (len(sent) - 2), "microphone"]


def test_a_key_need_not_wait_for_the_device(alone: OpenPage, tone: Path) -> None:
    page = alone(microphone=tone, scripts=[ASKS_FIRST])
    by_hand(page)
    page.keyboard.press(" ")
    expect(page.get_by_role("status")).to_contain_text("Hold longer")
    page.keyboard.down(" ")
    page.evaluate("window.permit()")
    says(page, "audio", 3)
    page.keyboard.up(" ")
    says(page, "microphone", 2)

    sent = kinds(page, "microphone", "audio")
    assert sent == ["microphone", *["audio"] * (len(sent) - 2), "microphone"]
    assert len(page.evaluate("window.opened.streams")) == 1


def test_a_muted_microphone_sends_nothing(alone: OpenPage, tone: Path) -> None:
    page = alone(microphone=tone)
    press(page, "Start microphone")
    says(page, "audio", 3)
    press(page, "Mute")
    says(page, "microphone", 2)
    before = len(kinds(page, "audio"))
    hear_a_second(page)

    assert len(kinds(page, "audio")) == before
    press(page, "Mute")
    says(page, "audio", before + 3)
    assert kinds(page, "microphone", "audio")[before + 1 :][:3] == [
        "microphone",
        "microphone",
        "audio",
    ]


def test_a_half_duplex_microphone_sends_nothing_while_an_answer_is_heard(
    alone: OpenPage, tone: Path
) -> None:
    page = alone(
        microphone=tone,
        scripts=['localStorage["rt_widget.preferences"] = \'{"half_duplex": true}\''],
    )
    press(page, "Start microphone")
    says(page, "audio", 3)
    hear_a_second(page)
    says(page, "audio", len(kinds(page, "audio")) + 3)

    order = kinds(page, "audio", "played", "interrupt")
    first = order.index("played")
    last = len(order) - order[::-1].index("played")
    assert set(order[first:last]) == {"played"}
    numbers = page.evaluate("window.alone.of('audio').map(({ seq }) => seq)")
    assert numbers == list(range(len(numbers)))


def test_an_answer_is_played_again_and_counts_nowhere(alone: OpenPage) -> None:
    page = alone()
    ready_to_hear(page)
    say(page, counter(0, 24_000))
    page.evaluate("window.alone.end()")
    is_heard(page, 24_000)
    let_sound_pass(page)
    before = len(kinds(page, "played"))
    page.evaluate(
        """(pieces) => {
          window.alone.keep("item", pieces);
          const item = {
            id: "item", previous_item_id: null, role: "assistant", text: "Hello",
            status: "completed", audio_ms: 1000, heard_ms: 1000, heard_end: 5,
            replayable: true,
          };
          window.alone.tell({ type: "items", items: [item] });
        }""",
        in_pieces(counter(100_000, 24_000), 12_000),
    )
    press(page, "Play again")
    page.get_by_role("button", name="Stop playing").wait_for()
    page.get_by_role("button", name="Play again").wait_for()
    let_sound_pass(page)

    samples, _ = heard(page)
    report = check_counter(samples)
    assert [(p.position, p.length) for p in report.pieces] == [
        (0, 24_000),
        (100_000, 24_000),
    ]
    assert len(kinds(page, "played")) == before
    assert kinds(page, "cut", "interrupt") == []
