"""The card without a mouse, and the key and button that are held to talk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.card import asked, card_page, put, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page, Playwright

pytestmark = pytest.mark.browser

_REACHABLE = """
() => [...document.querySelectorAll(
  ".rt-card :is(button, input, select, textarea, summary, [tabindex='0'])")]
  .filter((element) => !element.matches(":disabled"))
  .filter((element) => element.checkVisibility({ visibilityProperty: true }))
  .map((element, place) => { element.dataset.place = place; return String(place); })
"""


@pytest.fixture(scope="module")
def page(playwright: Playwright) -> Iterator[Page]:
    """The card's development page."""
    with card_page(playwright) as opened:
        yield opened


@pytest.fixture
def by_hand(page: Page) -> Locator:
    """A connected card with push to talk, focused; nothing was asked for yet."""
    card = show(page, "push to talk", theme="light", width=760)
    card.focus()
    asked(page)
    page.evaluate("() => { seen.keys.length = 0; }")
    return card


def begun_and_ended(page: Page) -> None:
    """Assert that exactly one turn was held."""
    assert asked(page) == [["beginTalk"], ["endTalk"]]


@pytest.mark.parametrize(
    "scene", ["push to talk, speaking", "interrupted", "no kernel", "another page"]
)
def test_tab_reaches_every_control_in_order(page: Page, scene: str) -> None:
    card = show(page, scene, open=True, width=1000)
    wanted = page.evaluate(_REACHABLE)
    card.focus()
    reached = []
    for _ in wanted:
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.dataset.place"))
    assert reached == wanted


def test_a_typed_turn_needs_no_mouse(page: Page) -> None:
    card = show(page, "disconnected", width=760)
    asked(page)
    card.focus()
    card.get_by_role("textbox", name="Message").focus()
    page.keyboard.type("Hello there, m")
    page.keyboard.press("Enter")
    assert asked(page) == [["send", "Hello there, m"]]
    assert page.evaluate("document.activeElement.ariaLabel") == "Message"


def test_space_holds_a_turn_open(page: Page, by_hand: Locator) -> None:
    page.keyboard.down(" ")
    expect(by_hand.get_by_role("status")).to_have_text("Listening")
    page.keyboard.down(" ")
    page.keyboard.down(" ")
    hold = by_hand.get_by_role("button", name="Hold to talk")
    expect(hold).to_have_attribute("aria-pressed", "true")
    assert asked(page) == [["beginTalk"]]
    page.keyboard.up(" ")
    expect(hold).to_have_attribute("aria-pressed", "false")
    assert asked(page) == [["endTalk"]]
    assert page.evaluate("seen.keys") == []
    assert page.evaluate("scrollY") == 0


def test_no_key_of_the_card_gets_out(page: Page, by_hand: Locator) -> None:
    for key in ("d", "d", "m", " ", "Enter", "Escape", "a", "ArrowDown", "Shift+Enter"):
        page.keyboard.press(key)
    expect(by_hand).to_be_focused()
    assert page.evaluate("seen.keys.filter(([, key]) => key !== 'Shift')") == []
    assert [name for name, *_ in asked(page)] == [
        "setMuted",
        "beginTalk",
        "endTalk",
        "stopSpeaking",
    ]
    expect(by_hand).to_have_attribute("data-lm-suppress-shortcuts", "true")


@pytest.mark.parametrize("key", [" ", "Enter"])
def test_the_button_is_held_by_key(page: Page, by_hand: Locator, key: str) -> None:
    by_hand.get_by_role("button", name="Hold to talk").focus()
    page.keyboard.down(key)
    page.keyboard.down(key)
    assert asked(page) == [["beginTalk"]]
    page.keyboard.up(key)
    assert asked(page) == [["endTalk"]]


def test_space_keeps_its_meaning_on_other_controls(
    page: Page, by_hand: Locator
) -> None:
    by_hand.get_by_role("textbox", name="Message").focus()
    page.keyboard.type("a b")
    expect(by_hand.get_by_role("textbox", name="Message")).to_have_value("a b")
    by_hand.get_by_role("button", name="Mute").focus()
    page.keyboard.press(" ")
    assert asked(page) == [["setMuted", True]]


def test_space_means_nothing_without_push_to_talk(page: Page) -> None:
    show(page, "ready").focus()
    asked(page)
    page.keyboard.press(" ")
    assert asked(page) == []


@pytest.mark.parametrize(
    "loss",
    [
        "document.activeElement.blur()",
        "window.dispatchEvent(new Event('blur'))",
        "document.dispatchEvent(new Event('visibilitychange'))",
        "store.set({ turn_detection: { type: 'server_vad' } })",
        "store.set({ owner: 'other' })",
    ],
)
def test_a_turn_ends_when_its_key_is_out_of_reach(
    page: Page, by_hand: Locator, loss: str
) -> None:
    expect(by_hand).to_be_focused()
    page.keyboard.down(" ")
    page.evaluate(loss)
    page.keyboard.up(" ")
    begun_and_ended(page)


def test_focus_may_move_within_the_card_while_space_is_held(
    page: Page, by_hand: Locator
) -> None:
    page.keyboard.down(" ")
    by_hand.get_by_role("log").focus()
    assert asked(page) == [["beginTalk"]]
    page.keyboard.up(" ")
    assert asked(page) == [["endTalk"]]


def test_the_button_is_held_by_mouse(page: Page, by_hand: Locator) -> None:
    hold = by_hand.get_by_role("button", name="Hold to talk")
    hold.hover()
    page.mouse.down()
    assert asked(page) == [["beginTalk"]]
    page.mouse.up()
    assert asked(page) == [["endTalk"]]
    page.mouse.down()
    by_hand.locator("canvas").hover()
    begun_and_ended(page)
    page.mouse.up()
    page.mouse.down(button="right")
    page.mouse.up(button="right")
    assert asked(page) == []


def test_a_pressed_button_stays_under_the_pointer(page: Page) -> None:
    card = show(page, "push to talk, speaking", width=760)
    asked(page)
    hold = card.get_by_role("button", name="Hold to talk")
    stop = card.get_by_role("button", name="Stop speaking")
    hold.hover()
    place = "({ offsetLeft, offsetWidth }) => [offsetLeft, offsetWidth]"
    before = hold.evaluate(place)
    page.mouse.down()
    expect(card.get_by_role("status")).to_have_text("Listening")
    assert hold.evaluate(place) == before
    assert asked(page) == [["beginTalk"]]
    page.mouse.up()
    expect(stop).to_be_hidden()
    assert asked(page) == [["endTalk"]]


def test_a_touch_that_the_browser_takes_away_ends_the_turn(
    page: Page, by_hand: Locator
) -> None:
    hold = by_hand.get_by_role("button", name="Hold to talk")
    hold.dispatch_event("pointerdown", {"button": 0, "pointerType": "touch"})
    hold.dispatch_event("pointercancel", {"pointerType": "touch"})
    begun_and_ended(page)


def test_a_screen_reader_that_clicks_begins_and_ends(
    page: Page, by_hand: Locator
) -> None:
    hold = by_hand.get_by_role("button", name="Hold to talk")
    hold.evaluate("(button) => button.click()")
    expect(hold).to_have_attribute("aria-pressed", "true")
    hold.evaluate("(button) => button.click()")
    expect(hold).to_have_attribute("aria-pressed", "false")
    begun_and_ended(page)


def test_the_microphone_is_a_toggle_for_those_who_cannot_hold(
    page: Page, by_hand: Locator
) -> None:
    by_hand.get_by_role("button", name="Start microphone", exact=True).focus()
    page.keyboard.press("Enter")
    stop = by_hand.get_by_role("button", name="Stop microphone", exact=True)
    expect(stop).to_be_focused()
    expect(stop).to_have_attribute("aria-pressed", "true")
    page.keyboard.press(" ")
    expect(stop).to_have_count(0)
    assert asked(page) == [["startMicrophone"], ["stopMicrophone"]]


def test_m_mutes_and_the_status_says_so(page: Page) -> None:
    card = show(page, "listening")
    card.focus()
    mute = card.get_by_role("button", name="Mute", exact=True)
    expect(mute).to_have_attribute("aria-pressed", "false")
    put(page, status="ready")
    page.keyboard.press("m")
    expect(mute).to_have_attribute("aria-pressed", "true")
    expect(card.get_by_role("status")).to_have_text("Muted")


@pytest.mark.parametrize("button", ["Stop speaking", "Stop playing", "Take over"])
def test_the_focus_stays_in_the_card_when_a_control_goes(
    page: Page, button: str
) -> None:
    scenes = {"Stop speaking": "speaking", "Stop playing": "playing again"}
    card = show(page, scenes.get(button, "another page"))
    card.get_by_role("button", name=button).focus()
    page.keyboard.press("Enter")
    put(page, items=[])
    expect(card.get_by_role("button", name=button)).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('.rt-widget') !== null")
