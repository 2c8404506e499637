"""Calls of functions in the card: what is seen, unfolded, asked, and announced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.card import asked, card_page, put, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Dialog, Locator, Page, Playwright

pytestmark = pytest.mark.browser

_CHANGE_CALL = """
([place, change]) => {
  const items = [...store.get().items];
  const item = items.filter(({ call }) => call)[place];
  items[items.indexOf(item)] = { ...item, call: { ...item.call, ...change } };
  store.set({ items });
  store.flush();
}
"""


@pytest.fixture(scope="module")
def page(playwright: Playwright) -> Iterator[Page]:
    """The card's development page."""
    with card_page(playwright) as opened:
        yield opened


def change(page: Page, place: int = 0, **values: object) -> None:
    """Give the call at a place other values, as a kernel would."""
    page.evaluate(_CHANGE_CALL, [place, values])


def calls(card: Locator) -> Locator:
    """The rows of the calls."""
    return card.locator(".rt-turn[data-role=tool]")


def focused(page: Page) -> str:
    """The element that has the keyboard's focus."""
    name: str = page.evaluate("document.activeElement.tagName")
    return name


def test_a_call_is_one_line_that_unfolds(page: Page) -> None:
    card = show(page, "call done", theme="light", width=760)
    line = calls(card).locator("summary")
    expect(line).to_have_text('train_speed(unit: "km/h")→ 250Done · 0.01 s')
    told = calls(card).get_by_text("For the model")
    expect(told).to_be_hidden()
    line.click()
    expect(told).to_be_visible()
    expect(calls(card).get_by_role("group", name="For the model")).to_have_text("250")
    expect(calls(card).get_by_text("Printed")).to_be_hidden()
    line.click()
    expect(told).to_be_hidden()


def test_every_state_has_its_word_and_its_drawing(page: Page) -> None:
    words = {}
    card = show(page, "call done")
    for status in (
        "asking", "running", "completed", "failed", "timed_out", "declined",
        "cancelled",
    ):  # fmt: skip
        change(page, status=status, seconds=None)
        state = calls(card).locator(".rt-call-state")
        words[state.inner_text()] = state.locator("path").get_attribute("d")
    assert list(words) == [
        "Asks you", "Running", "Done", "Failed", "Timed out", "Declined", "Cancelled",
    ]  # fmt: skip
    assert len(set(words.values())) == len(words)


def test_what_a_call_shows_is_in_sight_without_unfolding(page: Page) -> None:
    card = show(page, "call with a plot")
    image = card.get_by_role("img", name="A curve that rises steeply")
    expect(image).to_be_visible()
    page.wait_for_function("() => document.querySelector('.rt-shown img').complete")
    assert image.evaluate("(image) => image.naturalWidth") == 640

    card = show(page, "call with a table", width=360)
    table = card.get_by_role("table", name="5 of 12 rows, 8 of 11 columns")
    expect(table.get_by_role("columnheader", name="station")).to_be_visible()
    expect(table.get_by_role("row")).to_have_count(6)
    expect(table.get_by_role("cell", name="München")).to_be_visible()
    box = card.get_by_role("group", name="Table of stops")
    assert box.evaluate("(box) => box.scrollWidth > box.clientWidth")
    expect(card.get_by_text("Timetable(train='ICE 593', stops=12)")).to_be_visible()


def test_a_wide_table_is_scrolled_by_keyboard(page: Page) -> None:
    card = show(page, "call with a table", width=360)
    box = card.get_by_role("group", name="Table of stops")
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.scrollLeft > 0")


def test_nothing_of_a_call_becomes_markup(page: Page) -> None:
    alerts: list[str] = []

    def note(dialog: Dialog) -> None:
        alerts.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    card = show(page, "call hostile")
    expect(calls(card).locator(":is(script, i, b b, [onerror])")).to_have_count(0)
    expect(card.locator("th").first).to_have_text("<i>a</i>")
    expect(calls(card).locator("summary b")).to_have_text(
        "<img src=x onerror=alert(1)>"
    )
    expect(card.locator("img")).to_have_count(1)
    source = card.locator("img").get_attribute("src")
    assert source is not None
    assert source.startswith("data:image/png;base64,")
    assert alerts == []


@pytest.mark.parametrize(("name", "allow"), [("Allow", True), ("Decline", False)])
@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_a_call_that_asks_is_answered(
    page: Page, name: str, by: str, *, allow: bool
) -> None:
    card = show(page, "call asking", width=760)
    expect(card.get_by_role("status")).to_have_text("Waiting for you")
    expect(card.get_by_text("May send_mail run?")).to_be_visible()
    asked(page)
    button = card.get_by_role("button", name=f"{name} send_mail", exact=True)
    if by == "mouse":
        button.click()
    else:
        calls(card).locator("summary").focus()
        for _ in range(1 if allow else 2):
            page.keyboard.press("Tab")
        expect(button).to_be_focused()
        page.keyboard.press("Enter")
    [[action, call_id, answer]] = asked(page)
    assert (action, answer) == ("confirm", allow)
    assert call_id == page.evaluate(
        "() => store.get().items.find(({ call }) => call).call.call_id"
    )
    expect(button).to_be_hidden()
    assert focused(page) == "SUMMARY"


def test_a_call_that_still_asks_asks_again(page: Page) -> None:
    card = show(page, "call asking")
    allow = card.get_by_role("button", name="Allow send_mail")
    allow.click()
    expect(allow).to_be_hidden()
    change(page, arguments="{}")
    expect(allow).to_be_visible()
    put(page, kernel="restarted")
    expect(allow).to_be_hidden()
    expect(calls(card).locator(".rt-call-state")).to_have_text("Cancelled")
    expect(card.get_by_role("status")).to_have_text("No kernel")


def test_focus_and_fold_stay_when_a_call_goes_on(page: Page) -> None:
    card = show(page, "call running")
    line = calls(card).first.locator("summary")
    element = line.element_handle()
    line.focus()
    page.keyboard.press("Enter")
    change(page, status="completed", output="250", seconds=0.5)
    expect(line).to_contain_text("Done · 0.50 s")
    expect(line).to_be_focused()
    assert line.evaluate("(line, before) => line === before", element)
    expect(calls(card).first.get_by_text("For the model")).to_be_visible()

    text = calls(card).first.get_by_role("group", name="Arguments")
    text.focus()
    change(page, printed="more")
    expect(text).to_be_focused()


def test_a_table_in_use_is_left_alone_when_nothing_of_it_changes(page: Page) -> None:
    card = show(page, "call with a table", width=360)
    box = card.get_by_role("group", name="Table of stops")
    box.focus()
    before = box.element_handle()
    again = page.evaluate(
        "() => structuredClone(store.get().items.find(({ call }) => call).call)"
    )
    change(page, **{**again, "seconds": 2})
    expect(calls(card).locator("summary")).to_contain_text("2.00 s")
    assert box.evaluate("(box, before) => box === before", before)
    expect(box).to_be_focused()
    change(page, shown=[])
    expect(box).to_have_count(0)
    assert focused(page) == "SUMMARY"


def test_what_becomes_of_calls_is_announced(page: Page) -> None:
    card = show(page, "call asking")
    region = card.locator("[aria-live=polite]")
    expect(region).to_have_text("send_mail asks whether it may run.")
    change(page, status="running")
    change(page, status="failed", output="no network")
    expect(region.locator("p").last).to_have_text("send_mail: Failed.")

    card = show(page, "call running")
    expect(region).to_be_empty()
    change(page, 0, status="completed")
    change(page, 1, status="timed_out")
    expect(region.locator("p")).to_have_text(
        ["train_speed: Done.", "weather: Timed out."]
    )


def test_unfolding_the_last_call_keeps_it_in_sight(page: Page) -> None:
    card = show(page, "call with long arguments", width=760)
    line = calls(card).locator("summary")
    line.click()
    latest = card.get_by_role("button", name="Latest")
    expect(latest).to_be_visible()
    expect(line).to_be_in_viewport()
    latest.click()
    expect(latest).to_be_hidden()


def test_a_running_call_turns_unless_motion_is_unwanted(page: Page) -> None:
    card = show(page, "call running")
    drawing = calls(card).first.locator(".rt-call-state svg")
    running = "(svg) => svg.getAnimations().length"
    assert drawing.evaluate(running) == 1
    page.emulate_media(reduced_motion="reduce")
    assert drawing.evaluate(running) == 0
    page.emulate_media(reduced_motion="no-preference")
    change(page, status="completed")
    assert drawing.evaluate(running) == 0
