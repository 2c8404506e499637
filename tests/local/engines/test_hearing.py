"""What the ears make of noise, of torn and of short speech, with the real models."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ, VAD_FRAME
from rt_widget.backends.local.engines.vad import SileroVad, holds_speech
from tests.speech import engines, speak, word_errors, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Sound = NDArray[np.float32]

pytestmark = [pytest.mark.weights, pytest.mark.timeout(180)]

SENTENCES = (
    "Unfortunately, the refrigerator is temporarily unavailable.",
    "Could you tell me what the weather will be like tomorrow?",
)
CUTS_MS = range(1_000, 1_640, 60)
LONG = 3 * SPEECH_RATE_HZ


def spoken(text: str) -> Sound:
    return speak(text).resample(SPEECH_RATE_HZ).samples


def heard(sound: Sound) -> str:
    return engines().asr.transcribe(sound.astype(np.float32), lambda: False)


def noises() -> Iterator[tuple[str, NDArray[np.float64]]]:
    chance = np.random.default_rng(5)
    times = np.arange(LONG) / SPEECH_RATE_HZ
    hiss = chance.standard_normal(LONG)
    keys = np.zeros(LONG)
    for start in chance.integers(0, LONG - 400, 18):
        decay = np.exp(-np.arange(400) / chance.uniform(15, 90))
        keys[start : start + 400] += chance.standard_normal(400) * decay
    yield "keyboard", 0.3 * keys
    clicks = np.zeros(LONG)
    clicks[chance.integers(0, LONG, 5)] = 0.8
    yield "clicks", clicks
    for top in (1_600, 3_000, 4_500):
        slow = np.sin(np.pi * times / 1.3) ** 2
        yield f"breath up to {top} Hz", 0.05 * slow * band(hiss, 300, top)
    yield (
        "a crowd far away",
        0.05 * (1 + 0.7 * np.sin(25 * times)) * band(hiss, 200, 3_400),
    )
    yield "fan", 0.1 * band(hiss, 40, 600) + 0.05 * np.sin(800 * times)
    yield "melody", 0.1 * melody(chance)


def band(sound: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / SPEECH_RATE_HZ)
    spectrum[(hertz < low) | (hertz > high)] = 0
    return np.fft.irfft(spectrum, len(sound))


def melody(chance: np.random.Generator) -> NDArray[np.float64]:
    step = SPEECH_RATE_HZ // 4
    times = np.arange(step) / SPEECH_RATE_HZ
    return np.concatenate(
        [
            sum(
                np.sin(2 * np.pi * hertz * overtone * times) / overtone
                for overtone in range(1, 6)
            )
            * np.exp(-4 * times)
            for hertz in 220 * 2 ** (chance.choice([0, 2, 4, 5, 7, 9, 12], 12) / 12)
        ]
    )


@pytest.mark.parametrize("noise", list(noises()), ids=lambda noise: noise[0])
def test_noise_has_no_words(noise: tuple[str, NDArray[np.float64]]) -> None:
    assert heard(noise[1].astype(np.float32)) == ""


@pytest.mark.parametrize("text", SENTENCES)
def test_speech_that_breaks_off_is_heard_wherever_it_does(text: str) -> None:
    sound = spoken(text)
    ends = [end * SPEECH_RATE_HZ // 1000 for end in CUTS_MS]
    first = [words(heard(sound[:end]))[:1] for end in ends]
    assert first == [words(text)[:1]] * len(ends)


@pytest.mark.parametrize("text", SENTENCES)
def test_what_was_read_before_of_a_sound_does_not_change_it(text: str) -> None:
    sound = spoken(text)
    for share in (0.4, 0.6, 0.8):
        heard(sound[: int(share * len(sound))])
    assert heard(sound) == text


@pytest.mark.parametrize(
    "text", ["Yes.", "No.", "Stop.", "Five.", "Okay.", "Why?", "Hello."]
)
def test_a_short_word_is_heard(text: str) -> None:
    assert words(heard(spoken(text))) in (words(text), ["5"])


@pytest.mark.parametrize("text", SENTENCES)
def test_sentences_have_capitals_and_stops(text: str) -> None:
    assert heard(spoken(text)) == text


@pytest.mark.parametrize("text", SENTENCES)
def test_noise_ten_decibels_below_takes_few_words(text: str) -> None:
    sound = spoken(text)
    hiss = np.random.default_rng(6).standard_normal(len(sound))
    hiss *= np.sqrt(np.mean(sound**2) / 10)
    assert word_errors(text, heard((sound + hiss).astype(np.float32))) <= 0.12


@pytest.mark.parametrize("text", ["Five, five.", "Ten of clubs.", "No, no, no."])
def test_short_speech_does_not_loop(text: str) -> None:
    got = re.sub("5", "five", heard(spoken(text)))
    assert len(words(got)) <= len(words(text)) + 1


def test_speech_is_told_from_noise_and_from_nothing() -> None:
    assert holds_speech(spoken("Yes."))
    assert not any(holds_speech(noise.astype(np.float32)) for _, noise in noises())
    assert not holds_speech(np.zeros(0, np.float32))


@pytest.mark.parametrize("quiet", [1.0, 0.5])
def test_a_frame_that_ends_in_silence_ends_speech(quiet: float) -> None:
    sound = spoken("What is the capital of")[: SPEECH_RATE_HZ - 1]
    pcm = (sound * 20_000).astype(np.int16)
    frames = pcm[: len(pcm) // VAD_FRAME * VAD_FRAME].reshape(-1, VAD_FRAME)
    vad = SileroVad()
    said = [vad.probability(frame) for frame in frames]
    last = int(np.argmax(said))
    vad.reset()
    for frame in frames[:last]:
        vad.probability(frame)
    ended = frames[last].copy()
    ended[round(VAD_FRAME * (1 - quiet)) :] = 0
    assert said[last] > 0.9
    assert vad.probability(ended) == 0.0
