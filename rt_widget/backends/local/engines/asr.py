"""Speech recognition: Moonshine tiny in int8, whose work grows with the sound."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np

from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ
from rt_widget.backends.local.engines.moonshine import Moonshine
from rt_widget.backends.local.engines.reading import Reading
from rt_widget.backends.local.engines.vad import holds_speech, speech_start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

_SHORTEST_S = 0.1
_LONGEST_PIECE_S = 24.0
_SHORTEST_PIECE_S = 16.0
_SILENCE_RMS = 1e-3
_READ_RMS = 0.05
_TOKENS_PER_S = 7
_FEWEST_TOKENS = 8
_UNSURE = 2
_REMEMBERED = 16
_STEP = SPEECH_RATE_HZ // 100
_LEAD = SPEECH_RATE_HZ // 10
_SECOND_LEAD = SPEECH_RATE_HZ // 10
_SPEAKS_SHARE = 0.3


class MoonshineAsr:
    """Recognises finished utterances, in English.

    Args:
        folder: Where `encoder_model.onnx` and `decoder_model_merged.onnx` are.
        threads: Threads of one recognition.

    Raises:
        BackendError: the model cannot be loaded.
    """

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        self._model = Moonshine(folder, threads=threads)
        self._written: OrderedDict[bytes, tuple[int, ...]] = OrderedDict()
        """Tokens of the last sounds, by how these began."""

    def transcribe(
        self, samples: NDArray[np.float32], cancelled: Callable[[], bool]
    ) -> str:
        """Recognise mono speech at `SPEECH_RATE_HZ`, in [-1, 1].

        Returns an empty string for silence and noise, or once `cancelled()` is true.
        Long sound is read in pieces, cut where it is quietest.

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
        samples = _without_lead(samples)
        reading = self._read(samples, cancelled)
        if reading is None or (reading.text and not reading.is_doubtful):
            return reading.words if reading else ""
        if not holds_speech(samples):
            return ""
        # A moment of silence before it is enough for another view of the same sound.
        later = self._read(np.pad(samples, (_SECOND_LEAD, 0)), cancelled)
        return reading.or_better(later).words if later else ""

    def _read(
        self, samples: NDArray[np.float32], cancelled: Callable[[], bool]
    ) -> Reading | None:
        """One reading; None once `cancelled()` is true."""
        loudness = _loudness(samples)
        seconds = len(samples) / SPEECH_RATE_HZ
        if loudness < _SILENCE_RMS or seconds < _SHORTEST_S:
            return Reading("", confidence=0.0, is_cut=False)
        # Its numbers are coarse: of quiet or loud sound it makes more mistakes.
        level = samples * np.float32(_READ_RMS / loudness)
        most = _FEWEST_TOKENS + math.ceil(_TOKENS_PER_S * seconds)
        written = self._model.write(level, most, cancelled, self._draft(samples))
        if written is None:
            return None
        self._remember(samples, written.tokens)
        return Reading(written.text, written.confidence, is_cut=written.is_cut)

    def _draft(self, samples: NDArray[np.float32]) -> tuple[int, ...]:
        """What was written of the same sound while it was shorter.

        Its last words may have been cut: they are left out.
        """
        written = self._written.get(_beginning(samples), ())
        return written[:-_UNSURE]

    def _remember(self, samples: NDArray[np.float32], tokens: tuple[int, ...]) -> None:
        begins = _beginning(samples)
        self._written[begins] = tokens
        self._written.move_to_end(begins)
        if len(self._written) > _REMEMBERED:
            self._written.popitem(last=False)


def _beginning(samples: NDArray[np.float32]) -> bytes:
    return samples[: SPEECH_RATE_HZ // 2].tobytes()


def _without_lead(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The sound from where somebody begins to speak.

    Of a third of a second of silence before the first word Moonshine tiny may conclude
    that there will be none (4 of 80 sentences).
    """
    begin = samples[: 3 * _LEAD // 2]
    steps = begin[: len(begin) // _STEP * _STEP].reshape(-1, _STEP)
    loudest = max(map(_loudness, steps), default=0.0)
    if loudest > _SPEAKS_SHARE * _loudness(samples):
        return samples
    return samples[max(0, speech_start(samples) - _LEAD) :]


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
