"""What each engine of the local voice takes, one after the other in one process.

python -m benchmarks._stages [--threads 2]
"""

from __future__ import annotations

import argparse
import statistics
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from benchmarks._memory import resident_mb
from benchmarks._spoken import QUESTIONS
from rt_widget.backends.local import weights
from rt_widget.backends.local.engines.asr import MoonshineAsr
from rt_widget.backends.local.engines.base import (
    SPEECH_RATE_HZ,
    VAD_FRAME,
    ChatMessage,
)
from rt_widget.backends.local.engines.llm import LlamaLlm
from rt_widget.backends.local.engines.tts import HibariTts
from rt_widget.backends.local.engines.vad import SileroVad
from rt_widget.backends.local.loading import usual_threads
from rt_widget.config import DEFAULT_SYSTEM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

_ANSWER_TOKENS = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=usual_threads())
    threads = parser.parse_args().threads
    models = weights.find()
    assert models is not None, "rt-widget fetch brings the model files"
    assert models.llm is not None
    print(f"{'stage':10}{'memory':>8}  speed ({threads} threads)")
    with _stage("voice") as said:
        voice = HibariTts()
        sounds = [_speak(voice, words, said) for words in QUESTIONS]
    with _stage("ears") as said:
        ears = MoonshineAsr(models.asr, threads=threads)
        said += [_share(partial(ears.transcribe, x, _go_on), x) for x in sounds]
    with _stage("silence") as said:
        detector = SileroVad()
        said += [_share(partial(_listen, detector, x), x) for x in sounds]
    _brain(models.llm, threads)


@contextmanager
def _stage(name: str) -> Iterator[list[float]]:
    """Prints memory that came with the block, and the median of its figures."""
    before, factors = resident_mb(), list[float]()
    yield factors
    more = resident_mb() - before
    print(f"{name:10}{more:5.0f} MB  {statistics.median(factors):.3f} of real time")


def _speak(voice: HibariTts, words: str, factors: list[float]) -> NDArray[np.float32]:
    started = time.perf_counter()
    spoken = np.concatenate([speech.samples for speech in voice.speak(words)])
    took = time.perf_counter() - started
    factors.append(took * voice.sample_rate / len(spoken))
    step = voice.sample_rate / SPEECH_RATE_HZ
    at = np.arange(0, len(spoken) - 1, step)
    resampled: NDArray[np.float32] = np.interp(
        at, np.arange(len(spoken)), spoken
    ).astype(np.float32)
    return resampled


def _go_on() -> bool:
    return False


def _share(work: Callable[[], object], sound: NDArray[np.float32]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * SPEECH_RATE_HZ / len(sound)


def _listen(detector: SileroVad, sound: NDArray[np.float32]) -> None:
    samples = (sound * 32_767).astype(np.int16)
    for frame in samples[: len(samples) // VAD_FRAME * VAD_FRAME].reshape(
        -1, VAD_FRAME
    ):
        detector.probability(frame)


def _brain(model: Path, threads: int) -> None:
    before = resident_mb()
    brain = LlamaLlm(model, threads=threads)
    system = ChatMessage("system", DEFAULT_SYSTEM)
    firsts, rates = [], []
    for words in QUESTIONS:
        brain.warm([system])
        moments: list[float] = []
        started = time.perf_counter()

        def take(delta: str, moments: list[float] = moments) -> bool:
            if delta:
                moments.append(time.perf_counter())
            return True

        brain.chat(
            [system, ChatMessage("user", words)],
            temperature=0.8,
            max_tokens=_ANSWER_TOKENS,
            on_delta=take,
        )
        firsts.append((moments[0] - started) * 1000)
        if len(moments) > 1:
            rates.append((len(moments) - 1) / (moments[-1] - moments[0]))
    print(
        f"{'brain':10}{resident_mb() - before:5.0f} MB  "
        f"{statistics.median(rates):.0f} tokens/s, first after "
        f"{statistics.median(firsts):.0f} ms"
    )


if __name__ == "__main__":
    main()
