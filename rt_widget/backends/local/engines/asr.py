"""Speech recognition: Whisper base in int8 through CTranslate2."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import ctranslate2
import numpy as np

from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ
from rt_widget.backends.local.engines.detokenise import text_of
from rt_widget.backends.local.engines.features import HOP, log_mel
from rt_widget.backends.local.engines.vad import holds_speech
from rt_widget.backends.local.engines.whisper_reading import Reading
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
        if reading and reading.is_doubtful:
            reading = self._doubted(reading, samples, cap, cancelled)
        return reading.words if reading else ""

    def _doubted(
        self,
        reading: Reading,
        samples: NDArray[np.float32],
        cap: int,
        cancelled: Callable[[], bool],
    ) -> Reading | None:
        """A second reading where somebody speaks, None for what is noise.

        Whisper is unsure of a torn word as much as of a noise; so another ear is asked
        whether anybody spoke.
        """
        if not holds_speech(samples):
            return None
        tokens = min(2 * cap, _WHOLE_WINDOW_TOKENS)
        again = self._read(samples, WHOLE_WINDOW_S, tokens, cancelled)
        better = reading.or_better(again) if again else None
        return better if better and better.is_believable else None

    def _read(
        self,
        samples: NDArray[np.float32],
        window: float,
        cap: int,
        cancelled: Callable[[], bool],
    ) -> Reading | None:
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
        return Reading(
            text_of(tokens),
            is_cut=len(tokens) >= cap,
            confidence=result.scores[0],
            no_speech=result.no_speech_prob,
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
