"""Speech synthesis with `hibari-tts`: 24 kHz, a sentence at a time."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from hibari import SAMPLE_RATE
from hibari.voices import DEFAULT, VOICES, voice_path

from rt_widget.backends.local.engines.base import Speech
from rt_widget.backends.local.engines.stretch import stretched
from rt_widget.backends.local.engines.timed_voice import TimedVoice
from rt_widget.backends.local.speaking.pauses import paced
from rt_widget.backends.local.weights.voice_files import voice_file
from rt_widget.errors import BackendError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SLOWEST = 0.25
FASTEST = 2.0

_RATE_HZ = int(SAMPLE_RATE)


class HibariTts:
    """Speaks English with the voices that are on this machine.

    Args:
        threads: Threads of one synthesis.
    """

    def __init__(self, *, threads: int = 1) -> None:
        self._threads = threads
        self._loading = threading.Lock()
        self._loaded: dict[str, TimedVoice] = {}
        self._voice(DEFAULT)

    @property
    def sample_rate(self) -> int:
        """Of the samples that `speak` yields, in Hz."""
        return _RATE_HZ

    @property
    def voices(self) -> Sequence[str]:
        """Names that `speak` accepts: what is on this machine now."""
        return tuple(name for name in VOICES if _place_of(name) is not None)

    def speak(
        self, text: str, *, voice: str = DEFAULT, speed: float = 1.0
    ) -> Iterator[Speech]:
        """Speak `text`, a sentence at a time.

        Args:
            text: A clause, a sentence or more. Without a letter or digit in it
                nothing is spoken.
            voice: One of `voices`.
            speed: 0.25 to 2.0; twice the speed takes half the time, pauses included.

        Raises:
            InputError: the voice or the speed cannot be used.
            BackendError: the engine failed.
        """
        if voice not in self._loaded and voice not in self.voices:
            message = f"There is no voice {voice!r} here, only {list(self.voices)}."
            hint = "`rt-widget fetch --voices` brings more."
            raise InputError(message, hint=hint)
        if not SLOWEST <= speed <= FASTEST:
            message = f"Speed goes from {SLOWEST} to {FASTEST}, not {speed}."
            raise InputError(message)
        if not any(letter.isalnum() for letter in text):
            return
        try:
            for speech in self._voice(voice).speak(text):
                yield _at_speed(paced(speech, _RATE_HZ, text), speed)
        except (RuntimeError, ValueError) as error:
            message = f"The voice failed: {error}"
            raise BackendError(message) from error

    def _voice(self, name: str) -> TimedVoice:
        with self._loading:
            if name not in self._loaded:
                place = _place_of(name)
                voice = TimedVoice(name, threads=self._threads, model=place)
                self._loaded[name] = voice
            return self._loaded[name]


def _at_speed(speech: Speech, speed: float) -> Speech:
    # The engine's own speed misses by up to 12 % and slurs at both ends.
    samples = speech.samples
    length = round(len(samples) / speed)
    if length != len(samples):
        samples = stretched(samples, length, _RATE_HZ)
    ends = tuple(round(end / speed) for end in speech.word_ends)
    return Speech(np.clip(samples, -1.0, 1.0), ends)


def _place_of(name: str) -> Path | None:
    """Where a voice lies: as fetched, or where the engine keeps its own."""
    fetched = voice_file(name)
    if fetched is not None:
        return fetched
    try:
        return Path(voice_path(name, download_missing=False))
    except FileNotFoundError:
        return None
