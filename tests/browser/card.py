"""The card alone: its development page with all scenes, in a Chromium."""

from __future__ import annotations

import http.server
import threading
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browser.chromium import CHROMIUM_ARGUMENTS, chromium_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page, Playwright

JS = Path(__file__).parents[2] / "js"
AXE = JS / "node_modules" / "axe-core" / "axe.min.js"

_WATCH = """
(() => {
  const seen = { frames: 0, waiting: new Map(), delays: [], keys: [] };
  window.seen = seen;
  const { setTimeout: set, clearTimeout: clear, requestAnimationFrame: draw } = window;
  const ours = () => new Error().stack.includes("/src/");
  window.setTimeout = (act, delay, ...rest) => {
    if (!ours()) return set(act, delay, ...rest);
    seen.delays.push(delay);
    const id = set(() => { seen.waiting.delete(id); act(...rest); }, delay);
    seen.waiting.set(id, delay);
    return id;
  };
  window.clearTimeout = (id) => { seen.waiting.delete(id); clear(id); };
  window.requestAnimationFrame = (act) => {
    if (ours()) seen.frames += 1;
    return draw(act);
  };
  for (const type of ["keydown", "keypress", "keyup"])
    document.addEventListener(type, ({ key }) => seen.keys.push([type, key]));
})();
"""
"""Counts the card's timers and frames, and the keys that get out of it."""


class _Files(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def card_page(playwright: Playwright) -> Iterator[Page]:
    """The development page, with what it does counted in `window.seen`."""
    handler = partial(_Files, directory=str(JS))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    browser = playwright.chromium.launch(
        executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS
    )
    try:
        page = browser.new_page(viewport={"width": 1040, "height": 1000})
        page.add_init_script(_WATCH)
        page.goto(f"http://127.0.0.1:{server.server_port}/dev/card.html")
        page.wait_for_function("() => window.scenes?.length > 0")
        yield page
    finally:
        browser.close()
        server.shutdown()
        thread.join()
        server.server_close()


def show(page: Page, scene: str, **look: object) -> Locator:
    """Show a scene, and give its card; `look` is `theme`, `width` or `open`."""
    page.evaluate(
        "(look) => look_(look)".replace("look_", "window.look"),
        {
            "scene": scene,
            **look,
        },
    )
    return page.locator(".rt-widget")


def put(page: Page, **state: object) -> None:
    """Change the card's state."""
    page.evaluate("(state) => { store.set(state); store.flush(); }", state)


def asked(page: Page) -> list[list[Any]]:
    """What the card has asked for since the page was opened; then it is forgotten."""
    wishes: list[list[Any]] = page.evaluate("() => asked.splice(0)")
    return wishes
