"""What the voice says, as the ears hear it: hard text, every speed, a fetched voice."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import hibari.voices
import numpy as np
import pytest

from benchmarks._words import distance, plain_words
from benchmarks.reading import (
    BOUND,
    MOST_MISHEARD,
    SENTENCES,
    Reader,
    lines,
)
from rt_widget.audio import Audio
from rt_widget.backends.local.engines.tts import HibariTts
from rt_widget.backends.local.protocol.prompt import Prompt
from rt_widget.backends.local.speaking.voices import TABLE
from rt_widget.backends.local.speaking.voicing import Voicing
from rt_widget.backends.local.weights import voice_files
from rt_widget.errors import InputError
from tests.speech import engines, recognise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget.backends.local.protocol.pieces import Sound

pytestmark = [pytest.mark.weights, pytest.mark.timeout(240)]

HARD = (
    "It fell to -5 ",
    "The mass is 6.02e23",
    "Light moves at 300,000 km/s",
    "Add \u00be of it",
    "It is cats vs. dogs",
    "Write to jane.doe",
    "Python 3.11.7",
    "3 \u00d7 4 = 12",
    "The area is $",
    "> Read [the guide]",
)
ANSWER = (
    "Sure! First, wash the rice. Then boil it in twice as much water, and wait for "
    "10 minutes.\n- Salt comes last\n- Enjoy it!"
)


@cache
def reader() -> Reader:
    return Reader(engines().asr)


def sounds(text: str, speed: float) -> Iterator[Sound]:
    prompt = Prompt((), temperature=0.0, voice="heart", speed=speed)
    voicing = Voicing(engines().tts, prompt, lambda: False)
    for clause in (*voicing.feed(text), *voicing.flush()):
        yield from voicing.speak(clause)


def test_the_voice_is_given_what_a_person_would_say() -> None:
    wrong = [line.written for line in lines() if not reader().is_given(line)]
    assert len(wrong) <= (1 - BOUND) * len(lines()), wrong


def test_a_name_after_a_title_is_no_number() -> None:
    said = reader().heard("Queen Victoria met Henry Cavill.")
    assert "Queen Victoria" in said
    assert "zero" not in said


def test_hard_lines_are_heard_as_a_person_would_say_them() -> None:
    misheard = {}
    for start in HARD:
        (line,) = (line for line in lines() if line.written.startswith(start))
        heard = reader().heard(line.written)
        if not reader().is_heard(line, heard):
            misheard[line.written] = heard
    assert len(misheard) <= 1, misheard


@pytest.mark.parametrize("speed", [0.25, 0.5, 1.5])
def test_a_whole_answer_takes_exactly_as_long_as_its_speed_says(speed: float) -> None:
    def length(speed: float) -> int:
        return sum(len(sound.audio) for sound in sounds(ANSWER, speed))

    assert length(speed) * speed == pytest.approx(length(1.0), rel=0.01)


@pytest.mark.parametrize("speed", [0.25, 0.5, 1.5])
def test_words_are_understood_at_every_speed(speed: float) -> None:
    wrong = words = 0
    for sentence in SENTENCES:
        said = plain_words(sentence)
        wrong += distance(said, plain_words(reader().heard(sentence, speed)))
        words += len(said)
    assert wrong <= MOST_MISHEARD * words


def test_each_piece_of_an_answer_tells_the_characters_that_were_said() -> None:
    text = "It weighs 6.02e23 kg, e.g. on the moon.\n- `my_var` is *it*"
    ends = [sound.text_end for sound in sounds(text, 1.0)]
    assert ends == sorted(ends)
    assert ends[-1] == len(text)
    inside = {text[:end].rsplit(maxsplit=1)[-1] for end in ends if end}
    assert inside >= {"weighs", "e.g.", "moon.", "is", "*it*"}


def test_a_fetched_voice_speaks_by_its_name(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIBARI_HOME", str(tmp_path / "nothing"))
    # The further voices cannot be carried along: the built-in one stands for another,
    # which has the same size, and speaks by the rules of British English.
    own = Path(hibari.voices.voice_path("heart"))
    place = cache / "voices" / "bf_emma.int8.onnx"
    place.parent.mkdir(parents=True)
    shutil.copyfile(own, place)
    tts = HibariTts()
    assert list(tts.voices) == ["heart"]
    with pytest.raises(InputError, match="emma") as refused:
        next(tts.speak("Hello.", voice="emma"))
    assert "--voices" in refused.value.hint
    emma, heart = (hibari.voices.VOICES[name]["sha256"] for name in ("emma", "heart"))
    table = tmp_path / "voices.toml"
    table.write_text(TABLE.read_text(encoding="utf-8").replace(emma, heart))
    monkeypatch.setattr(voice_files, "TABLE", table)
    assert list(tts.voices) == ["heart", "emma"]
    pieces = tts.speak("Good morning, it is a lovely day.", voice="emma")
    samples = np.concatenate([piece.samples for piece in pieces])
    assert "lovely day" in recognise(Audio(samples, tts.sample_rate))
