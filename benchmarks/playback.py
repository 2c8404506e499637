"""Long answers over a bad line, in JupyterLab and Chromium, at the speed of a person.

An answer that comes in bursts, and one that is sent in real time through a proxy with
1 % of lost packets and 200 ms of jitter: what was lost, repeated, out of order; where
it ran dry, and what the card says about that.

    python -m benchmarks.playback [--seconds 600]
"""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

from benchmarks.stage import machine, run_cells, stage
from tests.browser.fades import without_fades
from tests.browser.sound import TAP, heard
from tests.browser.talk import widget_cells_at
from tests.browser.test_playback_network import UNEVEN
from tests.servers.chaos import ChaosProxy, Line
from tests.servers.process import RealtimeServerProcess
from tests.servers.signals import check_counter

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.jupyter import JupyterServer

RATE = 24_000


def measure(server: JupyterServer, page: Page, url: str, seconds: float) -> str:
    """A row: what was played of an answer of that length."""
    run_cells(server, page, "playback.ipynb", widget_cells_at(url))
    card = page.locator(".rt-widget").first
    card.get_by_role("textbox", name="Message").fill("Count")
    card.get_by_role("button", name="Send").click()
    page.wait_for_function(
        """(samples) => {
          const { blocks, edges } = window.__sound;
          return blocks.length * 2400 >= samples && edges.at(-1)?.loud === false
            && blocks.slice(-20).every((b) => b.every((x) => x === 0));
        }""",
        arg=seconds * RATE,
        timeout=(seconds + 120) * 1000,
        polling=1000,
    )
    samples, rate = heard(page)
    assert rate == RATE
    report = check_counter(
        without_fades(samples), expected=round(seconds * RATE), lead=True
    )
    dry = [f"{piece.position / RATE:.1f}" for piece in report.pieces[1:]]
    gaps = card.get_by_text(re.compile(r"^\d+ gaps?$"))
    shown = gaps.text_content() if gaps.is_visible() else "no gaps"
    return (
        f"{report.lost} | {report.repeated} | {report.reordered} "
        f"| {', '.join(dry) or 'nowhere'} | {shown}"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=600)
    seconds = arguments.parse_args().seconds
    print(machine())
    print("| answer | lost | repeated | reordered | ran dry at s | the card says |")
    print("|---|---|---|---|---|---|")
    cases = {
        "in bursts": ("burst", {}, Line()),
        "1 % loss, 200 ms jitter": ("counter", {"pace": 1}, UNEVEN),
    }
    for name, (scenario, more, line) in cases.items():
        options = {"duration": seconds, **more}
        with (
            RealtimeServerProcess(scenario, options=options) as realtime,
            ChaosProxy(realtime.port, line) as proxy,
            stage(TAP) as (server, page),
        ):
            print(f"| {name} | {measure(server, page, proxy.url, seconds)} |")
    print(machine())


if __name__ == "__main__":
    main()
