"""The widget's page half alone: a plain page with a kernel made by hand."""

from __future__ import annotations

import base64
import http.server
import threading
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.browser.sound import listen
from tests.speech import write_wav

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray
    from playwright.sync_api import Page

    from tests.browser.chromium import Chromiums

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "rt_widget" / "static"
FILES = {
    "/alone.html": HERE / "alone.html",
    "/alone.js": HERE / "alone.js",
    "/widget.js": STATIC / "widget.js",
    "/widget.css": STATIC / "widget.css",
}
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}

WATCH = """
  const begin = () => {
    window.opened = { streams: [], contexts: [], early: 0 };
  };
  begin();
  window.addEventListener("test-begins", begin);
  const Original = window.AudioContext;
  window.AudioContext = class extends Original {
    constructor(...options) {
      super(...options);
      window.opened.contexts.push(this);
      if (!navigator.userActivation.hasBeenActive) window.opened.early += 1;
    }
  };
  const devices = navigator.mediaDevices;
  if (devices) {
    const ask = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (...constraints) => {
      const stream = await ask(...constraints);
      window.opened.streams.push(stream);
      return stream;
    };
  }
"""
"""Remembers each microphone and audio context, and those before any gesture."""


class _Files(http.server.BaseHTTPRequestHandler):
    def __init__(self, policy: str, *rest: object) -> None:
        self._policy = policy
        super().__init__(*rest)  # type: ignore[arg-type] # as the server calls it

    def do_GET(self) -> None:
        path = FILES.get(self.path)
        self.send_response(200 if path else 404)
        if path:
            self.send_header("Content-Type", TYPES[path.suffix])
        if self._policy:
            self.send_header("Content-Security-Policy", self._policy)
        self.end_headers()
        if path:
            self.wfile.write(path.read_bytes())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def page_server(policy: str = "") -> Iterator[int]:
    """The page on loopback, under a Content-Security-Policy; gives the port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, policy))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def pages(chromiums: Chromiums) -> Iterator[Callable[..., Page]]:
    """Opens the page alone; no page may throw.

    `alone(microphone=WAV, grant=True, policy="", host="127.0.0.1", path="alone.html")`;
    `scripts` run in the page before its own.
    """
    errors: list[str] = []
    with ExitStack() as stack:

        def show(  # noqa: PLR0913 - each is a test's own concern
            *,
            microphone: Path | None = None,
            grant: bool = True,
            policy: str = "",
            host: str = "127.0.0.1",
            path: str = "alone.html",
            scripts: Sequence[str] = (),
        ) -> Page:
            browser = chromiums.get(microphone=microphone is not None, grant=grant)
            chromiums.hear(microphone)
            context = browser.new_context()
            stack.callback(context.close)
            for script in (WATCH, *scripts):
                context.add_init_script(script)
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


def say(page: Page, samples: NDArray[np.int16], piece: int = 2400) -> None:
    """Sound of an answer, in pieces."""
    page.evaluate("(all) => window.alone.say(all)", in_pieces(samples, piece))


def kinds(page: Page, *wanted: str) -> list[str]:
    """What the page has sent of these kinds, in order."""
    sent: list[str] = page.evaluate("window.alone.sent.map(({ type }) => type)")
    return [kind for kind in sent if kind in wanted]


def says(page: Page, kind: str, count: int = 1) -> None:
    """Until the page has sent so many messages of a kind."""
    wait_for(page, f"window.alone.of('{kind}').length >= {count}")


def is_heard(page: Page, count: int) -> None:
    """Until all `count` samples of an item were played."""
    wait_for(
        page,
        "window.alone.of('played').some(({ ended, position }) =>"
        f" ended && position.played_samples === {count})",
    )


def hear_a_second(page: Page) -> None:
    """A whole short answer, heard to its end."""
    say(page, counting(24_000))
    page.evaluate("window.alone.end()")
    is_heard(page, 24_000)


def write_tone(path: Path) -> Path:
    """A WAV of one kilohertz, a minute long."""
    rate = 44_100
    wave_form = 0.36 * np.sin(2 * np.pi * 1000 * np.arange(rate * 60) / rate)
    return write_wav(path, wave_form, rate)


def counting(count: int) -> NDArray[np.int16]:
    """Samples that count up over all of 16 bits and are never 0."""
    return (np.arange(count) % 65535 + 1).astype(np.uint16).view(np.int16)


def in_pieces(samples: NDArray[np.int16], *sizes: int) -> list[str]:
    """The samples as base64 PCM16, cut at these sizes in turn."""
    pieces = []
    start = number = 0
    while start < len(samples):
        end = start + sizes[number % len(sizes)]
        pieces.append(base64.b64encode(samples[start:end].tobytes()).decode("ascii"))
        start, number = end, number + 1
    return pieces


def pitch(samples: NDArray[np.floating], rate: int) -> float:
    """Frequency of the strongest tone, in Hz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate / len(samples))
