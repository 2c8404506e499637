"""How fast an answer falls silent when somebody speaks, in JupyterLab and Chromium.

A fake microphone speaks over answers at random moments: from the first loud sample in
the page to the last one that the page plays. The server's record is compared with what
was played: each answer truncated once, within 20 ms of what was heard, never past what
had come, and nothing of it played later.

    python -m benchmarks.barge_in [--count 50] [--processing] [--spoken]

The speech is made of harmonics with a sharp beginning, or with `--spoken` of the local
voice's sentences. With `--processing` the browser's echo cancellation, noise
suppression and automatic gain stay on; the page hears what they make of the speech.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.stage import machine, run_cells, stage
from tests.browser.interruptions import (
    APART_S,
    RATE,
    TURN_S,
    heard_ms,
    judge,
    provoke,
    stop_ms,
    voice,
    write_speech,
)
from tests.browser.sound import MICROPHONE_TAP, PLAIN_MICROPHONE, TAP, heard
from tests.browser.talk import widget_cells
from tests.servers.process import RealtimeServerProcess
from tests.speech import speak

if TYPE_CHECKING:
    from numpy.typing import NDArray

GOAL_MS = 100


SENTENCES = (
    "No, stop, that is not what I meant.",
    "Wait a moment, please.",
    "Can you say that again?",
    "Thank you, that is enough.",
)


def spoken(count: int) -> list[NDArray[np.floating]]:
    """Sentences of the local voice, each with its first loud sample in front."""
    said = [speak(text, pitch=0.95).resample(RATE).samples for text in SENTENCES]
    loud = [each[np.argmax(np.abs(each) > 0.02) :] for each in said]
    return [loud[number % len(loud)] for number in range(count)]


def made(count: int) -> list[NDArray[np.floating]]:
    """Something like voices, 1.2 to 1.5 s long."""
    return [voice(1.2 + seed % 4 / 10, seed) for seed in range(count)]


def measure(folder: Path, sounds: list[NDArray[np.floating]], *scripts: str) -> None:
    """Interrupt an answer with each of these, and print what came of it."""
    count = len(sounds)
    rng = np.random.default_rng(7)
    gaps = TURN_S + rng.uniform(-0.2, 2, count)
    wav = write_speech(folder / "voice.wav", sounds, list(gaps))
    options = {"duration": 12, "apart": APART_S, "pace": 4, "heard": "no|stop"}
    with (
        RealtimeServerProcess("counter", options=options) as realtime,
        stage(TAP, MICROPHONE_TAP, *scripts, microphone=wav) as (server, page),
    ):
        run_cells(server, page, "barge-in.ipynb", widget_cells(realtime))
        provoke(page, realtime, count)
        given = judge(page, realtime)
        assert len(given) == count + 1
        took = stop_ms(page)
        played = heard_ms(heard(page)[0])
    off = [
        abs(answer.truncated_ms[0] - played[number])
        for number, answer in enumerate(given)
        if answer.truncated_ms
    ]
    p50, p95 = np.percentile(took, [50, 95])
    print("| from the first loud sample to silence | n | p50 ms | p95 ms | max ms |")
    print("|---|---|---|---|---|")
    print(f"| speech | {len(took)} | {p50:.0f} | {p95:.0f} | {max(took):.0f} |")
    print(f"goal: p95 of {GOAL_MS} ms")
    print(
        f"{count} interruptions: {len(off)} answers truncated, at most {max(off):.1f} "
        f"ms off; {sum(a.deleted for a in given)} that nobody had heard deleted; "
        f"{sum(a.cancelled for a in given)} cancelled; none played on"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=50)
    arguments.add_argument("--processing", action="store_true")
    arguments.add_argument("--spoken", action="store_true")
    given = arguments.parse_args()
    print(machine())
    scripts = [] if given.processing else [PLAIN_MICROPHONE]
    sounds = (spoken if given.spoken else made)(given.count)
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), sounds, *scripts)
    print(machine())


if __name__ == "__main__":
    main()
