"""Sound in the page, in a real Chromium: real clicks, and what really comes out."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.alone import (
    counting,
    in_pieces,
    let_sound_pass,
    pages,
    pitch,
    press,
    ready_to_hear,
    say,
    wait_for,
    write_tone,
)
from tests.browser.sound import heard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Page

    from tests.browser.chromium import Chromiums

pytestmark = pytest.mark.browser

NO_AUDIO_CODE = "script-src 'self' 'unsafe-inline'"
FADE_SAMPLES = 120
"""What is cut off slopes to silence in 5 ms; its last sample may be nothing."""


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """A microphone that hears one kilohertz for a minute."""
    return write_tone(tmp_path / "tone.wav")


@pytest.fixture
def alone(chromiums: Chromiums) -> Iterator[Callable[..., Page]]:
    """Opens the page alone."""
    with pages(chromiums) as show:
        yield show


def say_steadily(page: Page) -> None:
    """Ten seconds of an answer that is nowhere silent."""
    say(page, np.full(240_000, 8_000, np.int16), 24_000)


def say_a_second(page: Page) -> None:
    """A whole short answer."""
    say(page, counting(24_000))
    page.evaluate("window.alone.end()")


def sounded(page: Page) -> NDArray[np.int16]:
    """What was played and is not zero, as PCM16."""
    samples, rate = heard(page)
    assert rate == 24_000
    scaled = samples[samples != 0] * 32768
    rounded: NDArray[np.int16] = scaled.astype(np.int16)
    assert np.array_equal(scaled, rounded)
    return rounded


def assert_heard_up_to(page: Page, count: int) -> None:
    """So many samples were heard, up to the fade's last ones that may be nothing."""
    samples, _ = heard(page)
    assert count - FADE_SAMPLES < np.count_nonzero(samples) <= count


def test_nothing_is_opened_by_showing_the_card(alone: Callable[..., Page]) -> None:
    page = alone()
    wait_for(page, "window.alone.sent.length > 0")
    assert page.evaluate("window.alone.sent.map(({ type }) => type)") == ["hello"]
    assert page.evaluate("window.opened.contexts.length") == 0
    assert page.evaluate("window.opened.streams.length") == 0


def test_a_click_opens_the_microphone_and_another_closes_it(
    alone: Callable[..., Page], tone: Path
) -> None:
    page = alone(microphone=tone)
    press(page, "Start microphone")
    wait_for(page, "window.alone.of('audio').length >= 25")
    press(page, "Stop microphone")
    wait_for(page, "window.alone.of('microphone').length === 2")

    sent = page.evaluate("window.alone.sent")
    kinds = [message["type"] for message in sent]
    pieces = [message for message in sent if message["type"] == "audio"]
    assert kinds[:3] == ["hello", "connect", "microphone"]
    assert kinds[3:] == ["audio"] * len(pieces) + ["microphone"]
    assert [on["on"] for on in sent if on["type"] == "microphone"] == [True, False]
    assert [piece["seq"] for piece in pieces] == list(range(len(pieces)))

    sound = [base64.b64decode(piece["audio"]) for piece in pieces]
    assert {len(each) for each in sound[:-1]} == {4800}
    samples = np.frombuffer(b"".join(sound[5:]), "<i2").astype(float)
    assert pitch(samples, 24_000) == pytest.approx(1000, abs=5)

    assert page.evaluate(
        "window.opened.streams.flatMap((s) => s.getTracks().map((t) => t.readyState))"
    ) == ["ended"]
    wait_for(page, "window.opened.contexts.some(({ state }) => state === 'closed')")


def test_what_is_sent_is_what_is_heard(alone: Callable[..., Page]) -> None:
    page = alone()
    ready_to_hear(page)
    samples = counting(96_000)
    page.evaluate(
        "([pieces, lost]) => window.alone.say(pieces, { lost })",
        [in_pieces(samples, 2400, 1000, 37, 4801), [3, 4, 17]],
    )
    page.evaluate("window.alone.end()")
    wait_for(page, "window.alone.of('played').some(({ ended }) => ended)")
    let_sound_pass(page)

    assert np.array_equal(sounded(page), samples)
    asked = page.evaluate("window.alone.of('resend').map(({from, to}) => [from, to])")
    assert asked == [[3, 4], [17, 17]]
    started, *progress, ended = page.evaluate("window.alone.of('played')")
    assert started["position"]["played_samples"] == 0
    assert ended["position"] == {
        "item_id": "item",
        "content_index": 0,
        "played_samples": 96_000,
    }
    counts = [played["position"]["played_samples"] for played in progress]
    assert counts == sorted(set(counts))
    assert 1 <= len(counts) <= 2
    assert not any(played["ended"] for played in progress)


def test_stop_speaking_is_silent_at_once_and_says_where(
    alone: Callable[..., Page],
) -> None:
    page = alone()
    ready_to_hear(page)
    say_steadily(page)
    wait_for(page, "window.alone.of('played').length > 0")
    let_sound_pass(page)
    press(page, "Stop speaking")
    wait_for(page, "window.alone.of('interrupt').length === 1")
    say_steadily(page)
    let_sound_pass(page)

    [position] = page.evaluate("window.alone.of('interrupt')[0].positions")
    assert position["item_id"] == "item"
    assert 0 < position["played_samples"] < 10 * 24_000
    assert_heard_up_to(page, position["played_samples"])


def test_the_kernel_can_silence_an_answer_and_learns_where(
    alone: Callable[..., Page],
) -> None:
    page = alone()
    ready_to_hear(page)
    say_steadily(page)
    wait_for(page, "window.alone.of('played').length > 0")
    page.evaluate("window.alone.tell({ type: 'flush', response_id: 'response' })")
    wait_for(page, "window.alone.of('cut').length === 1")
    say_steadily(page)
    let_sound_pass(page)

    [position] = page.evaluate("window.alone.of('cut')[0].positions")
    assert position["item_id"] == "item"
    assert_heard_up_to(page, position["played_samples"])


def test_sound_without_volume_goes_on_unheard(alone: Callable[..., Page]) -> None:
    silent = """localStorage.setItem("rt_widget.preferences", '{"volume": 0}');"""
    page = alone(scripts=[silent])
    ready_to_hear(page)
    say_a_second(page)
    wait_for(page, "window.alone.of('played').some(({ ended }) => ended)")

    ended = page.evaluate("window.alone.of('played').at(-1)")
    assert ended["position"]["played_samples"] == 24_000
    samples, _ = heard(page)
    assert np.count_nonzero(samples) == 0


def test_sound_that_nobody_asked_for_waits_for_a_click(
    alone: Callable[..., Page],
) -> None:
    page = alone(path="alone.html#speaks")
    button = page.get_by_role("button", name="Enable sound")
    button.wait_for()
    button.click()
    wait_for(page, "window.alone.said.length === 10")
    page.evaluate("window.alone.end()")
    wait_for(page, "window.alone.of('played').some(({ ended }) => ended)")

    ended = page.evaluate("window.alone.of('played').at(-1)")
    assert ended["position"]["played_samples"] == 24_000
    assert page.evaluate("window.opened.early") == 0
    expect(button).to_be_hidden()


def test_a_site_that_forbids_audio_code_still_speaks(
    alone: Callable[..., Page], tone: Path
) -> None:
    page = alone(policy=NO_AUDIO_CODE, microphone=tone)
    press(page, "Start microphone")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("forbids the widget's audio code")
    say_a_second(page)
    wait_for(page, "window.alone.of('played').some(({ ended }) => ended)")

    ended = page.evaluate("window.alone.of('played').at(-1)")
    assert ended["position"]["played_samples"] == 24_000
    assert page.evaluate(
        "window.opened.streams.flatMap((s) => s.getTracks().map((t) => t.readyState))"
    ) == ["ended"]


def test_a_page_that_is_not_secure_says_what_to_do(
    alone: Callable[..., Page],
) -> None:
    page = alone(host="notebook.test")
    press(page, "Start microphone")
    expect(page.get_by_role("alert")).to_contain_text("only on https or localhost")
    say_a_second(page)
    wait_for(page, "window.alone.of('played').some(({ ended }) => ended)")

    ended = page.evaluate("window.alone.of('played').at(-1)")
    assert ended["position"]["played_samples"] == 24_000


def test_a_refused_microphone_is_explained(alone: Callable[..., Page]) -> None:
    page = alone(grant=False)
    page.context.clear_permissions()
    press(page, "Start microphone")
    expect(page.get_by_role("alert")).to_contain_text("microphone")
    page.get_by_role("button", name="Start microphone").wait_for()


@pytest.mark.parametrize(
    "end",
    [
        "window.alone.removeView()",
        "window.alone.restartKernel()",
        "window.alone.put('status', 'disconnected')",
        "window.dispatchEvent(new PageTransitionEvent('pagehide'))",
    ],
)
def test_the_microphone_never_outlives_its_reason(
    alone: Callable[..., Page], tone: Path, end: str
) -> None:
    page = alone(microphone=tone)
    press(page, "Start microphone")
    wait_for(page, "window.alone.of('audio').length > 0")
    page.evaluate(end)
    wait_for(
        page,
        "window.opened.streams.every((s) =>"
        " s.getTracks().every((t) => t.readyState === 'ended'))",
    )


def unplug(page: Page) -> None:
    """The newest microphone's track ends, as it does when its plug is pulled."""
    page.evaluate(
        "window.opened.streams.at(-1).getTracks()[0].dispatchEvent(new Event('ended'))"
    )


def test_a_turn_outlives_a_microphone_that_is_unplugged(
    alone: Callable[..., Page], tone: Path
) -> None:
    page = alone(microphone=tone)
    press(page, "Start microphone")
    wait_for(page, "window.alone.of('audio').length > 0")
    unplug(page)
    expect(page.get_by_role("alert")).to_contain_text("is used now")
    more = page.evaluate("window.alone.of('audio').length") + 3
    wait_for(page, f"window.alone.of('audio').length >= {more}")

    numbers = page.evaluate("window.alone.of('audio').map(({ seq }) => seq)")
    assert numbers == list(range(len(numbers)))
    assert len(page.evaluate("window.alone.of('microphone')")) == 1


def test_when_no_other_microphone_is_there_it_is_told(
    alone: Callable[..., Page], tone: Path
) -> None:
    page = alone(microphone=tone)
    press(page, "Start microphone")
    wait_for(page, "window.alone.of('audio').length > 0")
    page.evaluate(
        """() => {
          const none = new DOMException("none", "NotFoundError");
          navigator.mediaDevices.getUserMedia = () => Promise.reject(none);
        }"""
    )
    unplug(page)
    expect(page.get_by_role("alert")).to_contain_text("is gone")
    wait_for(page, "window.alone.of('microphone').length === 2")
    page.get_by_role("button", name="Start microphone").wait_for()
