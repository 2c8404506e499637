"""What a card costs, in a real JupyterLab and Chromium: idle, and while one talks.

Talking is microphone up and sound down at the same time, in pieces of 100 ms, with the
card on screen. Beside it stands the bare transport, a widget that does that and
nothing else. The two take turns, each with a page, a kernel and a server of its own;
figures are per cent of one core, medians over the rounds. Idle is measured once, when
the page's sound card has gone to sleep.

    python -m benchmarks.cost [--rounds 2] [--seconds 12]
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.stage import machine, run_cells, stage
from tests.browser.alone import WATCH
from tests.servers.process import RealtimeServerProcess

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from playwright.sync_api import Page

    from tests.browser.jupyter import JupyterServer

PARTS = ("server", "kernel", "browser", "network", "renderer", "gpu")
SETTLING_MS = 4000
IDLE_GOAL, TALKING_GOAL = 2.0, 1.3
_MARKS = {
    "-m jupyterlab": "server",
    "ipykernel_launcher": "kernel",
    "--type=renderer": "renderer",
    "--type=gpu-process": "gpu",
    "network.mojom.NetworkService": "network",
    "audio.mojom.AudioService": "audio",
    "--type=": "",
    "--headless": "browser",
}
"""The first that stands in a process's command says which part it is."""


# For some seconds after it was needed, or may be, a page's sound card stays awake.
_ASLEEP = "() => window.opened.contexts.every(({ state }) => state !== 'running')"


@dataclass
class Cost:
    """CPU of one widget, in per cent of a core by part; talking has one a round."""

    idle: list[Mapping[str, float]] = field(default_factory=list)
    talking: list[Mapping[str, float]] = field(default_factory=list)


def _descendants() -> Iterator[tuple[int, str]]:
    """Processes that this one has started, and theirs, with their commands."""
    parents: dict[int, int] = {}
    commands: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_text(errors="replace")
            ppid = (folder / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        parents[int(folder.name)] = int(ppid)
        commands[int(folder.name)] = command.replace("\0", " ")
    for pid, command in commands.items():
        above = pid
        while above in parents and above != os.getpid():
            above = parents[above]
        if above == os.getpid() != pid:
            yield pid, command


def _used() -> dict[int, tuple[str, float]]:
    """Seconds of CPU that each process has used so far, with its part."""
    used = {}
    tick = os.sysconf("SC_CLK_TCK")
    for pid, command in _descendants():
        part = next((part for mark, part in _MARKS.items() if mark in command), "")
        try:
            stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        used[pid] = (part, (int(stat[11]) + int(stat[12])) / tick)
    return used


def measure(page: Page, seconds: float) -> dict[str, float]:
    """Per cent of a core that each part uses during so many seconds."""
    page.wait_for_timeout(SETTLING_MS)
    before, begun = _used(), time.monotonic()
    page.wait_for_timeout(seconds * 1000)
    after, took = _used(), time.monotonic() - begun
    cost: defaultdict[str, float] = defaultdict(float)
    for pid, (part, cpu) in after.items():
        cost[part] += (cpu - before.get(pid, ("", 0.0))[1]) / took * 100
    return dict(cost)


def bare(server: JupyterServer, page: Page, seconds: float, cost: Cost) -> None:
    """One round of the bare transport."""
    run_cells(server, page, "bare.ipynb", ["from benchmarks._bare import Bare\nBare()"])
    button = page.get_by_role("button", name="Start bare transport")
    button.wait_for()
    if not cost.idle:
        cost.idle.append(measure(page, seconds))
    button.click()
    cost.talking.append(measure(page, seconds))


def widget(server: JupyterServer, page: Page, seconds: float, cost: Cost) -> None:
    """One round of the card."""
    options = {"duration": 2 * seconds + 20, "pace": 1}
    with RealtimeServerProcess("counter", options=options) as realtime:
        cells = [
            "from rt_widget import RealtimeWidget",
            f"w = RealtimeWidget(base_url={realtime.url!r})\nw",
        ]
        run_cells(server, page, "widget.ipynb", cells)
        card = page.locator(".rt-widget").first
        card.get_by_role("button", name="Connect", exact=True).click()
        card.get_by_role("button", name="Disconnect").wait_for()
        if not cost.idle:
            page.wait_for_function(_ASLEEP, timeout=60_000, polling=1000)
            cost.idle.append(measure(page, seconds))
        card.get_by_role("button", name="Start microphone").click()
        card.get_by_role("textbox", name="Message").fill("Count")
        card.get_by_role("button", name="Send").click()
        before = len(realtime.received("input_audio_buffer.append"))
        cost.talking.append(measure(page, seconds))
        pieces = len(realtime.received("input_audio_buffer.append")) - before
        assert pieces >= 9 * seconds, f"only {pieces} pieces of sound went up"


def _medians(rounds: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {
        part: statistics.median(each.get(part, 0.0) for each in rounds)
        for part in PARTS
    }


def _sums(rounds: Sequence[Mapping[str, float]]) -> list[float]:
    return [sum(each.get(part, 0.0) for part in PARTS) for each in rounds]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=2)
    arguments.add_argument("--seconds", type=float, default=12)
    given = arguments.parse_args()
    print(machine())
    costs = {"bare transport": Cost(), "card": Cost()}
    with stage(WATCH) as (server, page):
        for _ in range(given.rounds):
            for name, run in zip(costs, (bare, widget), strict=True):
                run(server, page, given.seconds, costs[name])
                page.goto("about:blank")
                server.stop_kernels()
    print(f"| % of a core | {' | '.join(PARTS)} | sum | lowest to highest |")
    print(f"|---|{'---|' * (len(PARTS) + 2)}")
    for state in ("idle", "talking"):
        for name, cost in costs.items():
            rounds = getattr(cost, state)
            shown = [f"{value:.1f}" for value in _medians(rounds).values()]
            sums = _sums(rounds)
            middle = statistics.median(sums)
            print(
                f"| {name}, {state} | {' | '.join(shown)} | {middle:.1f} "
                f"| {min(sums):.1f} to {max(sums):.1f} |"
            )
    idle = _medians(costs["card"].idle)["renderer"]
    bare_sum, card_sum = (
        statistics.median(_sums(cost.talking)) for cost in costs.values()
    )
    ratio = card_sum / bare_sum
    print(f"idle card, page: {idle:.1f} % of a core (goal: {IDLE_GOAL})")
    print(f"talking, card to bare transport: {ratio:.2f} (goal: {TALKING_GOAL})")
    print(machine())


if __name__ == "__main__":
    main()
