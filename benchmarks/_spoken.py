"""Spoken questions put to a connection in real time, and when the answers come."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rt_widget import events
from rt_widget.audio import Audio, float_from_pcm16

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from rt_widget.backends.base import Connection
    from rt_widget.backends.local.engines.base import Engines

QUESTIONS = (
    "What is the capital of France?",
    "What color is the sky on a clear day?",
    "How many days are there in a week?",
    "Who wrote Romeo and Juliet?",
    "Tell me a fun fact about cats.",
    "What should I drink when I am thirsty?",
    "Can you say hello to my friends?",
    "What is the largest planet in the solar system?",
    "Can you give me a tip for better sleep?",
    "What is two plus three?",
)
RATE = 24_000
SILENT = 0.01
"""Quieter than this share of a recording's loudest 10 ms is silence."""


@dataclass
class Turn:
    """Moments of one turn on the loop's clock, in seconds."""

    question: str
    true_end: float
    vad_stop: float = 0.0
    first_text: float = 0.0
    first_sound: float = 0.0
    heard: str = ""
    answer: str = ""
    deltas: list[tuple[float, bytes]] = field(default_factory=list)

    def after_end_ms(self, moment: float) -> float:
        """Milliseconds from the true end of speech."""
        return (moment - self.true_end) * 1000

    @property
    def longest_gap_ms(self) -> float:
        """Longest silence for want of sound; playing starts with the first delta."""
        played_until, longest = self.deltas[0][0], 0.0
        for at, pcm in self.deltas:
            longest = max(longest, at - played_until)
            played_until = max(played_until, at) + len(pcm) / 2 / RATE
        return longest * 1000


def spoken_questions(
    options: argparse.Namespace, engines: Engines
) -> list[tuple[str, bytes]]:
    """Words and mono PCM16 at 24 kHz without silence after the last sound."""
    if options.wav_dir:
        paths = sorted(options.wav_dir.glob("*.wav"))[: options.turns]
        spoken = [(path.stem, Audio.from_wav(path)) for path in paths]
    else:
        wanted = [QUESTIONS[i % len(QUESTIONS)] for i in range(options.turns)]
        spoken = [(words, _spoken(words, engines, options)) for words in wanted]
    return [(words, without_tail(audio.to_pcm16())) for words, audio in spoken]


def _spoken(words: str, engines: Engines, options: argparse.Namespace) -> Audio:
    """By another voice than the assistant's."""
    if options.espeak:
        return _robot(words)
    speeches = engines.tts.speak(words, voice="heart", speed=1.0)
    pieces = [speech.samples for speech in speeches]
    # Played slower it is a deeper voice.
    return Audio(np.concatenate(pieces), round(engines.tts.sample_rate * 0.9))


def _robot(words: str) -> Audio:
    program = shutil.which("espeak-ng")
    if program is None:
        sys.exit("espeak-ng is not installed.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "question.wav"
        command = [program, "-v", "en-us", "-s", "150", "-w", str(path), words]
        subprocess.run(command, check=True)
        return Audio.from_wav(path)


def without_tail(pcm: bytes) -> bytes:
    """Mono PCM16 at 24 kHz up to its last sound."""
    step = RATE // 100
    samples = float_from_pcm16(pcm)
    frames = samples[: len(samples) // step * step].reshape(-1, step)
    loudness = np.sqrt((frames**2).mean(axis=1))
    last = np.flatnonzero(loudness > SILENT * loudness.max())[-1]
    return pcm[: (int(last) + 1) * step * 2]


async def converse(
    connection: Connection, questions: Sequence[tuple[str, bytes]], piece_ms: int
) -> list[Turn]:
    """Ask each question once the one before is answered."""
    microphone = _Microphone(connection, piece_ms)
    feeding = asyncio.create_task(microphone.run())
    turns = []
    for words, pcm in questions:
        turn = Turn(words, microphone.say(pcm))
        await _follow(connection, turn)
        turns.append(turn)
        await asyncio.sleep(1.0)
    feeding.cancel()
    return turns


class _Microphone:
    """Sends a piece when its last sample has been spoken; silence when nothing is."""

    def __init__(self, connection: Connection, piece_ms: int) -> None:
        self._connection = connection
        self._bytes = RATE * piece_ms // 1000 * 2
        self._piece_s = piece_ms / 1000
        self._clock = asyncio.get_running_loop().time
        self._next = self._clock() + self._piece_s
        self._speech = b""

    def say(self, pcm: bytes) -> float:
        """Speak from the next piece on; returns when that will end."""
        self._speech = pcm
        return self._next - self._piece_s + len(pcm) / 2 / RATE

    async def run(self) -> None:
        while True:
            await asyncio.sleep(max(0.0, self._next - self._clock()))
            piece = self._speech[: self._bytes].ljust(self._bytes, b"\0")
            self._speech = self._speech[self._bytes :]
            self._next += self._piece_s
            await self._connection.send(events.InputAudioAppend(audio=piece))


async def _follow(connection: Connection, turn: Turn) -> None:
    clock = asyncio.get_running_loop().time
    while True:
        event = await connection.receive()
        now = clock()
        match event:
            case events.SpeechStopped():
                turn.vad_stop = now
            case events.InputTranscriptDone():
                turn.heard = event.transcript
            case events.TranscriptDelta():
                turn.first_text = turn.first_text or now
                turn.answer += event.delta
            case events.AudioDelta():
                turn.deltas.append((now, event.delta))
                if np.abs(np.frombuffer(event.delta, "<i2")).max() > 200:
                    turn.first_sound = turn.first_sound or now
            case events.ResponseDone():
                assert event.response.status == "completed", event
                return
            case _:
                pass
