"""The engines in the kernel's process, and in a child of it, beside a busy cell.

Spoken questions are put to the local voice in real time, from a kernel that is quiet,
from one that computes in pure Python, and from one whose cell calls C code that keeps
the interpreter to itself for some hundredths of a second at a time. For each:
milliseconds from the true end of speech to the first sound that reaches the kernel's
loop, the longest silence inside an answer, and how late that loop is. Then the memory
of the kernel and its child: with a session, and once the last holder of the engines
is gone. The floor of each line is the quiet kernel of its own kind.

    python -m benchmarks.engine_process [--turns 4]
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import platform
import statistics
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from typing import TYPE_CHECKING

import numpy as np

from benchmarks._memory import resident_mb
from benchmarks._spoken import converse, spoken_questions
from rt_widget.backends.local import LocalBackend
from rt_widget.backends.local.loading import Recipe, load
from rt_widget.config import ServerVad, SessionConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks._spoken import Turn

PIECE_MS = 100
TICK_S = 0.005
LIVE_SWITCH_INTERVAL_S = 0.001
NUMBERS: list[float] = np.random.default_rng(1).random(100_000).tolist()


def _computes() -> None:
    end = time.monotonic() + 0.1
    while time.monotonic() < end:
        pass


def _sorts() -> None:
    sorted(NUMBERS)


CELLS: dict[str, Callable[[], None] | None] = {
    "quiet": None,
    "pure-Python loop": _computes,
    "sorting in C": _sorts,
}


async def main() -> None:
    options = _options()
    sys.setswitchinterval(LIVE_SWITCH_INTERVAL_S)
    # Engines that were here before would be counted to the kernel.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        questions = apart.submit(_questions, options).result()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {_load()}")
    print(
        "| engines | cell | first sound p50 / max, ms | ratio | worst gap, ms "
        "| loop late p50 / p99 / max, ms |\n|---|---|---|---|---|---|"
    )
    memory = [
        await _measure(questions, engine_process=engine_process)
        for engine_process in (True, False)
    ]
    print(
        "\n| engines | kernel before, MB | kernel + child, MB | after the end, MB |"
        "\n|---|---|---|---|"
    )
    for line in memory:
        print(line)
    print(f"\nload {_load()}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=4)
    return parser.parse_args(namespace=argparse.Namespace(wav_dir=None, espeak=False))


def _questions(options: argparse.Namespace) -> list[tuple[str, bytes]]:
    return spoken_questions(options, asyncio.run(load(Recipe())).engines)


async def _measure(
    questions: Sequence[tuple[str, bytes]], *, engine_process: bool
) -> str:
    """Print a line for each cell; gives that of the memory."""
    name = "child" if engine_process else "kernel"
    backend = LocalBackend(engine_process=engine_process)
    before = resident_mb()
    await backend.prepare()
    floor = 0.0
    for cell, work in CELLS.items():
        with _busy(work):
            turns, lags = await _talk(backend, questions)
        sounds = [turn.after_end_ms(turn.first_sound) for turn in turns]
        p50 = statistics.median(sounds)
        floor = floor or p50
        late = " / ".join(f"{np.percentile(lags, each):.0f}" for each in (50, 99, 100))
        gap = max(turn.longest_gap_ms for turn in turns)
        print(
            f"| {name} | {cell} | {p50:.0f} / {max(sounds):.0f} | {p50 / floor:.2f} "
            f"| {gap:.0f} | {late} |",
            flush=True,
        )
    child = _child_of(backend)
    used = f"{resident_mb():.0f} + {resident_mb(child) if child else 0:.0f}"
    del backend
    gc.collect()
    await asyncio.sleep(1.0)
    left = f"{resident_mb():.0f} + {resident_mb(child) if child else 0:.0f}"
    return f"| {name} | {before:.0f} | {used} | {left} |"


def _child_of(backend: LocalBackend) -> int | None:
    process = getattr(backend._home, "process", None)  # noqa: SLF001
    return process and int(process.pid)


@contextmanager
def _busy(work: Callable[[], None] | None) -> Iterator[None]:
    """Do it again and again in a thread, as a cell would beside the loop."""
    if work is None:
        yield
        return
    over = threading.Event()

    def run() -> None:
        while not over.is_set():
            work()

    cell = threading.Thread(target=run)
    cell.start()
    try:
        yield
    finally:
        over.set()
        cell.join()


async def _talk(
    backend: LocalBackend, questions: Sequence[tuple[str, bytes]]
) -> tuple[list[Turn], list[float]]:
    config = backend.adjust(SessionConfig()).config
    vad = ServerVad(silence_duration_ms=400)
    connection = await backend.connect(replace(config, turn_detection=vad))
    lags: list[float] = []
    ticking = asyncio.create_task(_measure_lag(lags))
    try:
        return await converse(connection, questions, PIECE_MS), lags
    finally:
        ticking.cancel()
        await connection.close()


async def _measure_lag(lags: list[float]) -> None:
    clock = asyncio.get_running_loop().time
    while True:
        due = clock() + TICK_S
        await asyncio.sleep(TICK_S)
        lags.append((clock() - due) * 1000)


def _load() -> str:
    return " ".join(f"{each:.1f}" for each in os.getloadavg())


if __name__ == "__main__":
    asyncio.run(main())
