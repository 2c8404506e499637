"""How long the local voice takes to answer, from the true end of a spoken question.

Spoken questions go in as a microphone would send them: 24 kHz in real time, small
pieces, silence between. Two moments are taken for each: the first text delta, and the
first audible sample leaving the connection. The floor of both is the moment when the
turn is known to be over: nothing may leave earlier. Once with `server_vad`, once with
`semantic_vad`. Then what each engine takes by itself, and what others have published of
hosted services, which is no race: other questions, another place, far larger models.

    python -m benchmarks.voice_to_voice --turns 30 --silence-ms 400
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import statistics
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks._memory import resident_mb
from benchmarks._spoken import Turn, converse, spoken_questions
from rt_widget.backends.local import LocalBackend
from rt_widget.backends.local.loading import Recipe, load
from rt_widget.config import SemanticVad, ServerVad, SessionConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rt_widget.config import TurnDetection

_HOSTED = Path(__file__).with_name("hosted.toml")


def main() -> None:
    options = _options()
    # Engines that speak the questions would share the machine with those that answer.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        questions = apart.submit(_questions, options).result()
    asyncio.run(_converse(questions, options))
    threads = [f"--threads={options.threads}"] if options.threads else []
    subprocess.run([sys.executable, "-m", "benchmarks._stages", *threads], check=True)
    _print_hosted()


async def _converse(
    questions: Sequence[tuple[str, bytes]], options: argparse.Namespace
) -> None:
    inside = options.in_kernel
    backend = LocalBackend(threads=options.threads, engine_process=not inside)
    started = time.perf_counter()
    await backend.prepare()
    print(_machine(options, time.perf_counter() - started))
    for name, detection in _kinds(options).items():
        print(f"-- {name}\n")
        await _measure(backend, questions, detection, options)
    print(f"memory: {_megabytes():,.0f} MB in all processes, load {_load()}\n")


def _questions(options: argparse.Namespace) -> list[tuple[str, bytes]]:
    engines = asyncio.run(load(Recipe())).engines
    return spoken_questions(options, engines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=30)
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--silence-ms", type=int, default=400)
    parser.add_argument("--only", choices=("server_vad", "semantic_vad"))
    parser.add_argument("--in-kernel", action="store_true", help="no engine process")
    parser.add_argument("--piece-ms", type=int, default=20)
    parser.add_argument("--settle", type=float, default=3.0)
    parser.add_argument("--espeak", action="store_true", help="a robot asks")
    parser.add_argument("--wav-dir", type=Path, help="WAV files, named by question")
    return parser.parse_args()


def _kinds(options: argparse.Namespace) -> dict[str, TurnDetection]:
    kinds: dict[str, TurnDetection] = {
        "server_vad": ServerVad(silence_duration_ms=options.silence_ms),
        "semantic_vad": SemanticVad(),
    }
    return {options.only: kinds[options.only]} if options.only else kinds


async def _measure(
    backend: LocalBackend,
    questions: Sequence[tuple[str, bytes]],
    detection: TurnDetection,
    options: argparse.Namespace,
) -> None:
    config = backend.adjust(SessionConfig(turn_detection=detection)).config
    connection = await backend.connect(config)
    lags: list[float] = []
    ticking = asyncio.create_task(_measure_lag(lags))
    await asyncio.sleep(options.settle)
    turns = await converse(connection, questions, options.piece_ms)
    ticking.cancel()
    await connection.close()
    _print_turns(turns)
    _print_summary(turns, lags)


async def _measure_lag(lags: list[float]) -> None:
    clock = asyncio.get_running_loop().time
    while True:
        due = clock() + 0.02
        await asyncio.sleep(0.02)
        lags.append((clock() - due) * 1000)


def _load() -> str:
    return " ".join(f"{each:.1f}" for each in os.getloadavg())


def _megabytes() -> float:
    """Of this process and the engines' own."""
    command = ["ps", "-eo", "pid=,ppid=,args="]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    table = told.stdout
    lines = [line.split(maxsplit=2) for line in table.splitlines()]
    own = [
        int(pid)
        for pid, parent, command in lines
        if int(parent) == os.getpid() and "engine_process" in command
    ]
    return resident_mb() + sum(map(resident_mb, own))


def _print_hosted() -> None:
    print("\nPublished of hosted services, from the end of speech to the answer:")
    for each in tomllib.loads(_HOSTED.read_text("utf-8"))["service"]:
        print(
            f"{each['median_ms']:6} ms  {each['name']}: {each['source']}, "
            f"{each['date']}; {each['measured']}"
        )


def _machine(options: argparse.Namespace, loading: float) -> str:
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {sys.version.split()[0]}"
        f", load {_load()}; loaded in {loading:.1f} s; threads "
        f"{options.threads or 'by load'}, VAD silence {options.silence_ms} ms, "
        f"pieces of {options.piece_ms} ms\n"
    )


def _print_turns(turns: Sequence[Turn]) -> None:
    print("  VAD stop  first text  first audio  gap   (ms after the true end)")
    for turn in turns:
        print(
            f"{turn.after_end_ms(turn.vad_stop):10.0f}"
            f"{turn.after_end_ms(turn.first_text):12.0f}"
            f"{turn.after_end_ms(turn.first_sound):13.0f}"
            f"{turn.longest_gap_ms:5.0f}   {turn.heard} -> {turn.answer}"
        )


def _print_summary(turns: Sequence[Turn], lags: list[float]) -> None:
    def column(moment: Callable[[Turn], float]) -> tuple[float, float]:
        values = sorted(turn.after_end_ms(moment(turn)) for turn in turns)
        return statistics.median(values), float(np.percentile(values, 90))

    print(f"\n{'':13}{'p50':>7}{'p90':>7}{'floor':>7}{'ratio':>7}   ms")
    floor, late = column(lambda t: t.vad_stop)
    print(f"VAD stop     {floor:7.0f}{late:7.0f}")
    for name, (p50, p90) in (
        ("first text", column(lambda t: t.first_text)),
        ("first audio", column(lambda t: t.first_sound)),
    ):
        print(f"{name:13}{p50:7.0f}{p90:7.0f}{floor:7.0f}{p50 / floor:7.2f}")
    print(
        f"\nload {_load()}; loop lag p99 {np.percentile(lags, 99):.1f} ms, max "
        f"{max(lags):.1f} ms; longest gap in an answer "
        f"{max(t.longest_gap_ms for t in turns):.0f} ms\n"
    )


if __name__ == "__main__":
    main()
