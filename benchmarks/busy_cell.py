"""A conversation while another cell of the notebook is busy for 30 s.

In a real JupyterLab and Chromium, against a Realtime server on loopback: the longest
gap between two microphone pieces on the server's socket (each holds 100 ms), and the
longest silence inside the answer that the page plays, with the cell asleep, computing,
and, as the floor, with no cell running.

    python -m benchmarks.busy_cell [--seconds 30]
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.stage import machine, run_cells, stage
from tests.browser.sound import TAP, heard
from tests.servers.process import RealtimeServerProcess
from tests.servers.signals import check_counter

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.jupyter import JupyterServer

_SLEEP = "import time; time.sleep({seconds})"
_COMPUTE = """
import time
end = time.monotonic() + {seconds}
while time.monotonic() < end:
    pass
"""
CASES = {"no cell": "", "time.sleep": _SLEEP, "pure-Python loop": _COMPUTE}


def measure(
    server: JupyterServer, page: Page, case: str, seconds: float
) -> tuple[float, float, int, int]:
    """Longest gaps up and down in ms, pieces that came up, samples lost down."""
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
        card.get_by_role("textbox", name="Message").fill("Count")
        card.get_by_role("button", name="Send").click()
        wanted = before + int(seconds * 10)
        realtime.wait_for(lambda s: len(s.received(pieces)) >= wanted, seconds * 2)
        times = [line["t"] for line in realtime.received(pieces)[before:]]
    samples, rate = heard(page)
    report = check_counter(samples, expected=round((seconds - 3) * rate), lead=True)
    starts = [piece.at for piece in report.pieces[1:]]
    ends = [piece.at + piece.length for piece in report.pieces[:-1]]
    holes = [(s - e) / rate * 1000 for s, e in zip(starts, ends, strict=True)]
    gap = float(np.diff(times).max()) * 1000
    return gap, max(holes, default=0.0), len(times), report.lost


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=30)
    seconds = arguments.parse_args().seconds
    print(machine())
    print("| cell | pieces up | longest gap up, ms | silence inside the answer, ms |")
    print("|---|---|---|---|")
    for case in CASES:
        with stage(TAP) as (server, page):
            gap, hole, pieces, lost = measure(server, page, case, seconds)
        assert lost == 0, f"{lost} samples of the answer were not played"
        print(f"| {case} | {pieces} | {gap:.0f} | {hole:.0f} |")
    print(machine())


if __name__ == "__main__":
    main()
