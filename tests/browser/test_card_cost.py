"""What the card does when little or nothing happens: next to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.card import card_page, put, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page, Playwright

pytestmark = pytest.mark.browser

_MUTATIONS = """
(state) => {
  const changes = new MutationObserver(() => {});
  const everything = { attributes: true, characterData: true, childList: true };
  const card = document.querySelector(".rt-card");
  changes.observe(card, { ...everything, subtree: true });
  store.set(state);
  store.flush();
  return changes.takeRecords().map(({ type, target }) => [type, target.nodeName]);
}
"""


@pytest.fixture(scope="module")
def page(playwright: Playwright) -> Iterator[Page]:
    """The card's development page."""
    with card_page(playwright) as opened:
        yield opened


def test_a_state_that_changes_nothing_touches_nothing(page: Page) -> None:
    card = show(page, "ready", open=True)
    expect(card.get_by_role("combobox", name="Model")).to_be_visible()
    same = page.evaluate(
        """() => {
          const { items, preferences, turn_detection, capabilities } = store.get();
          const copy = { ...capabilities, models: [...capabilities.models] };
          return { items: [...items], preferences: { ...preferences },
            turn_detection: { ...turn_detection }, capabilities: copy,
            playhead: { item_id: "none", content_index: 0, played_samples: 9 },
            error: {}, usage: {}, latency: {}, microphone_level: 0.2 };
        }"""
    )
    assert page.evaluate(_MUTATIONS, same) == []
    assert page.evaluate(_MUTATIONS, {"muted": True}) != []


def test_a_delta_in_a_long_talk_touches_its_own_words_only(page: Page) -> None:
    show(page, "long")
    assert page.evaluate("() => store.get().items.length") == 1000
    say = """() => {
      const { items } = store.get();
      const last = items.at(-1);
      const text = `${last.text} More.`;
      return [...items.slice(0, -1), { ...last, text }];
    }"""
    changes = page.evaluate(f"() => ({_MUTATIONS})({{ items: ({say})() }})")
    assert changes == [["characterData", "#text"]]


def test_levels_move_the_strip_without_frames_and_silence_costs_nothing(
    page: Page,
) -> None:
    show(page, "speaking, muted", theme="light", width=760)
    picture = "document.querySelector('canvas').toDataURL()"
    before = page.evaluate(picture)
    put(page, connected_at=None)  # The clock's own delays are of any length.
    page.evaluate("() => { seen.frames = 0; seen.delays.length = 0; }")
    put(page, speaker_level=0.6)
    page.wait_for_function("(before) => " + picture + " !== before", arg=before)
    put(page, speaker_level=0)
    page.wait_for_function("() => seen.waiting.size === 0")
    assert page.evaluate("seen.frames") == 0
    assert 10 < page.evaluate("seen.delays.length") < 30
    assert page.evaluate("Math.min(...seen.delays)") >= 1000 / 12


def test_the_strip_takes_up_the_colours_of_another_theme(page: Page) -> None:
    card = show(page, "disconnected", theme="light")
    strip = card.locator("canvas")
    dots = """(canvas) => canvas.getContext("2d")
      .getImageData(0, canvas.height / 2, canvas.width, 1)
      .data.reduce((sum, value) => sum + value, 0)"""
    light = strip.evaluate(dots)
    assert light > 0
    page.evaluate("() => { document.body.dataset.theme = 'dark'; }")
    expect(card).to_have_attribute("data-rt-theme", "dark")
    assert 0 < strip.evaluate(dots) < light


def test_reduced_motion_is_at_most_four_moments_a_second(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    card = show(page, "speaking")
    put(page, connected_at=None)
    page.evaluate("() => { seen.delays.length = 0; }")
    put(page, speaker_level=0.6)
    page.wait_for_function("() => seen.delays.length > 1")
    assert page.evaluate("Math.min(...seen.delays)") >= 250
    moving = "(card) => card.getAnimations({ subtree: true }).length"
    put(page, status="thinking", playing=False)
    assert card.evaluate(moving) == 0
    page.emulate_media(reduced_motion="no-preference")
    assert card.evaluate(moving) > 0
