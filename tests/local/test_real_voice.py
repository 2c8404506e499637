"""The connection over the real engines."""

from __future__ import annotations

from dataclasses import replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rt_widget import events
from rt_widget.audio import Audio, duration_ms
from rt_widget.backends.local.hearing.ear import Ear, as_float, resampled
from rt_widget.backends.local.hearing.turn_detection import (
    Paused,
    Resumed,
    Started,
    Stopped,
    TurnDetector,
    milliseconds,
)
from rt_widget.config import PushToTalk, SemanticVad, ServerVad, SessionConfig
from tests import speech
from tests.local.scripted import Talk, silence

if TYPE_CHECKING:
    from rt_widget.backends.local.workers import Workers

pytestmark = [
    pytest.mark.weights,
    pytest.mark.timeout(180),
]

CAPITAL = "What is the capital of France?"
STORY = "Tell me a long story about a dragon and a princess."
CALM = SessionConfig(voice="heart", temperature=0.6)
STRICT = replace(CALM, turn_detection=ServerVad(false_alarm_ms=0))
SEMANTIC = replace(CALM, turn_detection=SemanticVad())


@pytest.fixture(scope="module")
def workers() -> Workers:
    return speech.workers()


@pytest.fixture(scope="module")
def capital(workers: Workers) -> bytes:
    return spoken(workers, CAPITAL)


def spoken(workers: Workers, text: str, speed: float = 1.0) -> bytes:
    """The sound of a text, from its first sound to its last."""
    tts = workers.engines.tts
    pieces = [s.samples for s in tts.speak(text, voice="heart", speed=speed)]
    samples = np.concatenate(pieces)
    loud = np.flatnonzero(np.abs(samples) > 0.01 * np.abs(samples).max())
    return Audio(samples[loud[0] : loud[-1]], tts.sample_rate).to_pcm16()


def heard_in(workers: Workers, pcm: bytes) -> str:
    samples = as_float(resampled(pcm))
    return workers.engines.asr.transcribe(samples, lambda: False)


def words(text: str) -> list[str]:
    kept = "".join(c for c in text.casefold() if c.isalnum() or c.isspace())
    return kept.split()


def over(workers: Workers, config: SessionConfig = CALM) -> Talk:
    return Talk(workers, config)


def sound_of(talking: Talk) -> bytes:
    return b"".join(event.delta for event in talking.all(events.AudioDelta))


async def test_a_spoken_question_is_understood_and_answered(
    workers: Workers, capital: bytes
) -> None:
    async with over(workers) as talking:
        await talking.hear(silence(0.5), capital, silence(0.7))
        done = await talking.until(events.ResponseDone)
        (heard,) = talking.all(events.InputTranscriptDone)
        assert words(heard.transcript) == words(CAPITAL)
        (said,) = talking.all(events.TranscriptDone)
        assert "paris" in words(said.transcript)
        assert done.response.status == "completed"
        assert done.response.usage is not None
        assert done.response.usage.output_tokens > 0
        spoken_words = words(heard_in(workers, sound_of(talking)))
        assert set(words(said.transcript)) & set(spoken_words) >= {"paris"}
        shared = len(set(words(said.transcript)) & set(spoken_words))
        assert shared >= 0.7 * len(set(words(said.transcript)))


async def test_a_typed_question_is_answered(workers: Workers) -> None:
    async with over(workers) as talking:
        done = await talking.ask(CAPITAL)
        assert done.status == "completed"
        (said,) = talking.all(events.TranscriptDone)
        assert "paris" in words(said.transcript)
        assert duration_ms(sound_of(talking)) > 300


async def test_a_recorded_question_is_answered_in_text(
    workers: Workers, capital: bytes
) -> None:
    text_only = replace(CALM, voice="none", turn_detection=PushToTalk())
    async with over(workers, text_only) as talking:
        recorded = events.ItemCreate(item_id="q", audio=capital)
        await talking.send(recorded, events.ResponseCreate())
        await talking.until(events.ResponseDone)
        (said,) = talking.all(events.TextDone)
        assert "paris" in words(said.text)
        assert talking.all(events.AudioDelta) == []


async def test_it_remembers_what_was_said(workers: Workers) -> None:
    async with over(workers) as talking:
        await talking.ask("My name is Magdalena. Please remember my name.")
        await talking.ask("What is my name?")
        assert "magdalena" in words(talking.all(events.TranscriptDone)[-1].transcript)


async def test_speaking_stops_a_long_answer(workers: Workers, capital: bytes) -> None:
    async with over(workers, STRICT) as talking:
        question = events.ItemCreate(item_id="q", text=STORY)
        await talking.send(question, events.ResponseCreate())
        await talking.until(events.AudioDelta)
        await talking.hear(capital)
        done = await talking.until(events.ResponseDone)
        assert done.response.reason == "turn_detected"
        said = len(talking.all(events.TranscriptDelta))
        await talking.hear(silence(0.7))
        await talking.until(events.ResponseCreated)
        assert len(talking.all(events.TranscriptDelta)) == said
        done = await talking.until(events.ResponseDone)
        assert done.response.status == "completed"
        heard = talking.all(events.InputTranscriptDone)[-1].transcript
        assert words(heard) == words(CAPITAL)
        assert words(talking.all(events.TranscriptDone)[-1].transcript)


async def test_an_unfinished_sentence_is_waited_for_and_answered_as_a_whole(
    workers: Workers,
) -> None:
    begun = spoken(workers, "I would like to know whether")
    ended = spoken(workers, "Paris is the capital of France.")
    async with over(workers, SEMANTIC) as talking:
        await talking.hear(silence(0.5), begun, silence(1.2), ended, silence(2.5))
        done = await talking.until(events.ResponseDone)
        assert done.response.status == "completed"
        assert len(talking.all(events.SpeechStarted)) == 1
        (heard,) = talking.all(events.InputTranscriptDone)
        assert words(heard.transcript)[:4] == ["i", "would", "like", "to"]
        assert words(heard.transcript)[-1] == "france"


async def test_a_finished_sentence_ends_the_turn_sooner(
    workers: Workers, capital: bytes
) -> None:
    async with over(workers, SEMANTIC) as talking:
        # By sound alone it takes 400 ms, and what the ears lag behind.
        await talking.hear(silence(0.5), capital, silence(0.39))
        await talking.until(events.SpeechStopped)
        await talking.until(events.ResponseCreated)
        (heard,) = talking.all(events.InputTranscriptDone)
        assert words(heard.transcript) == words(CAPITAL)


async def test_a_hum_is_no_turn_to_answer(workers: Workers) -> None:
    times = np.arange(24_000 // 3) / 24_000
    tones = [np.sin(2 * np.pi * 140 * k * times) / k**1.5 for k in range(1, 12)]
    hum = 6_000 * np.sum(tones, axis=0) * np.hanning(len(times)) ** 0.3
    async with over(workers, SEMANTIC) as talking:
        await talking.hear(silence(0.5), hum.astype("<i2").tobytes(), silence(0.6))
        heard = await talking.until(events.InputTranscriptDone)
        assert heard.transcript == ""
        answer = await talking.ask(CAPITAL)
        assert answer.status == "completed"
        assert len(talking.all(events.ResponseCreated)) == 1


async def test_of_a_cut_answer_it_remembers_what_was_heard(workers: Workers) -> None:
    async with over(workers) as talking:
        await talking.ask(STORY)
        sounds = talking.all(events.AudioDelta)
        ends = [sound.text_end for sound in sounds]
        assert ends == sorted(ends)
        assert len(set(ends)) > len(ends) / 8
        heard_ms = int(duration_ms(sound_of(talking)) / 2)
        item = sounds[0].item_id
        await talking.send(
            events.ItemTruncate(item_id=item, content_index=0, audio_end_ms=heard_ms)
        )
        await talking.until(events.ItemTruncated)
        prompt = talking.connection.session.protocol.prompt("and?")
        assert prompt is not None
        kept = words(prompt.messages[-2].content)
        told = words(heard_in(workers, sound_of(talking)[: heard_ms * 48]))
        assert abs(len(kept) - len(told)) <= 2
        (whole,) = talking.all(events.TranscriptDone)
        assert kept == words(whole.transcript)[: len(kept)]
        assert SequenceMatcher(None, kept, told).ratio() > 0.7


async def test_slower_speech_is_longer(workers: Workers) -> None:
    lengths = []
    for speed in (0.5, 1.0, 1.5):
        async with over(workers, replace(CALM, speed=speed)) as talking:
            await talking.ask("Answer with exactly these two words: Paris, France")
            text = talking.all(events.TranscriptDone)[-1].transcript
            lengths.append(duration_ms(sound_of(talking)) / max(1, len(text)))
    assert lengths[0] > 1.4 * lengths[1]
    assert lengths[1] > 1.15 * lengths[2]


def test_turns_are_found_in_real_speech(workers: Workers, capital: bytes) -> None:
    ear = Ear(workers.engines.new_vad())
    sound = silence(1.0) + capital + silence(0.8) + capital + silence(0.8)
    detector = TurnDetector(ServerVad(silence_duration_ms=400))
    found = [detector.push(p) for p in ear.hear(sound, detect=True).probabilities]
    told = [signal for signal in found if isinstance(signal, Started | Stopped)]
    assert [type(signal) for signal in told] == [Started, Stopped] * 2
    length_ms = duration_ms(capital)
    starts = [milliseconds(s.start) for s in told if isinstance(s, Started)]
    ends = [milliseconds(s.end) for s in told if isinstance(s, Stopped)]
    for start, end, begun in zip(starts, ends, (1000, 1800 + length_ms), strict=True):
        assert begun - 100 <= start <= begun + 200
        assert begun + length_ms + 300 <= end <= begun + length_ms + 700
    pauses = [type(signal) for signal in found if isinstance(signal, Paused | Resumed)]
    assert pauses.count(Paused) - pauses.count(Resumed) == 2


def test_noise_and_clicks_are_no_turn(workers: Workers) -> None:
    random = np.random.default_rng(1)
    hiss = random.normal(0, 300, 24_000 * 3)
    hum = 4000 * np.sin(np.arange(24_000 * 3) * 2 * np.pi * 50 / 24_000)
    clicks = np.zeros(24_000 * 3)
    clicks[:: 24_000 // 2] = 20_000
    for noise in (hiss, hum, clicks, hiss + clicks):
        ear = Ear(workers.engines.new_vad())
        pcm = noise.clip(-32_768, 32_767).astype("<i2").tobytes()
        detector = TurnDetector(ServerVad())
        heard = ear.hear(pcm, detect=True).probabilities
        assert [signal for signal in map(detector.push, heard) if signal] == []
