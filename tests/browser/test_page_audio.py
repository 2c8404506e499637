"""Sound in the page, in a real Chromium: real clicks, and what really comes out."""

from __future__ import annotations

import base64
import wave
from contextlib import ExitStack
from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.alone import (
    WATCH,
    counting,
    in_pieces,
    page_server,
    pitch,
)
from tests.browser.conftest import CHROMIUM_ARGUMENTS, chromium_path
from tests.browser.sound import heard, listen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Page, Playwright

pytestmark = pytest.mark.browser

NO_AUDIO_CODE = "script-src 'self' 'unsafe-inline'"


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """A WAV of one kilohertz, a minute long."""
    rate = 44_100
    wave_form = 12_000 * np.sin(2 * np.pi * 1000 * np.arange(rate * 60) / rate)
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(wave_form.astype("<i2").tobytes())
    return path


@pytest.fixture
def alone(playwright: Playwright) -> Iterator[Callable[..., Page]]:
    """Opens the page alone.

    `alone(microphone=WAV, grant=True, policy="", host="127.0.0.1", path="alone.html")`.
    """
    errors: list[str] = []
    with ExitStack() as stack:

        def show(
            *,
            microphone: Path | None = None,
            grant: bool = True,
            policy: str = "",
            host: str = "127.0.0.1",
            path: str = "alone.html",
        ) -> Page:
            arguments = [
                *CHROMIUM_ARGUMENTS,
                "--host-resolver-rules=MAP notebook.test 127.0.0.1",
            ]
            if grant:
                arguments.append("--use-fake-ui-for-media-stream")
            if microphone:
                arguments += [
                    "--use-fake-device-for-media-stream",
                    f"--use-file-for-fake-audio-capture={microphone}%noloop",
                ]
            browser = playwright.chromium.launch(
                executable_path=chromium_path(),
                args=arguments,
                ignore_default_args=["--mute-audio"],
            )
            stack.callback(browser.close)
            context = browser.new_context()
            context.add_init_script(WATCH)
            if not policy and host == "127.0.0.1":
                listen(context)
            page = context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            port = stack.enter_context(page_server(policy))
            with page.expect_console_message(lambda said: said.text == "ready"):
                page.goto(f"http://{host}:{port}/{path}")
            return page

        yield show
    assert errors == []


def press(page: Page, name: str) -> None:
    """A real click on a button of the card."""
    page.get_by_role("button", name=name, exact=True).click()


def wait_for(page: Page, condition: str) -> None:
    """Until a JavaScript expression is true."""
    page.wait_for_function(f"() => {condition}")


def ready_to_hear(page: Page) -> None:
    """Connect by hand, and wait until the recorder beside the speakers runs."""
    press(page, "Connect")
    wait_for(page, "window.__sound.rate > 0")


def let_sound_pass(page: Page) -> None:
    """Until the sound card has taken, and the recorder has written, 300 ms more."""
    before = page.evaluate("window.__sound.blocks.length")
    wait_for(page, f"window.__sound.blocks.length >= {before + 4}")


def say_steadily(page: Page) -> None:
    """Ten seconds of an answer that is nowhere silent."""
    samples = np.full(240_000, 8_000, np.int16)
    page.evaluate("(pieces) => window.alone.say(pieces)", in_pieces(samples, 24_000))


def say_a_second(page: Page) -> None:
    """A whole short answer."""
    pieces = in_pieces(counting(24_000), 2400)
    page.evaluate("(pieces) => window.alone.say(pieces)", pieces)
    page.evaluate("window.alone.end()")


def sounded(page: Page) -> NDArray[np.int16]:
    """What was played and is not zero, as PCM16."""
    samples, rate = heard(page)
    assert rate == 24_000
    scaled = samples[samples != 0] * 32768
    rounded: NDArray[np.int16] = scaled.astype(np.int16)
    assert np.array_equal(scaled, rounded)
    return rounded


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
    started, ended = page.evaluate("window.alone.of('played')")
    assert started["position"]["played_samples"] == 0
    assert ended["position"] == {
        "item_id": "item",
        "content_index": 0,
        "played_samples": 96_000,
    }


def test_stop_speaking_is_silent_at_once_and_says_where(
    alone: Callable[..., Page],
) -> None:
    page = alone()
    ready_to_hear(page)
    say_steadily(page)
    wait_for(page, "window.alone.of('played').length === 1")
    let_sound_pass(page)
    press(page, "Stop speaking")
    wait_for(page, "window.alone.of('interrupt').length === 1")
    say_steadily(page)
    let_sound_pass(page)

    position = page.evaluate("window.alone.of('interrupt')[0].position")
    assert position["item_id"] == "item"
    assert 0 < position["played_samples"] < 10 * 24_000
    samples, _ = heard(page)
    assert np.count_nonzero(samples) == position["played_samples"]


def test_the_kernel_can_silence_an_answer_and_learns_where(
    alone: Callable[..., Page],
) -> None:
    page = alone()
    ready_to_hear(page)
    say_steadily(page)
    wait_for(page, "window.alone.of('played').length === 1")
    page.evaluate("window.alone.tell({ type: 'flush', response_id: 'response' })")
    wait_for(page, "window.alone.of('cut').length === 1")
    say_steadily(page)
    let_sound_pass(page)

    position = page.evaluate("window.alone.of('cut')[0].position")
    assert position["item_id"] == "item"
    samples, _ = heard(page)
    assert np.count_nonzero(samples) == position["played_samples"] > 0


def test_muted_sound_goes_on_unheard(alone: Callable[..., Page]) -> None:
    page = alone()
    ready_to_hear(page)
    press(page, "Mute")
    let_sound_pass(page)
    say_a_second(page)
    wait_for(page, "window.alone.of('played').some(({ ended }) => ended)")

    ended = page.evaluate("window.alone.of('played')[1]")
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
        "window.alone.removeViews()",
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


def test_a_microphone_that_is_unplugged_is_told(
    alone: Callable[..., Page], tone: Path
) -> None:
    page = alone(microphone=tone)
    press(page, "Start microphone")
    wait_for(page, "window.alone.of('audio').length > 0")
    page.evaluate(
        "window.opened.streams[0].getTracks()[0].dispatchEvent(new Event('ended'))"
    )
    expect(page.get_by_role("alert")).to_contain_text("The microphone is gone")
    wait_for(page, "window.alone.of('microphone').length === 2")
