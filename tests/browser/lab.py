"""JupyterLab's pages: one that stays for several tests, or one of a test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.jupyter import open_notebook, show_notebook
from tests.browser.sound import BEGINS, listen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import BrowserContext, Page

    from tests.browser.chromium import Chromiums
    from tests.browser.jupyter import JupyterServer

# Frames of the kernel's socket, and the microphone's pieces that the page has sent.
_KEEP_FRAMES = """
(() => {
  const begin = () => {
    window.__frames = [];
    window.__microphone = [];
  };
  begin();
  window.addEventListener("test-begins", begin);
  const latin = new TextDecoder("latin1");
  const piece = /"type":"audio","seq":\\d+,"at":\\d+,"audio":"([^"]*)"/;
  const text = (data) => typeof data === "string" ? data
    : new TextDecoder().decode(data);
  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        if (window.__frames.length < 5000 && !(data instanceof Blob))
          window.__frames.push(text(data));
      });
    }
    send(data) {
      const said = piece.exec(typeof data === "string" ? data : latin.decode(data));
      if (said) window.__microphone.push(said[1]);
      super.send(data);
    }
  };
})();
"""

# A changed notebook would ask whether to save it.
_CLOSE_ALL = """async () => {
  const { shell } = window.jupyterapp;
  for (const panel of [...shell.widgets("main")].filter(({ context }) => context)) {
    panel.context.model.dirty = false;
    panel.close();
  }
}"""


class Labs:
    """JupyterLab's pages, by what a test wants of them.

    Args:
        server: The JupyterLab that they show.
        chromiums: Where they are opened.
    """

    def __init__(self, server: JupyterServer, chromiums: Chromiums) -> None:
        self._server = server
        self._chromiums = chromiums
        self._kept: dict[tuple[object, ...], Page] = {}
        self._own: list[BrowserContext] = []

    def show(
        self,
        name: str,
        *,
        grant: bool,
        width: int,
        scripts: Sequence[str],
        fresh: bool,
    ) -> Page:
        """A page with this notebook alone, its kernel idle."""
        key = (grant, width, *scripts)
        if not fresh and key in self._kept:
            page = self._kept[key]
            page.evaluate(BEGINS)
            show_notebook(page, name)
            return page
        context = self._chromiums.get(grant=grant).new_context(
            viewport={"width": width, "height": 900}
        )
        listen(context)
        for script in (_KEEP_FRAMES, *scripts):
            context.add_init_script(script)
        page = context.new_page()
        if fresh:
            self._own.append(context)
        else:
            self._kept[key] = page
        open_notebook(self._server, page, name)
        return page

    def leave(self, *, keep: bool) -> None:
        """Close a test's notebooks, and its pages unless others may have them."""
        for context in self._own:
            context.close()
        self._own.clear()
        for key, page in [*self._kept.items()]:
            if keep:
                page.evaluate(_CLOSE_ALL)
                page.locator(".jp-Notebook").first.wait_for(state="detached")
            else:
                page.context.close()
                del self._kept[key]
