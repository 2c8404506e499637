"""Four spoken conversations at once on one set of engines.

Each session is asked its questions in real time, as a microphone would send them, and
asks the next once the last is answered. The same questions are put to one session
alone before, in the same run: that is the floor. `first sound` is from the true end of
speech to the first audible sample; `worst gap` is the longest silence inside an
answer; memory is that of the process, after one session and after four.

    python -m benchmarks.four_sessions [--turns 5] [--sessions 4]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import statistics
from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks._memory import resident_mb
from benchmarks._spoken import converse, spoken_questions
from rt_widget.backends.local import LocalBackend
from rt_widget.backends.local.loading import Recipe, load
from rt_widget.config import ServerVad, SessionConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks._spoken import Turn

PIECE_MS = 20


async def main() -> None:
    options = _options()
    backend = LocalBackend(engine_process=False)
    before = resident_mb()
    await backend.prepare()
    loaded = resident_mb()
    engines = (await load(Recipe())).engines
    questions = spoken_questions(options, engines)
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {_load()}")
    print("| session | answered | first sound p50 / max, ms | worst gap, ms |")
    print("|---|---|---|---|")
    alone = await _talk(backend, questions)
    _print("alone", alone)
    one = resident_mb()
    several = await asyncio.gather(
        *(
            _talk(backend, questions[start:] + questions[:start])
            for start in range(options.sessions)
        )
    )
    for number, turns in enumerate(several, 1):
        _print(f"{number} of {options.sessions}", turns)
    four = resident_mb()
    floor, medians = _p50(alone), [_p50(turns) for turns in several]
    print(
        f"\np50 beside others / alone: {statistics.median(medians) / floor:.1f}; "
        f"slowest session / quickest: {max(medians) / min(medians):.1f}\n"
        f"memory: engines {loaded - before:.0f} MB; with one session {one:.0f} MB, "
        f"with {options.sessions} {four:.0f} MB, ratio {four / one:.2f}; load {_load()}"
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--sessions", type=int, default=4)
    return parser.parse_args(namespace=argparse.Namespace(wav_dir=None, espeak=False))


async def _talk(
    backend: LocalBackend, questions: Sequence[tuple[str, bytes]]
) -> list[Turn]:
    vad = ServerVad(silence_duration_ms=400)
    config = backend.adjust(SessionConfig()).config
    connection = await backend.connect(replace(config, turn_detection=vad))
    try:
        return await converse(connection, questions, PIECE_MS)
    finally:
        await connection.close()


def _p50(turns: Sequence[Turn]) -> float:
    return statistics.median(turn.after_end_ms(turn.first_sound) for turn in turns)


def _print(name: str, turns: Sequence[Turn]) -> None:
    sounds = [turn.after_end_ms(turn.first_sound) for turn in turns]
    answered = sum(bool(turn.answer) for turn in turns)
    gap = max(turn.longest_gap_ms for turn in turns)
    print(
        f"| {name} | {answered} of {len(turns)} "
        f"| {statistics.median(sounds):.0f} / {max(sounds):.0f} | {gap:.0f} |",
        flush=True,
    )


def _load() -> str:
    return " ".join(f"{each:.1f}" for each in os.getloadavg())


if __name__ == "__main__":
    asyncio.run(main())
