"""What the widget adds to a conversation, in a real JupyterLab and Chromium.

Against a Realtime server on loopback that sends twice as fast as real time:

- up: a microphone chunk is complete in the page's worklet -> it is on the server's
  socket;
- down: an answer's first delta is on the server's socket -> its first sample is
  rendered.

The floor beside them is the transport's own, from the same run: a bare widget whose
page sends a message of the same size and whose kernel pushes a trait of the same size
and nothing else. `noted floor` is the same on a quiet machine (two cores, 2026-11).

    python -m benchmarks.added_latency [--answers 30] [--seconds 20]
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.stage import machine, run_cells, stage
from tests.servers.process import RealtimeServerProcess

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page

    from tests.browser.jupyter import JupyterServer

# Jupyter's kernel socket is binary, with the JSON of the message inside.
_KEEP_SENT = r"""
(() => {
  window.__mic = []; window.__played = [];
  const send = WebSocket.prototype.send;
  const latin = new TextDecoder("latin1");
  WebSocket.prototype.send = function (data) {
    const text = typeof data === "string" ? data : latin.decode(data);
    const mic = /"type":"audio","seq":(\d+),"at":(\d+),"audio":"(.{0,60})/.exec(text);
    if (mic) window.__mic.push([Number(mic[2]), mic[3]]);
    if (text.includes('"type":"played"') && text.includes('"played_samples":0}'))
      window.__played.push(Number(/"at":(\d+)/.exec(text)[1]));
    return send.call(this, data);
  };
})();
"""

_FLOOR_WIDGET = '''
import threading, time, anywidget, traitlets
class Floor(anywidget.AnyWidget):
    _esm = """
    export default { render({ model, el }) {
      el.className = "floor";
      model.on("change:down", () => {
        const { at } = model.get("down");
        if (at) (window.__down ??= []).push(Date.now() - at * 1000);
      });
      let n = 0;
      const audio = "A".repeat(6400);
      const timer = setInterval(() => {
        model.send({ at: performance.timeOrigin + performance.now(), audio });
        if (++n === 60) { clearInterval(timer); el.textContent = "done"; }
      }, 100);
    } };
    """
    down = traitlets.Dict().tag(sync=True)
floor = Floor(); up = []
floor.on_msg(lambda _, content, __: up.append(time.time() * 1000 - content["at"]))
if hasattr(floor.comm, "_reply_subshell_for"):
    floor.comm._reply_subshell_for = lambda _, default: default
def push():
    time.sleep(1)
    for n in range(60):
        floor.down = {"at": time.time(), "n": n, "audio": "A" * 6400}
        time.sleep(0.1)
threading.Thread(target=push, daemon=True).start()
floor
'''

SETTLING_MS = 1000
"""What was said while the session opened is not counted."""

NOTED_FLOOR = {"up": (4.7, 6.2), "down": (17.0, 60.0)}
"""p50 and p95 in ms of the bare transport on a quiet two-core machine."""


@dataclass
class Row:
    """One measured way."""

    name: str
    values: Sequence[float]
    floor: Sequence[float]
    noted: tuple[float, float]

    def __str__(self) -> str:
        p50, p95 = np.percentile(self.values, [50, 95])
        f50, f95 = np.percentile(self.floor, [50, 95]) if self.floor else (0.0, 0.0)
        ratio = p50 / f50 if f50 else float("nan")
        return (
            f"| {self.name} | {len(self.values)} | {p50:.1f} | {p95:.1f} "
            f"| {f50:.1f} / {f95:.1f} | {self.noted[0]:.1f} / {self.noted[1]:.1f} "
            f"| {ratio:.1f} |"
        )


def measure_floor(server: JupyterServer, page: Page) -> tuple[list[float], list[float]]:
    """The bare transport's times up and down, in ms."""
    run_cells(server, page, "floor.ipynb", [_FLOOR_WIDGET, "import json"])
    page.get_by_text("done", exact=True).wait_for(timeout=60_000)
    page.wait_for_function("() => (window.__down ?? []).length >= 60")
    down: list[float] = page.evaluate("() => window.__down")
    up = page.evaluate(
        """() => new Promise((resolve) => {
          const { session } = window.jupyterapp.shell.currentWidget.sessionContext;
          const code = "print(json.dumps(up))";
          session.kernel.requestExecute({ code }).onIOPub = ({ header, content }) => {
            if (header.msg_type === "stream") resolve(content.text);
          };
        })"""
    )
    return json.loads(up), down


def measure_widget(
    server: JupyterServer, page: Page, *, answers: int, seconds: float
) -> tuple[list[float], list[float]]:
    """The widget's times up and down, in ms."""
    options = {"duration": 1, "pace": 2}
    with RealtimeServerProcess("counter", options=options) as realtime:
        cells = [
            "from rt_widget import RealtimeWidget",
            f"w = RealtimeWidget(base_url={realtime.url!r})\nw",
        ]
        run_cells(server, page, "widget.ipynb", cells)
        card = page.locator(".rt-widget").first
        card.get_by_role("button", name="Start microphone").click()
        wanted = int(seconds * 10)
        page.wait_for_function(
            "(n) => window.__mic.length >= n", arg=wanted, timeout=120_000
        )
        for number in range(answers):
            card.get_by_role("textbox", name="Message").fill("Count")
            card.get_by_role("button", name="Send").click()
            page.wait_for_function(
                "(n) => window.__played.length >= n", arg=number + 1, timeout=30_000
            )
            page.wait_for_timeout(1300)
        return _up(realtime, page), _down(realtime, page)


def _up(realtime: RealtimeServerProcess, page: Page) -> list[float]:
    ready = realtime.sent("session.updated")[0]["t"] * 1000 + SETTLING_MS
    sent = page.evaluate("() => window.__mic")
    made = {audio: at for at, audio in sent if at > ready}
    took = []
    for line in realtime.received("input_audio_buffer.append"):
        at = made.get(line["event"]["audio"][:60])
        if at is not None:
            took.append(line["t"] * 1000 - at)
    return took


def _down(realtime: RealtimeServerProcess, page: Page) -> list[float]:
    firsts: dict[str, float] = {}
    for line in realtime.sent("response.output_audio.delta"):
        firsts.setdefault(line["event"]["response_id"], line["t"] * 1000)
    rendered: list[float] = page.evaluate("() => window.__played")
    return [at - sent for sent, at in zip(firsts.values(), rendered, strict=False)]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--answers", type=int, default=30)
    arguments.add_argument("--seconds", type=float, default=20)
    given = arguments.parse_args()
    print(machine())
    with stage(_KEEP_SENT) as (server, page):
        floor_up, floor_down = measure_floor(server, page)
        up, down = measure_widget(
            server, page, answers=given.answers, seconds=given.seconds
        )
    print(
        "| way | n | p50 ms | p95 ms | floor p50/p95 | noted floor | ratio to floor |"
    )
    print("|---|---|---|---|---|---|---|")
    up_name = "microphone chunk -> server socket"
    down_name = "first delta on the socket -> first sample rendered"
    print(Row(up_name, up, floor_up, NOTED_FLOOR["up"]))
    print(Row(down_name, down, floor_down, NOTED_FLOOR["down"]))
    print(machine())


if __name__ == "__main__":
    main()
