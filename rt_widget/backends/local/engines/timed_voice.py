"""The voice's engine, asked for the durations that it makes its sound from."""

from __future__ import annotations

import importlib
import logging
import re
from bisect import bisect_right
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
from hibari import Hibari

from rt_widget.backends.local.engines.base import Speech
from rt_widget.backends.local.engines.word_ends import group_ends, last_groups

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_LOG = logging.getLogger(__name__)

_DURATIONS = "/CumSum_output_0"
"""In the engine's graph: for each phoneme the tick at which it ends."""

# The engine's roman numerals may be empty: Queen Victoria is Queen the zeroth Victoria.
# What it is given has none left. Its package hides the module behind a function.
_normalize = importlib.import_module("hibari.g2p.normalize")
vars(_normalize).update(
    dict.fromkeys(("RE_ROMAN_C", "RE_ROMAN_O"), re.compile(r"(?!)"))
)

_GRAPH, _GRAPH_OUTPUT, _OUTPUT_NAME = 7, 12, 1
_QUIET = 4


class TimedVoice:
    """One voice; its sentences come with the place where each word ends.

    Args:
        name: A voice of the engine.
        threads: Threads of one synthesis.
        model: Its file; None for the one that the engine has itself.
    """

    def __init__(self, name: str, *, threads: int, model: Path | None = None) -> None:
        path = None if model is None else str(model)
        self._engine = Hibari(name, model=path, threads=threads)
        self._timed = _timed(self._engine.model_path, threads)
        if self._timed is not None:
            self._engine.sess = self._timed
        self._engine("Ready.")

    def speak(self, text: str) -> Iterator[Speech]:
        """Speak `text` at the voice's own pace, a sentence at a time."""
        sentences = self._engine.phonemize(text)
        ends = [group_ends(phonemes) for phonemes in sentences]
        words = text.split()
        known = self._timed is not None
        groups = sum(map(len, ends)) if known else 0
        last = last_groups(words, groups, self._phonemes_of) if known else []
        taken = before = 0
        for phonemes, places, said in zip(
            sentences, ends, accumulate(map(len, ends)), strict=True
        ):
            samples = self._engine.from_phonemes(phonemes)
            upto = bisect_right(last, said)
            mine = [group - before for group in last[taken:upto]]
            yield Speech(samples, self._ends(phonemes, places, mine, len(samples)))
            taken, before = upto, said

    def _phonemes_of(self, word: str) -> str:
        return " ".join(self._engine.phonemize(word))

    def _ends(
        self, phonemes: str, places: list[int], groups: list[int], length: int
    ) -> tuple[int, ...]:
        """Samples after the last phoneme of each of these groups."""
        if self._timed is None or not len(self._timed.ticks):
            return ()
        ticks = self._timed.ticks
        # One id is before the first phoneme; what the engine cannot say has none.
        known = np.cumsum([letter in self._engine.vocab for letter in phonemes])
        at = [int(ticks[known[places[g - 1] - 1]]) if g else 0 for g in groups]
        return tuple(round(tick * length / int(ticks[-1])) for tick in at)


class _TimedSession:
    """An engine's session that keeps one output more than the engine asks for."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self.ticks: NDArray[np.int64] = np.zeros(0, np.int64)

    def run(
        self, names: None, feed: dict[str, NDArray[np.generic]]
    ) -> list[NDArray[np.float32]]:
        made: list[Any] = self._session.run(names, feed)
        self.ticks = made.pop()
        return made


def _timed(model: str, threads: int) -> _TimedSession | None:
    """The model with its durations as an output; None where it has none."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = threads
    options.log_severity_level = _QUIET
    output = _field(_GRAPH_OUTPUT, _field(_OUTPUT_NAME, _DURATIONS.encode()))
    # Serialised messages that follow each other are one: this adds to the graph.
    graph = Path(model).read_bytes() + _field(_GRAPH, output)
    try:
        session = onnxruntime.InferenceSession(
            graph, options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # noqa: BLE001 - onnxruntime's errors have no common base
        _LOG.info("The voice does not tell when words end: %s", error)
        return None
    return _TimedSession(session)


def _field(number: int, content: bytes) -> bytes:
    """A field of a serialised message, shorter than 128 bytes."""
    return bytes((number << 3 | 2, len(content))) + content
