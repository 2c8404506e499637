"""A conversation while another cell of the notebook is busy for 30 s.

In a real JupyterLab and Chromium, against a Realtime server on loopback: the gaps
between two microphone pieces on the server's socket (each holds 100 ms), the pieces
that were lost, and the longest silence inside the answer that the page plays. The cell
is asleep, computes, or waits for an answer with `ask_sync`; the floor is no cell.

    python -m benchmarks.busy_cell [--seconds 30]
"""

from __future__ import annotations

import argparse
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.stage import machine, run_cells, stage
from tests.browser.sound import TAP, heard
from tests.servers.process import RealtimeServerProcess
from tests.servers.signals import check_counter

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from playwright.sync_api import Page

    from tests.browser.jupyter import JupyterServer

_SLEEP = "import time; time.sleep({seconds})"
_COMPUTE = """
import time
end = time.monotonic() + {seconds}
while time.monotonic() < end:
    pass
"""
_ASKS = "w.ask_sync('Count')"
CASES = {
    "no cell": "",
    "time.sleep": _SLEEP,
    "pure-Python loop": _COMPUTE,
    "ask_sync": _ASKS,
}

# How many pieces of the microphone the page has sent.
_COUNT = """
(() => {
  window.__pieces = 0;
  const latin = new TextDecoder("latin1");
  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    send(data) {
      const text = typeof data === "string" ? data : latin.decode(data);
      if (/"type":"audio","seq":/.test(text)) window.__pieces += 1;
      super.send(data);
    }
  };
})();
"""


# Whether so many seconds of sound have been played, and it is quiet again.
_PLAYED = """(seconds) => {
  const { rate, loud, quiet } = window.__sound;
  return quiet && loud >= seconds * rate;
}"""


class Measured(NamedTuple):
    """Of one case; times in ms."""

    gaps: NDArray[np.float64]
    pieces_lost: int
    silence: float
    samples_lost: int


def measure(server: JupyterServer, page: Page, case: str, seconds: float) -> Measured:
    """Run one case, from making the widget to the end of the answer."""
    options = {"duration": seconds - 3, "pace": 2}
    with RealtimeServerProcess("counter", options=options) as realtime:
        cells = [
            "from rt_widget import RealtimeWidget",
            f"w = RealtimeWidget(base_url={realtime.url!r})\nw",
        ]
        run_cells(server, page, "busy.ipynb", cells)
        card = page.locator(".rt-widget").first
        card.get_by_role("button", name="Start microphone").click()
        pieces = "input_audio_buffer.append"
        realtime.wait_for(lambda s: len(s.received(pieces)) > 20, 60)
        code = CASES[case].format(seconds=seconds)
        page.evaluate(
            """(code) => {
              const { session } = window.jupyterapp.shell.currentWidget.sessionContext;
              session.kernel.requestExecute({ code });
            }""",
            code,
        )
        before = len(realtime.received(pieces))
        if case != "ask_sync":
            card.get_by_role("textbox", name="Message").fill("Count")
            card.get_by_role("button", name="Send").click()
        wanted = before + int(seconds * 10)
        realtime.wait_for(lambda s: len(s.received(pieces)) >= wanted, seconds * 2)
        times = [line["t"] for line in realtime.received(pieces)[before:]]
        page.wait_for_function(_PLAYED, arg=seconds - 3.2, timeout=60_000)
        card.get_by_role("button", name="Stop microphone").click()
        card.get_by_role("button", name="Start microphone").wait_for()
        sent = page.evaluate("() => window.__pieces")
        with suppress(TimeoutError):
            realtime.wait_for(lambda s: len(s.received(pieces)) >= sent, 10)
        lost = sent - len(realtime.received(pieces))
    samples, rate = heard(page)
    report = check_counter(samples, expected=round((seconds - 3) * rate), lead=True)
    starts = [piece.at for piece in report.pieces[1:]]
    ends = [piece.at + piece.length for piece in report.pieces[:-1]]
    holes = [(s - e) / rate * 1000 for s, e in zip(starts, ends, strict=True)]
    gaps = np.diff(times) * 1000
    return Measured(gaps, lost, max(holes, default=0.0), report.lost)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=30)
    seconds = arguments.parse_args().seconds
    print(machine())
    print(
        "| cell | pieces up | lost | gap up p50 / p95 / longest, ms "
        "| samples not played | silence inside the answer, ms |"
    )
    print("|---|---|---|---|---|---|")
    for case in CASES:
        with stage(TAP, _COUNT) as (server, page):
            seen = measure(server, page, case, seconds)
        p50, p95, longest = np.percentile(seen.gaps, [50, 95, 100])
        print(
            f"| {case} | {len(seen.gaps) + 1} | {seen.pieces_lost} "
            f"| {p50:.0f} / {p95:.0f} / {longest:.0f} "
            f"| {seen.samples_lost} | {seen.silence:.0f} |",
            flush=True,
        )
    print(machine())


if __name__ == "__main__":
    main()
