"""The widget's page half alone: a plain page with a kernel made by hand."""

from __future__ import annotations

import base64
import http.server
import threading
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

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
  window.opened = { streams: [], contexts: [], early: 0 };
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
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


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
