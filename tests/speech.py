"""Spoken questions as files, and what recognition makes of a sound."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from rt_widget._loop import background_loop
from rt_widget.audio import Audio
from rt_widget.backends.local.loading import Recipe, load

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from rt_widget.backends.local.engines import Engines
    from rt_widget.backends.local.workers import Workers


def write_wav(path: Path, samples: NDArray[np.floating], rate: int) -> Path:
    """A mono 16-bit WAV; returns its path."""
    path.write_bytes(Audio(samples, rate).to_wav())
    return path


@cache
def workers(threads: int | None = None) -> Workers:
    """The local voice, as widgets have it, loaded once for all tests of a run."""
    return background_loop().submit(load(Recipe(threads=threads))).result()


def engines() -> Engines:
    """The local voice's own ears, brain and mouth, one thread each."""
    return workers(threads=1).engines


def speak(text: str, *, pitch: float = 1.0) -> Audio:
    """A text, spoken; `pitch` other than 1 makes another voice of it."""
    tts = engines().tts
    speed = 1 / pitch
    pieces = [s.samples for s in tts.speak(text, voice=tts.voices[0], speed=speed)]
    said = Audio(np.concatenate(pieces), tts.sample_rate)
    return Audio(said.resample(round(tts.sample_rate / pitch)).samples, tts.sample_rate)


def write_question(path: Path, text: str, *, pitch: float, tail: float = 20) -> Path:
    """A WAV for a fake microphone: a moment of silence, the question, silence."""
    said = speak(text, pitch=pitch)
    rate = said.sample_rate
    silence = np.zeros(rate, np.float32)
    after = np.zeros(round(tail * rate), np.float32)
    return write_wav(path, np.concatenate([silence, said.samples, after]), rate)


def recognise(audio: Audio) -> str:
    """What the local ears hear in a sound."""
    return engines().asr.transcribe(audio.resample(16_000).samples, lambda: False)


def words(text: str) -> list[str]:
    """Lower-case words, without punctuation."""
    return re.findall(r"[a-z0-9']+", text.lower())


def word_errors(said: str, heard: str) -> float:
    """Word error rate of `heard` against `said`: edits a word."""
    wanted, got = words(said), words(heard)
    row = list(range(len(got) + 1))
    for i, word in enumerate(wanted, start=1):
        previous, row = row, [i]
        for j, other in enumerate(got, start=1):
            change = previous[j - 1] + (word != other)
            row.append(min(change, previous[j] + 1, row[j - 1] + 1))
    return row[-1] / max(1, len(wanted))
