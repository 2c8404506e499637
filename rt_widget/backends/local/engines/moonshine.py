"""Moonshine's encoder and decoder, run one token after the other.

The graphs and their names are those of the model's official ONNX export,
https://huggingface.co/onnx-community/moonshine-tiny-ONNX, looked at on 2026-11-28.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime

from rt_widget.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float32]
    Cache = dict[str, Array]

ENCODER = "encoder_model.onnx"
DECODER = "decoder_model_merged.onnx"

_PIECES = Path(__file__).with_name("moonshine_pieces.json.gz")
_BEGIN, _END = 1, 2
_FIRST_BYTE, _FIRST_PIECE = 3, 259
_SPACE = "\u2581"
_PAST, _PRESENT = "past_key_values", "present"


@dataclass(frozen=True, slots=True)
class Written:
    """What the decoder wrote of one sound.

    Args:
        tokens: Without the one that ends them.
        confidence: Mean logarithm of its tokens' probabilities.
        is_cut: Whether it would have written more.
    """

    tokens: tuple[int, ...]
    confidence: float
    is_cut: bool

    @property
    def text(self) -> str:
        """The words, as written."""
        return text_of(self.tokens)


class Moonshine:
    """One recogniser; it may be used from one thread at a time.

    Args:
        folder: Where `ENCODER` and `DECODER` are.
        threads: Threads that encode the sound.

    Raises:
        BackendError: the model cannot be loaded.
    """

    def __init__(self, folder: Path, *, threads: int) -> None:
        try:
            self._encoder = _session(folder / ENCODER, threads)
            # One token is too little work to be shared: two threads take longer.
            self._decoder = _session(folder / DECODER, 1)
        except Exception as error:
            # Each of onnxruntime's failures is a class of its own below Exception.
            message = f"Moonshine cannot be loaded from {folder}: {error}"
            raise BackendError(message) from error
        self._outputs = [each.name for each in self._decoder.get_outputs()]
        self._empty = {
            each.name: np.zeros((0, each.shape[1], 1, each.shape[3]), np.float32)
            for each in self._decoder.get_inputs()
            if each.name.startswith(_PAST)
        }

    def write(
        self,
        samples: Array,
        most: int,
        cancelled: Callable[[], bool],
        draft: Sequence[int] = (),
    ) -> Written | None:
        """Recognise mono speech at 16 kHz; None once `cancelled()` is true.

        Args:
            samples: The sound, in [-1, 1].
            most: How many tokens it may write.
            cancelled: Looked at before each token.
            draft: With what it may begin. As far as it would write the same, these
                tokens take the time of two.

        Raises:
            BackendError: the engine failed.
        """
        try:
            return self._write(samples, most, cancelled, list(draft[: most - 1]))
        except Exception as error:
            message = f"Moonshine failed: {error}"
            raise BackendError(message) from error

    def _write(
        self, samples: Array, most: int, cancelled: Callable[[], bool], draft: list[int]
    ) -> Written | None:
        if cancelled():
            return None
        (states,) = self._encoder.run(None, {"input_values": samples[None]})
        past: Cache = dict(self._empty)
        tokens: list[int] = []
        certainty = 0.0
        while len(tokens) < most:
            if cancelled():
                return None
            given = {
                "input_ids": np.array([tokens[-1:] or [_BEGIN, *draft]], np.int64),
                "encoder_hidden_states": states,
                "use_cache_branch": np.array([bool(tokens)]),
            }
            (scores,), *present = self._decoder.run(self._outputs, given | past)
            best = scores.argmax(axis=-1).tolist()
            agreed = 0 if tokens else _agreement(best, draft)
            self._keep(past, present, None if tokens else agreed + 1)
            certainty += _certainty(scores[: agreed + 1])
            tokens += best[: agreed + 1]
            if tokens[-1] == _END:
                break
        is_cut = tokens[-1] != _END
        written = tuple(tokens if is_cut else tokens[:-1])
        return Written(written, certainty / len(tokens), is_cut)

    def _keep(self, past: Cache, present: Sequence[Array], first: int | None) -> None:
        """Keep what the next token needs; `first` counts those of the first run.

        What is computed of the sound comes with the first run only.
        """
        for name, values in zip(self._outputs[1:], present, strict=True):
            if ".decoder." in name:
                past[name.replace(_PRESENT, _PAST)] = values[:, :, :first]
            elif first is not None:
                past[name.replace(_PRESENT, _PAST)] = values


def _agreement(best: Sequence[int], draft: Sequence[int]) -> int:
    """How many tokens of `draft` are what would have been written."""
    pairs = zip(best, draft, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _certainty(scores: Array) -> float:
    """Sum of the logarithms of the probabilities of each row's best token."""
    best = scores.max(axis=-1, keepdims=True)
    return float(-np.log(np.exp(scores - best).sum(axis=-1)).sum())


def text_of(tokens: Sequence[int]) -> str:
    """The words that `tokens` spell, without control tokens."""
    pieces = _pieces()
    spelled = b"".join(
        bytes([token - _FIRST_BYTE])
        if token < _FIRST_PIECE
        else pieces[token - _FIRST_PIECE].encode()
        for token in tokens
        if _FIRST_BYTE <= token < _FIRST_PIECE + len(pieces)
    )
    text = spelled.decode("utf-8", errors="ignore")
    return text.replace(_SPACE, " ").strip()


@cache
def _pieces() -> list[str]:
    """The model's vocabulary after its control tokens and the 256 bytes.

    From `tokenizer.json` of the model's repository (MIT).
    """
    pieces: list[str] = json.loads(gzip.decompress(_PIECES.read_bytes()))
    return pieces


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin between two tokens take the time of the other engines.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"]
    )
