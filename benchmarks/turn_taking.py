"""Who is cut in on, and how soon a finished sentence is known to be one.

Whole sentences and ones that stop in the middle (`turns.toml`) are spoken to the
local voice, with silence after them, once with `server_vad` and once with
`semantic_vad`. A sentence that stops in the middle is cut in on when its turn ends
within the time that `--pause` allows. The end of a turn is counted from the true end of
the sound: in sound (what was sent until then) and, as the sound comes in real time, on
the clock. The floor of `server_vad` is its own silence.

    python -m benchmarks.turn_taking --eagerness auto --pause 1.5
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import statistics
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks._spoken import without_tail
from rt_widget import events
from rt_widget.audio import SAMPLE_RATE_HZ, Audio
from rt_widget.backends.local import LocalBackend
from rt_widget.backends.local.loading import Recipe, load
from rt_widget.config import SemanticVad, ServerVad, SessionConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rt_widget.backends.base import Connection
    from rt_widget.backends.local.engines.base import Engines
    from rt_widget.config import TurnDetection

_SENTENCES = Path(__file__).with_name("turns.toml")
_LEAD_S = 0.4
_PIECE_S = 0.02


@dataclass(frozen=True)
class Outcome:
    """One sentence: when its turn ended, in ms after the true end; None if not."""

    text: str
    heard: str
    ended_ms: float | None


async def main() -> None:
    options = _options()
    backend = LocalBackend(threads=options.threads, engine_process=False)
    await backend.prepare()
    engines = (await load(Recipe(threads=options.threads))).engines
    sentences = tomllib.loads(_SENTENCES.read_text("utf-8"))
    print(_machine(options))
    kinds: dict[str, TurnDetection] = {
        "semantic_vad": SemanticVad(options.eagerness, create_response=False),
        "server_vad": ServerVad(create_response=False),
    }
    for name, detection in kinds.items():
        config = SessionConfig(turn_detection=detection)
        connection = await backend.connect(backend.adjust(config).config)
        for whole in ("finished", "unfinished"):
            spoken = [(s, _sound(engines, s, options.pitch)) for s in sentences[whole]]
            outcomes = [await _say(connection, each, options.pause) for each in spoken]
            _print_row(name, whole, outcomes)
        await connection.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--eagerness", default="auto")
    parser.add_argument("--pause", type=float, default=1.5, help="seconds of silence")
    parser.add_argument("--pitch", type=float, default=0.9, help="of the voice")
    parser.add_argument("--threads", type=int, default=None)
    return parser.parse_args()


def _sound(engines: Engines, text: str, pitch: float) -> bytes:
    speeches = engines.tts.speak(text, voice="heart", speed=1.0)
    samples = np.concatenate([speech.samples for speech in speeches])
    # Played slower it is a deeper voice than the assistant's own.
    return without_tail(Audio(samples, round(24_000 * pitch)).to_pcm16())


async def _say(
    connection: Connection, spoken: tuple[str, bytes], pause_s: float
) -> Outcome:
    """Speak in real time, up to the end of the turn or of the pause."""
    text, pcm = spoken
    lead = bytes(2 * round(_LEAD_S * SAMPLE_RATE_HZ))
    silence = bytes(2 * round(pause_s * SAMPLE_RATE_HZ))
    end = asyncio.get_running_loop().time() + len(lead + pcm) / 2 / SAMPLE_RATE_HZ
    heard = asyncio.create_task(_follow(connection, end))
    await _feed(connection, lead + pcm + silence, heard)
    in_time = heard.done()
    if not in_time:
        # The turn that is still waited for is over with this.
        await connection.send(events.InputAudioClear())
    words, ended = await heard
    return Outcome(text, words, ended if in_time else None)


async def _feed(
    connection: Connection, sound: bytes, heard: asyncio.Task[tuple[str, float]]
) -> None:
    clock = asyncio.get_running_loop().time
    step = 2 * round(_PIECE_S * SAMPLE_RATE_HZ)
    due = clock()
    for start in range(0, len(sound), step):
        due += _PIECE_S
        await asyncio.sleep(max(0.0, due - clock()))
        if heard.done():
            return
        piece = sound[start : start + step]
        await connection.send(events.InputAudioAppend(audio=piece))


async def _follow(connection: Connection, end: float) -> tuple[str, float]:
    """The words of the next turn, and when it ended after `end`, in ms."""
    clock = asyncio.get_running_loop().time
    stopped = 0.0
    words: list[str] = []
    while True:
        event = await connection.receive()
        match event:
            case events.SpeechStopped():
                stopped = (clock() - end) * 1000
            case events.InputTranscriptDone():
                words.append(event.transcript)
                # A turn that ended inside the sentence is not its end.
                if stopped > 0:
                    return " | ".join(words), stopped
            case events.InputCleared():
                return " | ".join(words), stopped
            case _:
                pass


def _machine(options: argparse.Namespace) -> str:
    load1 = os.getloadavg()[0]
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {sys.version.split()[0]}"
        f", load {load1:.1f}; eagerness {options.eagerness}, pauses of "
        f"{options.pause} s\n"
    )


def _print_row(kind: str, whole: str, outcomes: Sequence[Outcome]) -> None:
    ended = [each.ended_ms for each in outcomes if each.ended_ms is not None]
    text = f"{kind:13}{whole:11} ended in the pause: {len(ended):2} of {len(outcomes)}"
    if ended:
        p50, p90 = statistics.median(ended), np.percentile(ended, 90)
        text += f"; after p50 {p50:.0f}, p90 {p90:.0f} ms"
    print(text, flush=True)
    for each in outcomes:
        if (each.ended_ms is None) == (whole == "finished") and kind == "semantic_vad":
            print(f"    {each.text!r} heard as {each.heard!r}")


if __name__ == "__main__":
    asyncio.run(main())
