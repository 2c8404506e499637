"""Speech recognition: Whisper base in int8 through CTranslate2."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ctranslate2
import numpy as np

from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ
from rt_widget.backends.local.engines.detokenise import (
    says_nothing,
    spoken_part,
    text_of,
    without_loops,
)
from rt_widget.backends.local.engines.features import HOP, log_mel
from rt_widget.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

WHOLE_WINDOW_S = 30.0
"""The window that Whisper was trained on, in seconds."""

SHORTEST_WINDOW_S = 8.0
"""Below this Whisper repeats itself on short clips."""

_MARGIN_S = 1.0
_FRAMES_PER_S = SPEECH_RATE_HZ // HOP
_LONGEST_PIECE_S = 28.0
_SHORTEST_PIECE_S = 20.0
_SILENCE_RMS = 1e-3
_WHOLE_WINDOW_TOKENS = 224
_REPEATS = 1.7
_LONG_TEXT = 300
_LOOPS = 2.4
_DOUBTFUL = -1.2
_NO_SPEECH = 0.6
_SOME_SPEECH = 0.4
_NO_SPEECH_DOUBT = -0.8


@dataclass(frozen=True, slots=True)
class _Reading:
    text: str
    tokens: int
    confidence: float
    no_speech: float

    @property
    def repetition(self) -> float:
        """How many times smaller the text gets when compressed."""
        raw = self.text.encode()
        return len(raw) / len(zlib.compress(raw)) if raw else 0.0

    def is_poor(self, cap: int) -> bool:
        """Whether the whole window may give a better reading."""
        # Long texts repeat themselves more by nature.
        limit = _REPEATS if len(self.text) < _LONG_TEXT else _LOOPS
        return (
            self.tokens >= cap or self.repetition > limit or self.confidence < _DOUBTFUL
        )

    def is_silence(self) -> bool:
        """Whether Whisper itself hears no speech and doubts its words."""
        return self.no_speech > _NO_SPEECH and self.confidence < _NO_SPEECH_DOUBT

    def is_noise(self) -> bool:
        """Whether these are words that Whisper makes of no speech at all."""
        doubted = self.is_silence() or self.confidence < _DOUBTFUL
        return doubted or says_nothing(self.text, sure=self.no_speech < _SOME_SPEECH)


class WhisperAsr:
    """Recognises finished utterances.

    Args:
        folder: Where `model.bin`, `config.json` and `vocabulary.txt` are.
        threads: Threads of one recognition.
        language: What is spoken, as Whisper's two-letter code.

    Raises:
        BackendError: the model cannot be loaded.
    """

    def __init__(self, folder: Path, *, threads: int = 1, language: str = "en") -> None:
        try:
            self._model = ctranslate2.models.Whisper(
                str(folder), device="cpu", compute_type="int8", intra_threads=threads
            )
        except (RuntimeError, ValueError) as error:
            message = f"Whisper cannot be loaded from {folder}: {error}"
            raise BackendError(message) from error
        self._prompt = [
            "<|startoftranscript|>",
            f"<|{language}|>",
            "<|transcribe|>",
            "<|notimestamps|>",
        ]

    def transcribe(
        self, samples: NDArray[np.float32], cancelled: Callable[[], bool]
    ) -> str:
        """Recognise mono speech at `SPEECH_RATE_HZ`, in [-1, 1].

        Returns an empty string for silence and noise, or once `cancelled()` is true.
        Sound longer than Whisper's window is read in pieces, cut where it is quietest.

        Raises:
            BackendError: the engine failed.
        """
        words = []
        for piece in _pieces(np.asarray(samples, dtype=np.float32)):
            words.append(self._transcribe_piece(piece, cancelled))
            if cancelled():
                return ""
        return " ".join(part for part in words if part)

    def _transcribe_piece(
        self, samples: NDArray[np.float32], cancelled: Callable[[], bool]
    ) -> str:
        if _loudness(samples) < _SILENCE_RMS:
            return ""
        seconds = len(samples) / SPEECH_RATE_HZ
        window = min(WHOLE_WINDOW_S, max(SHORTEST_WINDOW_S, seconds + _MARGIN_S))
        cap = 8 + math.ceil(7 * seconds)
        reading = self._read(samples, window, cap, cancelled)
        may_improve = window < WHOLE_WINDOW_S or (reading and reading.tokens >= cap)
        if (
            reading
            and reading.is_poor(cap)
            and may_improve
            and not reading.is_silence()
        ):
            reading = self._read(
                samples, WHOLE_WINDOW_S, _WHOLE_WINDOW_TOKENS, cancelled
            )
        if reading is None or reading.is_noise():
            return ""
        words = spoken_part(reading.text)
        return without_loops(words) if reading.repetition > _LOOPS else words

    def _read(
        self,
        samples: NDArray[np.float32],
        window: float,
        cap: int,
        cancelled: Callable[[], bool],
    ) -> _Reading | None:
        """Read `samples` once; None when cancelled between two steps."""
        if cancelled():
            return None
        frames = 2 * math.ceil(window * _FRAMES_PER_S / 2)
        features = ctranslate2.StorageView.from_array(log_mel(samples, frames)[None])
        try:
            encoded = self._model.encode(features)
            if cancelled():
                return None
            (result,) = self._model.generate(
                encoded,
                [self._prompt],
                beam_size=1,
                # CTranslate2 counts half of this as room for the prompt.
                max_length=2 * cap,
                return_scores=True,
                return_no_speech_prob=True,
            )
        except (RuntimeError, ValueError) as error:
            message = f"Whisper failed: {error}"
            raise BackendError(message) from error
        tokens = result.sequences[0]
        return _Reading(
            text_of(tokens), len(tokens), result.scores[0], result.no_speech_prob
        )


def _pieces(samples: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    longest = int(_LONGEST_PIECE_S * SPEECH_RATE_HZ)
    shortest = int(_SHORTEST_PIECE_S * SPEECH_RATE_HZ)
    while len(samples) > longest:
        cut = shortest + _quietest(samples[shortest:longest])
        yield samples[:cut]
        samples = samples[cut:]
    yield samples


def _quietest(samples: NDArray[np.float32]) -> int:
    """Where in `samples` the quietest fifth of a second has its middle."""
    step = SPEECH_RATE_HZ // 50
    frames = samples[: len(samples) // step * step].reshape(-1, step)
    energy = np.convolve((frames**2).sum(axis=1), np.ones(10), mode="same")
    return int(energy.argmin()) * step


def _loudness(samples: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(samples**2))) if len(samples) else 0.0
