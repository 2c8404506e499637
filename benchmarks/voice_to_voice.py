"""How long the local voice takes to answer, from the true end of a spoken question.

Ten spoken questions go in as a microphone would send them: 24 kHz in real time, small
pieces, silence between. Two moments are taken for each: the first text delta, and the
first audible sample leaving the connection. The floor of both is the moment when the
turn is known to be over: nothing may leave earlier. `in turn` is what the engines need
when they are called one after the other, from the pause on, on the same machine.

    python -m benchmarks.voice_to_voice --turns 10 --silence-ms 400 --threads 2
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import resource
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks._spoken import Turn, converse, spoken_questions
from rt_widget.backends.local import LocalBackend
from rt_widget.backends.local.clauses import Clauses
from rt_widget.backends.local.ear import as_float, resampled
from rt_widget.backends.local.engines.base import ChatMessage
from rt_widget.backends.local.loading import load
from rt_widget.backends.local.turn_detection import FRAME_MS, PAUSE_FRAMES
from rt_widget.config import ServerVad, SessionConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rt_widget.backends.local.engines.base import Engines


async def main() -> None:
    options = _options()
    backend = LocalBackend(threads=options.threads)
    started = time.perf_counter()
    await backend.prepare()
    loading = time.perf_counter() - started
    engines = (await load(backend._recipe)).engines  # noqa: SLF001
    questions = spoken_questions(options, engines)
    print(_machine(options, loading))
    vad = ServerVad(silence_duration_ms=options.silence_ms)
    config = backend.adjust(SessionConfig(turn_detection=vad)).config
    connection = await backend.connect(config)
    lags: list[float] = []
    ticking = asyncio.create_task(_measure_lag(lags))
    await asyncio.sleep(options.settle)
    turns = await converse(connection, questions, options.piece_ms)
    ticking.cancel()
    await connection.close()
    _print_turns(turns)
    _print_summary(turns, lags, _in_turn(engines, questions, config))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=10)
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--silence-ms", type=int, default=400)
    parser.add_argument("--piece-ms", type=int, default=20)
    parser.add_argument("--settle", type=float, default=3.0)
    parser.add_argument("--espeak", action="store_true", help="a robot asks")
    parser.add_argument("--wav-dir", type=Path, help="WAV files, named by question")
    return parser.parse_args()


async def _measure_lag(lags: list[float]) -> None:
    clock = asyncio.get_running_loop().time
    while True:
        due = clock() + 0.005
        await asyncio.sleep(0.005)
        lags.append((clock() - due) * 1000)


@dataclass
class InTurn:
    """Medians of the engines alone, in ms after the true end of speech."""

    text: float
    sound: float


def _in_turn(
    engines: Engines, questions: Sequence[tuple[str, bytes]], config: SessionConfig
) -> InTurn:
    texts, sounds = [], []
    pause = PAUSE_FRAMES * FRAME_MS
    detection = config.turn_detection
    assert isinstance(detection, ServerVad)
    for words, pcm in questions:
        del words
        text, sound = _engines_alone(engines, pcm, config)
        texts.append(max(pause + text, detection.silence_duration_ms))
        sounds.append(max(pause + sound, detection.silence_duration_ms))
    return InTurn(statistics.median(texts), statistics.median(sounds))


def _engines_alone(
    engines: Engines, pcm: bytes, config: SessionConfig
) -> tuple[float, float]:
    """Milliseconds to the first word and to the first spoken clause."""
    started = time.perf_counter()

    def elapsed() -> float:
        return (time.perf_counter() - started) * 1000

    heard = engines.asr.transcribe(as_float(resampled(pcm)), lambda: False)
    moments: list[float] = []
    clauses = Clauses()

    def on_delta(delta: str) -> bool:
        if delta and not moments:
            moments.append(elapsed())
        ready = clauses.feed(delta)
        if ready:
            _speak(engines, ready[0].text)
            moments.append(elapsed())
        return not ready

    messages = (ChatMessage("system", config.system), ChatMessage("user", heard))
    engines.llm.chat(messages, temperature=0.8, max_tokens=60, on_delta=on_delta)
    if len(moments) < 2:
        moments.append(elapsed())
    return moments[0], moments[1]


def _speak(engines: Engines, text: str) -> None:
    next(iter(engines.tts.speak(text, voice="heart", speed=1.0)))


def _machine(options: argparse.Namespace, loading: float) -> str:
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {sys.version.split()[0]}"
        f", load {load}; loaded in {loading:.1f} s; threads "
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


def _print_summary(turns: Sequence[Turn], lags: list[float], alone: InTurn) -> None:
    def column(moment: Callable[[Turn], float]) -> tuple[float, float]:
        values = sorted(turn.after_end_ms(moment(turn)) for turn in turns)
        return statistics.median(values), float(np.percentile(values, 90))

    print(f"\n{'':13}{'p50':>7}{'p90':>7}{'floor':>7}{'ratio':>7}{'in turn':>9}   ms")
    text, sound = column(lambda t: t.first_text), column(lambda t: t.first_sound)
    floor, late = column(lambda t: t.vad_stop)
    print(f"VAD stop     {floor:7.0f}{late:7.0f}")
    for name, (p50, p90), engines in (
        ("first text", text, alone.text),
        ("first audio", sound, alone.sound),
    ):
        ratio = p50 / floor
        print(f"{name:13}{p50:7.0f}{p90:7.0f}{floor:7.0f}{ratio:7.2f}{engines:9.0f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    per_megabyte = 1024 if sys.platform == "linux" else 1024 * 1024
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    print(
        f"\nRSS peak {peak / per_megabyte:,.0f} MB, load {load}; loop lag p99 "
        f"{np.percentile(lags, 99):.1f} ms, max {max(lags):.1f} ms; "
        f"longest gap in an answer {max(t.longest_gap_ms for t in turns):.0f} ms"
    )


if __name__ == "__main__":
    asyncio.run(main())
