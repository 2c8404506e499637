"""Cells that wait for an answer, interrupted while it is being given."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Wire
    from tests.kernel.kernel import Kernel

WAITS = {
    "await w.ask(…)": "await w.ask('slowly')",
    "w.ask_sync(…)": "w.ask_sync('slowly')",
    "for chunk in w.stream(…)": "for chunk in w.stream('slowly'): pass",
    "async for chunk in w.stream(…)": "async for chunk in w.stream('slowly'): pass",
    "for, in the body of the loop": """
import time
stream = w.stream('slowly')
for chunk in stream:
    time.sleep(60)
""",
    "async for, in the body of the loop": """
import asyncio
stream = w.stream('slowly')
async for chunk in stream:
    await asyncio.sleep(60)
""",
    "w.ask_sync(…) in a cell with await": """
import asyncio
await asyncio.sleep(0)
w.ask_sync('slowly')
""",
    "await w.say(…)": "await w.say('slowly')",
}
"""Ways of waiting for an answer that goes on for a minute, by name."""

MAKE = """
from rt_widget import RealtimeWidget
w = RealtimeWidget(base_url={url!r}, model={model!r}, voice="none")
print((await w.ask("Hello")).text)
"""

SCENARIO = "as_asked,words=1200,interval=0.05"


@dataclass(frozen=True, slots=True)
class Interrupted:
    """One interrupt: seconds until the prompt was back, and until the cancel came."""

    prompt_s: float
    cancel_s: float


def interrupted(
    kernel: Kernel, wire: Wire, code: str, times: int
) -> Iterator[Interrupted]:
    """Interrupt a cell again and again; between, the widget answers as before."""
    for _ in range(times):
        yield _interrupted_once(kernel, wire, code)


def _interrupted_once(kernel: Kernel, wire: Wire, code: str) -> Interrupted:
    before = _told(wire)
    cell = kernel.start(code)
    wire.wait(lambda w: _told(w).words > before.words)
    start = time.time()
    kernel.interrupt()
    ended = kernel.ended(cell)
    assert ended.error in ("KeyboardInterrupt", "CancelledError"), ended
    wire.wait(lambda w: len(_told(w).cancels) > len(before.cancels))
    assert kernel.run("print(6 * 7)") == "42\n"
    again = kernel.run("print((await w.ask('Again')).text, w.status)")
    assert again == "You said: Again ready\n"
    (cancel,) = _told(wire).cancels[len(before.cancels) :]
    return Interrupted(ended.at - start, cancel - start)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the server's log tells: words sent, and when cancels came (`time.time`)."""

    words: int
    cancels: list[float]


def _told(wire: Wire) -> _Told:
    lines = wire.server.log()
    opened = (line for line in lines if line["kind"] == "opened")
    mine = {line["connection"] for line in opened if line["model"] == wire.model}
    told = [
        (line["t"], line["type"])
        for line in lines
        if line["connection"] in mine and line["kind"] in ("sent", "received")
    ]
    return _Told(
        words=sum(kind == "response.output_text.delta" for _, kind in told),
        cancels=[at for at, kind in told if kind == "response.cancel"],
    )
