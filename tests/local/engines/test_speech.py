"""Ears and voice, with the real models."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rt_widget.audio import Audio
from rt_widget.backends.local.engines import timed_voice
from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ, VAD_FRAME
from rt_widget.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from rt_widget.backends.local.engines.base import Engines

pytestmark = [pytest.mark.weights, pytest.mark.timeout(180)]

HUMAN = Path("/usr/share/pocketsphinx/test/data")
SAID = {
    "librivox/sense_and_sensibility_01_austen_64kb-0870.wav": (
        "and mr john dashwood had then leisure to consider how much there might be "
        "prudently in his power to do for them"
    ),
    "librivox/sense_and_sensibility_01_austen_64kb-0930.wav": (
        "he might even have been made amiable himself"
    ),
    "goforward.raw": "go forward ten meters",
}
SENTENCES = (
    "What is the capital of France?",
    "The weather is lovely today, and I hope you have a good walk.",
    "You could drink a glass of cold water.",
)


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


def spoken(engines: Engines, text: str, speed: float = 1.0) -> Audio:
    voice = engines.tts.voices[0]
    pieces = [s.samples for s in engines.tts.speak(text, voice=voice, speed=speed)]
    return Audio(np.concatenate(pieces), engines.tts.sample_rate)


def heard(engines: Engines, sound: Audio) -> str:
    samples = sound.resample(SPEECH_RATE_HZ).samples
    return engines.asr.transcribe(samples, lambda: False)


def noises() -> Iterator[tuple[str, NDArray[np.floating]]]:
    chance = np.random.default_rng(8)
    times = np.arange(3 * SPEECH_RATE_HZ) / SPEECH_RATE_HZ
    hiss = chance.standard_normal(len(times))
    yield "silence", np.zeros(2 * SPEECH_RATE_HZ)
    yield "nothing", np.zeros(0)
    yield "faint hiss", 0.003 * hiss
    yield "loud hiss", 0.1 * hiss
    yield "mains hum", 0.1 * np.sin(2 * np.pi * 100 * times)
    yield "whistle", 0.3 * np.sin(2 * np.pi * 440 * times)
    yield "click", np.concatenate([np.zeros(8_000), hiss[:200] / 3, np.zeros(8_000)])
    yield "rumble", 0.001 * np.cumsum(hiss)
    burst = hiss[:4_000] * np.exp(-np.arange(4_000) / 1_300)
    yield "cough", np.concatenate([np.zeros(4_800), 0.2 * burst, 0.1 * burst, hiss * 0])
    voiced = np.sum(
        [np.sin(2 * np.pi * 140 * k * times) / k for k in range(1, 12)], axis=0
    )
    yield "hum", np.concatenate([np.zeros(4_800), 0.2 * voiced[:6_400], hiss * 0])


@pytest.mark.parametrize("name", SAID)
def test_people_are_understood(engines: Engines, name: str) -> None:
    path = HUMAN / name
    if not path.exists():
        pytest.skip("the package pocketsphinx-testdata is not installed")
    if path.suffix == ".raw":
        pcm = np.fromfile(path, dtype="<i2")
        sound = Audio(pcm.astype(np.float32) / 32_768, SPEECH_RATE_HZ)
    else:
        sound = Audio.from_wav(path)
    assert words(heard(engines, sound).replace("10", "ten")) == words(SAID[name])


@pytest.mark.parametrize("speed", [0.25, 0.5, 1.0, 1.5])
@pytest.mark.parametrize("text", SENTENCES)
def test_own_speech_is_understood_at_every_speed(
    engines: Engines, text: str, speed: float
) -> None:
    said, got = words(text), words(heard(engines, spoken(engines, text, speed)))
    agreed = sum(one == other for one, other in zip(said, got, strict=False))
    assert agreed >= len(said) - 1, got


@pytest.mark.parametrize("speed", [0.25, 0.5, 1.0, 1.5])
def test_speed_changes_duration_in_proportion(engines: Engines, speed: float) -> None:
    normal = spoken(engines, SENTENCES[1]).duration
    assert spoken(engines, SENTENCES[1], speed).duration * speed == pytest.approx(
        normal, rel=0.01
    )


def test_each_sentence_comes_as_soon_as_it_is_spoken(engines: Engines) -> None:
    voice = engines.tts.voices[0]
    text = " ".join(SENTENCES)
    pieces = [s.samples for s in engines.tts.speak(text, voice=voice, speed=1.0)]
    assert len(pieces) == len(SENTENCES)
    for piece in pieces:
        assert piece.dtype == np.float32
        assert 0.05 < np.abs(piece).max() <= 1.0


@pytest.mark.parametrize("text", ["Thank you.", "Bye.", "No.", "Stop!"])
def test_a_short_word_is_a_word(engines: Engines, text: str) -> None:
    assert words(heard(engines, spoken(engines, text))) == words(text)


TIMED = (
    "The weather is lovely today, and I hope you have a good walk along the river.",
    "Once upon a time a dragon lived in a deep cave near the sea.",
)


@pytest.mark.parametrize("speed", [0.7, 1.0, 1.4])
@pytest.mark.parametrize("text", TIMED)
def test_it_tells_where_each_word_ends(
    engines: Engines, text: str, speed: float
) -> None:
    (speech,) = engines.tts.speak(text, voice=engines.tts.voices[0], speed=speed)
    assert len(speech.word_ends) == len(text.split())
    assert list(speech.word_ends) == sorted(speech.word_ends)
    said = words(text)
    for count in range(4, len(said) - 4, 3):
        end = speech.word_ends[count - 1]
        before = words(heard(engines, Audio(speech.samples[:end], 24_000)))
        after = words(heard(engines, Audio(speech.samples[end:], 24_000)))
        # Where a sentence is broken off, words are guessed.
        assert before[: count - 1] == said[: count - 1]
        assert abs(len(after) - (len(said) - count)) <= 1
        assert after[-2:] == said[-2:]


def test_a_voice_that_tells_no_durations_speaks_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timed_voice, "_DURATIONS", "/unknown")
    (speech,) = timed_voice.TimedVoice("heart", threads=1).speak("Hello there.")
    assert len(speech.samples) > 10_000
    assert speech.word_ends == ()


def test_words_are_told_apart_whatever_they_are_made_of(engines: Engines) -> None:
    text = "At 10:30 Dr. Smith \u2014 U.S. \u2014 paid $9.99 & 5 % more. OK? Yes, now."
    voice = engines.tts.voices[0]
    speeches = list(engines.tts.speak(text, voice=voice, speed=1.0))
    assert len(speeches) > 1
    ends = [end for speech in speeches for end in speech.word_ends]
    assert len(ends) == len(text.split())
    for speech in speeches:
        assert all(0 < end <= len(speech.samples) for end in speech.word_ends)


@pytest.mark.parametrize("text", ["", " ", "...", "—", "🙂", "日本"])
def test_what_cannot_be_spoken_is_silent(engines: Engines, text: str) -> None:
    voice = engines.tts.voices[0]
    pieces = [s.samples for s in engines.tts.speak(text, voice=voice, speed=1.0)]
    assert sum(len(piece) for piece in pieces) == 0


@pytest.mark.parametrize(
    ("voice", "speed"), [("nobody", 1.0), ("heart", 0.2), ("heart", 2.1)]
)
def test_unknown_voice_and_speed_are_refused(
    engines: Engines, voice: str, speed: float
) -> None:
    with pytest.raises(InputError):
        list(engines.tts.speak("Hello.", voice=voice, speed=speed))


@pytest.mark.parametrize("noise", list(noises()), ids=lambda noise: noise[0])
def test_noise_has_no_words(
    engines: Engines, noise: tuple[str, NDArray[np.floating]]
) -> None:
    sound = np.asarray(noise[1], dtype=np.float32)
    assert engines.asr.transcribe(sound, lambda: False) == ""


def test_speech_longer_than_the_window_is_read_to_its_end(engines: Engines) -> None:
    text = " ".join(SENTENCES * 5)
    sound = spoken(engines, text)
    assert sound.duration > 31
    got = words(heard(engines, sound))
    assert got[:4] == ["what", "is", "the", "capital"]
    assert got[-2:] == ["cold", "water"]
    assert len(got) == pytest.approx(len(words(text)), rel=0.05)


@pytest.mark.parametrize("allowed", [0, 1, 2])
def test_recognition_stops_between_its_steps(engines: Engines, allowed: int) -> None:
    calls = iter(range(100))
    samples = spoken(engines, SENTENCES[0]).resample(SPEECH_RATE_HZ).samples
    assert engines.asr.transcribe(samples, lambda: next(calls) >= allowed) == ""


def test_vad_hears_speech_and_not_noise(engines: Engines) -> None:
    vad = engines.new_vad()
    sound = spoken(engines, SENTENCES[1]).resample(SPEECH_RATE_HZ).samples
    pcm = (sound * 32_767).astype(np.int16)
    frames = [pcm[start : start + VAD_FRAME] for start in range(0, len(pcm), VAD_FRAME)]
    speech = [vad.probability(frame) for frame in frames if len(frame) == VAD_FRAME]
    assert np.mean(np.array(speech) > 0.5) > 0.6
    vad.reset()
    hiss = np.random.default_rng(3).standard_normal((60, VAD_FRAME)) * 600
    assert max(vad.probability(frame.astype(np.int16)) for frame in hiss) < 0.5


def test_vad_wants_whole_frames(engines: Engines) -> None:
    with pytest.raises(InputError):
        engines.new_vad().probability(np.zeros(VAD_FRAME - 1, dtype=np.int16))
