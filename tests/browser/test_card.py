"""What a person sees: every scene of the card, in both themes and all widths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.card import AXE, asked, card_page, put, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page, Playwright

pytestmark = pytest.mark.browser

_AUDIT = """
async () => {
  const place = document.querySelector("#place");
  for (const fold of place.querySelectorAll("details")) fold.open = true;
  const { violations, passes } = await axe.run(place, { resultTypes: ["violations"] });
  const where = ({ nodes }) => nodes.map(({ target }) => target.join(" "));
  return [passes.length, violations.map((one) => [one.id, one.impact, where(one)])];
}
"""

_OVERFLOWING = """
() => {
  const card = document.querySelector(".rt-card");
  for (const fold of card.querySelectorAll("details")) fold.open = true;
  const { left, right } = card.getBoundingClientRect();
  const seen = (element) => element.checkVisibility({ visibilityProperty: true });
  const hidden =
    ".rt-unseen, .rt-unseen *, .rt-label, option, .rt-scroll *, .rt-call-name *";
  return [...card.querySelectorAll("*")]
    .filter((element) => seen(element) && !element.matches(hidden))
    .filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && (box.left < left - 0.5 || box.right > right + 0.5);
    })
    .map((element) => element.outerHTML.slice(0, 120));
}
"""

_UNNAMED = """
() => [...document.querySelectorAll(".rt-card :is(button, input, select, textarea)")]
  .filter((control) => {
    const own = control.getAttribute("aria-label") ?? control.textContent;
    const label = control.labels?.[0]?.textContent;
    return !(control.matches("button") ? own : label ?? own)?.trim();
  })
  .map((control) => control.outerHTML.slice(0, 120))
"""


@pytest.fixture(scope="module")
def page(playwright: Playwright) -> Iterator[Page]:
    """The card's development page."""
    with card_page(playwright) as opened:
        yield opened


def scenes(page: Page) -> list[str]:
    """The names of all scenes."""
    names: list[str] = page.evaluate("window.scenes")
    return names


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1000])
def test_axe_finds_nothing_in_any_scene(page: Page, theme: str, width: int) -> None:
    if not page.evaluate("() => 'axe' in window"):
        page.add_script_tag(path=AXE)
    found: dict[str, Any] = {}
    for scene in scenes(page):
        if scene == "long":
            continue
        show(page, scene, theme=theme, width=width, open=True)
        passed, violations = page.evaluate(_AUDIT)
        assert passed > 0
        if violations:
            found[scene] = violations
    assert found == {}


@pytest.mark.parametrize("width", [360, 480, 760, 1000])
def test_nothing_sticks_out_of_the_card(page: Page, width: int) -> None:
    for scene in scenes(page):
        show(page, scene, theme="light", width=width, open=True)
        assert page.evaluate(_OVERFLOWING) == [], scene


def test_every_control_has_a_name(page: Page) -> None:
    for scene in scenes(page):
        show(page, scene, open=True)
        assert page.evaluate(_UNNAMED) == [], scene


def test_the_names_are_those_of_the_contract(page: Page) -> None:
    card = show(page, "disconnected")
    for name in ("Connect", "Start microphone", "Mute", "Send", "Settings"):
        expect(card.get_by_role("button", name=name, exact=True)).to_be_visible()
    card = show(page, "push to talk, speaking", open=True)
    for name in ("Disconnect", "Stop microphone", "Hold to talk", "Stop speaking"):
        expect(card.get_by_role("button", name=name, exact=True)).to_be_visible()
    for name in ("Model", "Voice", "Turn taking", "Microphone"):
        expect(card.get_by_role("combobox", name=name, exact=True)).to_be_visible()
    for name in ("Speed", "Temperature", "Volume"):
        expect(card.get_by_role("slider", name=name, exact=True)).to_be_visible()
    expect(card.get_by_role("textbox", name="Message", exact=True)).to_be_visible()
    expect(card.get_by_role("log", name="Conversation", exact=True)).to_be_visible()
    expect(card.get_by_role("status")).to_have_text("Speaking")


def test_words_appear_with_the_voice_and_are_only_added_to(page: Page) -> None:
    card = show(page, "speaking")
    words = card.locator(".rt-words").last
    expect(words).to_have_text("At 250 kilometres an hour it would take sixty-four")
    node = words.evaluate_handle("(words) => words.firstChild")
    head = page.evaluate("() => store.get().playhead")
    put(page, playhead={**head, "played_samples": 24 * 3400})
    expect(words).to_contain_text("sixty-four days, give")
    expect(words).not_to_contain_text("take one")
    assert words.evaluate("(words, node) => words.firstChild === node", node)

    put(page, playhead={**head, "played_samples": 0})
    expect(words).to_contain_text("days, give")
    page.evaluate(
        """() => store.set({ playing: false, playhead: null, status: "ready",
          items: store.get().items.map((item) => ({ ...item,
            status: item.status === "in_progress" ? "completed" : item.status })) })"""
    )
    expect(words).to_have_text(
        "At 250 kilometres an hour it would take sixty-four days, give or take one."
    )


def test_what_was_not_heard_is_struck_and_counted(page: Page) -> None:
    card = show(page, "speaking")
    struck = card.locator("s:visible")
    expect(struck).to_have_text(
        "would need roughly 160 days of driving without a break."
    )
    mark = card.get_by_text("interrupted at 4.2 s · 10 words not heard")
    expect(mark).to_be_visible()
    assert struck.evaluate("(s) => getComputedStyle(s).textDecorationLine") == (
        "line-through"
    )


def test_an_answer_is_played_again_and_stopped(page: Page) -> None:
    card = show(page, "interrupted")
    asked(page)
    card.get_by_role("button", name="Play again").first.click()
    again = card.get_by_role("button", name="Stop playing", exact=True)
    expect(again).to_be_visible()
    expect(card.get_by_role("status")).to_have_text("Playing again")
    again.click()
    expect(again).to_have_count(0)
    assert [name for name, *_ in asked(page)] == ["replay", "replay"]


def test_answers_are_announced_once_they_are_whole_and_only_on_request(
    page: Page,
) -> None:
    finish = """() => store.set({ items: store.get().items.map((item) =>
      ({ ...item, status: "completed" })) })"""
    card = show(page, "speaking")
    region = card.locator("[aria-live=polite]")
    page.evaluate(finish)
    expect(card.get_by_role("button", name="Play again")).to_have_count(2)
    expect(region).to_be_empty()

    card = show(page, "speaking")
    page.evaluate(
        "() => store.set({ preferences: "
        "{ ...store.get().preferences, announce: true } })"
    )
    page.evaluate(finish)
    expect(region).to_contain_text("give or take one.")


def test_another_page_can_be_taken_over_from(page: Page) -> None:
    card = show(page, "another page")
    microphone = card.get_by_role("button", name="Start microphone")
    expect(microphone).to_be_disabled()
    expect(microphone).to_have_attribute(
        "title", "The microphone is in another page or view"
    )
    asked(page)
    card.get_by_role("button", name="Take over", exact=True).click()
    expect(microphone).to_be_enabled()
    assert asked(page) == [["takeOver"]]


def test_each_kind_of_turn_taking_has_its_own_fields(page: Page) -> None:
    card = show(page, "disconnected", open=True)
    asked(page)
    kinds = card.get_by_role("combobox", name="Turn taking")
    card.get_by_text("Fine tuning").click()
    silence = card.get_by_role("slider", name="Silence that ends a turn")
    eagerness = card.get_by_role("combobox", name="Eagerness")
    expect(eagerness).to_be_hidden()
    silence.focus()
    page.keyboard.press("ArrowRight")
    kinds.select_option("semantic_vad")
    eagerness.select_option("high")
    expect(silence).to_be_hidden()
    card.get_by_role("switch", name="Answers may be interrupted").click()
    kinds.select_option("server_vad")
    assert [wish[2] for wish in asked(page)] == [
        {"type": "server_vad", "silence_duration_ms": 450},
        {"type": "semantic_vad"},
        {"type": "semantic_vad", "eagerness": "high"},
        {"type": "semantic_vad", "eagerness": "high", "interrupt_response": False},
        {"type": "server_vad", "silence_duration_ms": 450},
    ]
    kinds.select_option("push_to_talk")
    expect(card.get_by_text("Fine tuning")).to_be_hidden()


def test_a_press_that_was_too_short_is_told(page: Page) -> None:
    card = show(page, "push to talk")
    put(page, hold_longer=True)
    expect(card.get_by_role("status")).to_have_text("Hold longer")
    put(page, hold_longer=False)
    expect(card.get_by_role("status")).to_have_text("Ready")
