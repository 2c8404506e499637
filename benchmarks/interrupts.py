"""The stop button of a notebook while a cell waits for an answer.

In a real kernel, against a Realtime server on loopback that answers for a minute. From
the interrupt until the prompt is back, and until `response.cancel` is at the server;
after each interrupt the next cell runs, and the next question is answered. The floor is
the same cell with `time.sleep(60)`, or with `await asyncio.sleep(60)` beside a task
that wakes the notebook's loop as often as the widget does.

    python -m benchmarks.interrupts [--times 50]
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.stage import machine
from tests.conftest import Wire
from tests.kernel.interrupts import MAKE, SCENARIO, WAITS, interrupted
from tests.kernel.kernel import Kernel
from tests.servers.process import RealtimeServerProcess

if TYPE_CHECKING:
    from collections.abc import Sequence

FLOORS = {
    "time.sleep(60)": "import time; print('in'); time.sleep(60)",
    "await asyncio.sleep(60)": """
import asyncio
async def wake():
    while True:
        await asyncio.sleep(0.05)
waking = asyncio.create_task(wake())
print('in')
await asyncio.sleep(60)
""",
}

LIMIT_S = 0.5


def floor(kernel: Kernel, code: str, times: int) -> list[float]:
    """Seconds until the prompt is back, without the widget."""
    seconds = []
    for _ in range(times):
        cell = kernel.start(code)
        kernel.says(cell, "in")
        start = time.time()
        kernel.interrupt()
        seconds.append(kernel.ended(cell).at - start)
        kernel.run("globals().get('waking') and waking.cancel()")
    return seconds


def measured(kernel: Kernel, code: str, times: int) -> tuple[list[float], list[float]]:
    """Seconds until the prompt is back, and until the server is told."""
    with RealtimeServerProcess(options={"pace": 0}) as server:
        wire = Wire(server, SCENARIO)
        kernel.run(MAKE.format(url=server.url, model=wire.model))
        found = list(interrupted(kernel, wire, code, times))
        kernel.run("w.close()")
    return [each.prompt_s for each in found], [each.cancel_s for each in found]


def row(name: str, prompt: Sequence[float], cancel: Sequence[float] = ()) -> str:
    """A line of the table, in milliseconds."""
    in_time = sum(each <= LIMIT_S for each in prompt)
    cells = [name, f"{in_time} of {len(prompt)}", _middle_and_most(prompt)]
    return f"| {' | '.join([*cells, _middle_and_most(cancel)])} |"


def _middle_and_most(seconds: Sequence[float]) -> str:
    if not seconds:
        return "-"
    return f"{np.median(seconds) * 1000:.0f} / {max(seconds) * 1000:.0f}"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--times", type=int, default=50)
    times = arguments.parse_args().times
    print(machine())
    print(
        f"| the cell | prompt within {LIMIT_S} s | prompt back, median / longest, ms "
        "| cancel at the server, median / longest, ms |"
    )
    print("|---|---|---|---|")
    with Kernel() as kernel:
        for name, code in FLOORS.items():
            print(row(f"floor: `{name}`", floor(kernel, code, times)), flush=True)
        for name, code in WAITS.items():
            print(row(f"`{name}`", *measured(kernel, code, times)), flush=True)
    print(machine())


if __name__ == "__main__":
    main()
