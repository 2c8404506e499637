"""What counts as heard, against what the local ears recognise in the sound played."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rt_widget import events
from rt_widget.audio import SAMPLE_RATE_HZ, Audio
from rt_widget.backends.local.speaking.clauses import Clauses
from rt_widget.backends.local.speaking.sounding import sounding
from rt_widget.captions import Captions
from tests.speech import engines, recognise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget.backends.local.protocol.pieces import Sound

pytestmark = [pytest.mark.weights, pytest.mark.timeout(300)]

VOICE = "heart"
CUTS = 4
ENOUGH = 24
"""Of the 28 cuts, those that must be judged."""

PAUSES = (0.25, 0.0, 0.5)
SPOKEN = (
    (
        1.0,
        (
            "My grandmother was born in 1938, in a quiet town near the border, and "
            "she still remembers every single street."
        ),
    ),
    (
        1.0,
        (
            "The tallest mountain in the world is Mount Everest. It rises high above "
            "the clouds, and thousands of people have climbed it."
        ),
    ),
    (
        1.0,
        (
            "Unfortunately, the refrigerator is temporarily unavailable; "
            "nevertheless, our representatives will communicate alternative "
            "arrangements."
        ),
    ),
    (
        1.0,
        (
            "Yes! Take the second road on the left, go past the church, and then, "
            "after about 300 metres, you will see a small yellow house."
        ),
    ),
    (
        1.0,
        (
            "Water boils at 100 degrees. On a high mountain it boils sooner, so eggs "
            "need more time, and tea never tastes quite right."
        ),
    ),
    (
        0.5,
        ("A good story needs a hero, a problem, and an ending that nobody expects."),
    ),
    (
        1.5,
        (
            "Music is a language that everybody understands, whether they are young "
            "or old, rich or poor, and it needs no translation."
        ),
    ),
)


@dataclass(frozen=True)
class Cut:
    """Words in the sound up to a cut: as recognised, and by the captions."""

    text: str
    ms: int
    recognised: str
    by_ear: int
    known: int
    estimated: int


@cache
def cuts() -> tuple[Cut, ...]:
    places = np.random.default_rng(3).uniform(0.08, 0.97, (len(SPOKEN), CUTS))
    return tuple(
        cut
        for (speed, text), shares in zip(SPOKEN, places, strict=True)
        for cut in cuts_of(text, speed, sorted(shares.tolist()))
    )


def cuts_of(text: str, speed: float, shares: list[float]) -> Iterator[Cut]:
    sounds = list(spoken(text, speed))
    pcm = b"".join(sound.audio for sound in sounds)
    known, estimated = captions(text, sounds, told=True), captions(text, sounds)
    for share in shares:
        samples = int(share * len(pcm) / 2)
        ms = samples * 1000 // SAMPLE_RATE_HZ
        heard = listen(pcm[: 2 * samples])
        counts = [
            len(text[: each.heard_end("item", ms)].split())
            for each in (known, estimated)
        ]
        yield Cut(text, ms, heard, words_heard(text, heard), *counts)


def listen(pcm: bytes) -> str:
    """What the ear recognises, of a sound that may end in the middle of a word.

    Where it finds no words at all it may find them with another silence around it.
    """
    for pause in PAUSES:
        silence = bytes(2 * round(pause * SAMPLE_RATE_HZ))
        heard = recognise(Audio.from_pcm16(silence + pcm + silence))
        if heard:
            return heard
    return ""


def spoken(text: str, speed: float) -> Iterator[Sound]:
    """The sound as the local backend sends it."""
    tts, clauses, said = engines().tts, Clauses(), 0
    for clause in (*clauses.feed(text), *clauses.flush()):
        parts = tts.speak(clause.text, voice=VOICE, speed=speed)
        yield from sounding(parts, tts.sample_rate, clause.ends, said)
        said = clause.ends[-1]


def captions(text: str, sounds: list[Sound], *, told: bool = False) -> Captions:
    """Fed as by the local backend (`told`), or by one that tells no `text_end`."""
    fold = Captions()
    fold.apply(events.TranscriptDelta("resp", "item", text))
    for sound in sounds:
        end = sound.text_end if told else 0
        fold.apply(events.AudioDelta("resp", "item", sound.audio, text_end=end))
    fold.apply(events.AudioDone("resp", "item"))
    fold.apply(events.TranscriptDone("resp", "item", text))
    item = events.WireItem("item", role="assistant", status="completed")
    fold.apply(events.OutputItemDone("resp", item))
    return fold


def words_heard(text: str, heard: str) -> int:
    """Words of a text of which something recognised is most likely the beginning.

    Words that are spelled alike match the better the more they are alike, so that one
    that was torn, or a figure written otherwise, is still itself. Of counts that fit
    equally well the highest is meant: a short word is missed sooner than made up.
    """
    said, got = plain(text), plain(heard)
    row = [float(n) for n in range(len(got) + 1)]
    costs = [row[-1]]
    for word in said:
        previous, row = row, [row[0] + 1]
        for n, other in enumerate(got, start=1):
            change = previous[n - 1] + 1 - SequenceMatcher(None, word, other).ratio()
            row.append(min(change, previous[n] + 1, row[-1] + 1))
        costs.append(row[-1])
    return min(range(len(costs)), key=lambda count: (costs[count], -count))


def plain(text: str) -> list[str]:
    kept = "".join(c for c in text.casefold() if c.isalnum() or c.isspace())
    return kept.split()


def table() -> str:
    lines = ["    ms  ear  known  estimated  the ear's last words"]
    lines += [
        f"{cut.ms:6d} {cut.by_ear:4d} {cut.known - cut.by_ear:+6d}"
        f" {cut.estimated - cut.by_ear:+10d}  {' '.join(cut.recognised.split()[-4:])}"
        for cut in cuts()
    ]
    return "\n".join(lines)


def judged() -> list[Cut]:
    """The cuts in which the ear found words; to have found none is no finding."""
    found = [cut for cut in cuts() if cut.recognised]
    assert len(found) >= ENOUGH, table()
    return found


def test_words_heard_are_those_that_the_ear_recognises_within_one() -> None:
    print(table())  # noqa: T201 - seen with `-s`, and when it fails
    off = [cut for cut in judged() if abs(cut.known - cut.by_ear) > 1]
    assert off == []


def test_without_the_backend_s_word_they_are_still_close() -> None:
    print(table())  # noqa: T201 - seen with `-s`, and when it fails
    off = [abs(cut.estimated - cut.by_ear) for cut in judged()]
    assert sum(each <= 1 for each in off) >= 0.9 * len(off)
    assert max(off) <= 2
