"""Whose page it is: views, pages and their ends, in a real Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.alone import (
    in_pieces,
    kinds,
    let_sound_pass,
    pages,
    press,
    ready_to_hear,
    say,
    says,
    wait_for,
)
from tests.browser.interruptions import is_silent, is_sounding, write_bursts
from tests.browser.sound import heard
from tests.servers.signals import counter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.chromium import Chromiums

    OpenPage = Callable[..., Page]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture
def alone(chromiums: Chromiums) -> Iterator[OpenPage]:
    """Opens the page alone."""
    with pages(chromiums) as show:
        yield show


@pytest.fixture
def quiet(tmp_path: Path) -> Path:
    """A microphone in a room where nobody speaks."""
    return write_bursts(tmp_path / "quiet.wav", [], [], tail=60)


def test_another_page_has_the_sound_until_it_is_taken_over(alone: OpenPage) -> None:
    page = alone(path="alone.html#elsewhere")
    button = page.get_by_role("button", name="Take over")
    button.wait_for()
    press(page, "Connect")
    wait_for(page, "window.__sound.rate > 0")
    say(page, counter(0, 24_000))
    let_sound_pass(page)
    assert np.count_nonzero(heard(page)[0]) == 0
    assert kinds(page, "played") == []
    button.click()
    expect(button).to_be_hidden()
    page.evaluate(
        "(all) => window.alone.say(all, { response: 'next', item: 'next' })",
        in_pieces(counter(0, 24_000), 2400),
    )
    page.evaluate("window.alone.end()")
    wait_for(page, "window.alone.of('played').some(({ ended }) => ended)")

    assert len(kinds(page, "take_over")) == 1
    let_sound_pass(page)
    assert np.count_nonzero(heard(page)[0]) == 24_000


def test_a_page_whose_lease_goes_elsewhere_falls_silent(
    alone: OpenPage, quiet: Path
) -> None:
    page = alone(microphone=quiet)
    ready_to_hear(page)
    say(page, counter(0, 240_000), 24_000)
    press(page, "Start microphone")
    says(page, "audio", 2)
    is_sounding(page)
    page.evaluate("window.alone.tell({ type: 'lease', owner: 'another page' })")
    is_silent(page)
    says(page, "microphone", 2)
    wait_for(
        page,
        "window.opened.streams.every((s) =>"
        " s.getTracks().every((t) => t.readyState === 'ended'))",
    )


@pytest.mark.parametrize(
    "leave",
    [
        "window.alone.removeView()",
        "window.dispatchEvent(new PageTransitionEvent('pagehide'))",
    ],
)
def test_a_page_that_is_left_says_so_and_answers_no_more(
    alone: OpenPage, leave: str
) -> None:
    page = alone()
    ready_to_hear(page)
    say(page, counter(0, 240_000), 24_000)
    is_sounding(page)
    page.evaluate("window.alone.tell({ type: 'ping' })")
    says(page, "pong")
    page.evaluate(leave)
    says(page, "leave")
    states = "window.opened.contexts.map(({ state }) => state)"
    page.wait_for_function(f"() => {states}.every((state) => state === 'closed')")
    page.evaluate("window.alone.tell({ type: 'ping' })")
    say(page, counter(0, 24_000))

    assert kinds(page, "pong", "leave") == ["pong", "leave"]
    assert page.evaluate(states) == ["closed"]


def test_two_views_are_one_page_with_one_microphone(
    alone: OpenPage, quiet: Path
) -> None:
    page = alone(microphone=quiet)
    page.evaluate("window.alone.addView()")
    first, second = page.locator(".rt-widget").all()
    first.get_by_role("button", name="Start microphone").click()
    second.get_by_role("button", name="Stop microphone").wait_for()
    page.evaluate("window.alone.removeView()")
    says(page, "audio", len(kinds(page, "audio")) + 3)
    assert kinds(page, "hello", "leave", "microphone") == ["hello", "microphone"]
    press(page, "Stop microphone")
    says(page, "microphone", 2)
    page.evaluate("window.alone.removeView()")
    says(page, "leave")
    assert len(page.evaluate("window.opened.streams")) == 1
