"""How the voice reads what answers are written like: numbers, signs, markdown, code.

Compares each line of reading.toml with the words that a person would say, twice: the
sounds that the voice was given, and what the local ears heard of it. Then it speaks
plain sentences at several speeds, and counts the words that the ears got wrong.

    python -m benchmarks.reading [--verbose] [--kind dates]

The command fails when fewer than 95 % of the lines are given to the voice rightly, or
when at some speed more than 6 % of the words are heard wrongly.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from hibari import Hibari

from benchmarks._words import distance, plain_words
from rt_widget.audio import Audio
from rt_widget.backends.local import weights
from rt_widget.backends.local.engines.asr import MoonshineAsr
from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ
from rt_widget.backends.local.engines.tts import HibariTts
from rt_widget.backends.local.speaking.clauses import Clause, Clauses

if TYPE_CHECKING:
    from rt_widget.backends.local.engines.base import Asr

TABLE = Path(__file__).with_suffix(".toml")
BOUND = 0.95
GIVEN_ALIKE = 0.03
"""Share of sounds that may differ for the company that a word is in."""
HEARD_ALIKE = 0.1
"""Share of sounds that an ear may get wrong in words that it understood."""

SPEEDS = (0.25, 0.5, 1.0, 1.5)
MOST_MISHEARD = 0.06
SENTENCES = (
    "The capital of France is Paris, and it is a very old city.",
    "First, wash the rice. Then boil it in a large pot, and wait for a while.",
    "Cats sleep most of the day because they hunt at night.",
    "A good story needs a hero, a problem, and an ending that nobody expects.",
    "If it rains tomorrow, we will stay at home and play cards together.",
)


@dataclass(frozen=True)
class Line:
    """What is written, and the ways in which a person would say it."""

    kind: str
    written: str
    said: list[str]


def lines() -> list[Line]:
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))["line"]
    return [Line(**row) for row in rows]


class Reader:
    """The voice, the ears, and what words sound like."""

    def __init__(self, asr: Asr) -> None:
        self._asr = asr
        self._tts = HibariTts()
        self._sounds = Hibari()

    def is_given(self, line: Line) -> bool:
        """Whether the voice is given the sounds of the right words."""
        return self._is_like(line, line.written, GIVEN_ALIKE)

    def is_heard(self, line: Line, heard: str) -> bool:
        """Whether the right words were heard; figures are read as in an answer."""
        return self._is_like(line, heard, HEARD_ALIKE)

    def heard(self, written: str, speed: float = 1.0) -> str:
        """Speak and listen."""
        pieces = [
            speech.samples
            for clause in clauses_of(written)
            for speech in self._tts.speak(clause.text, speed=speed)
        ]
        sound = Audio(np.concatenate(pieces), self._tts.sample_rate)
        samples = sound.resample(SPEECH_RATE_HZ).samples
        return self._asr.transcribe(samples, lambda: False)

    def _is_like(self, line: Line, written: str, alike: float) -> bool:
        got = "".join(self._sounds_of(clause.text) for clause in clauses_of(written))
        wanted = [self._sounds_of(said) for said in line.said]
        return got in wanted or any(
            distance(list(want), list(got)) <= alike * len(want) for want in wanted
        )

    def _sounds_of(self, text: str) -> str:
        """The sounds of words, without stress and pauses."""
        sounds = "".join(self._sounds.phonemize(text))
        return "".join(c for c in sounds if c.isalpha() and c not in "ˈˌ")


def clauses_of(written: str) -> list[Clause]:
    cutting = Clauses()
    return [*cutting.feed(written), *cutting.flush()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", help="only lines of this kind")
    parser.add_argument("--verbose", action="store_true", help="print every line")
    asked = parser.parse_args()
    files = weights.find(llm=False)
    if files is None:
        sys.exit("The model files are missing: run `rt-widget fetch`.")
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {load}")
    reader = Reader(MoonshineAsr(files.asr, threads=1))
    chosen = [line for line in lines() if asked.kind in (None, line.kind)]
    given = _read(reader, chosen, verbose=asked.verbose)
    worst = max(_misheard(reader, speed) for speed in SPEEDS)
    return 0 if given >= BOUND and worst <= MOST_MISHEARD else 1


def _read(reader: Reader, chosen: list[Line], *, verbose: bool) -> float:
    begun = time.perf_counter()
    given = understood = 0
    for line in chosen:
        heard = reader.heard(line.written)
        marks = reader.is_given(line), reader.is_heard(line, heard)
        given += marks[0]
        understood += marks[1]
        if verbose or not all(marks):
            print(f"given {'-+'[marks[0]]} heard {'-+'[marks[1]]}  {line.kind}")
            print(f"    written  {line.written!r}")
            print(f"    voiced   {[c.text for c in clauses_of(line.written)]}")
            print(f"    heard    {heard!r}")
    share = given / len(chosen)
    print(
        f"{len(chosen)} lines in {time.perf_counter() - begun:.0f} s: "
        f"{share:.0%} given to the voice as a person would read them "
        f"(bound {BOUND:.0%}), {understood / len(chosen):.0%} heard so"
    )
    return share


def _misheard(reader: Reader, speed: float) -> float:
    wrong = words = 0
    for sentence in SENTENCES:
        said = plain_words(sentence)
        wrong += distance(said, plain_words(reader.heard(sentence, speed)))
        words += len(said)
    print(
        f"speed {speed}: {wrong / words:.1%} of {words} words heard wrongly "
        f"(bound {MOST_MISHEARD:.0%})"
    )
    return wrong / words


if __name__ == "__main__":
    sys.exit(main())
