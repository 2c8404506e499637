"""A conversation in the sound of a telephone, with the real ears and voice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rt_widget.audio import SAMPLE_RATE_HZ, Audio
from rt_widget.backends.local.hearing.ear import Ear, as_float, resampled
from rt_widget.backends.local.hearing.g711 import (
    Encoder,
    decode,
    pieces,
    recording,
    to_pcm,
)
from rt_widget.backends.local.hearing.listening import Listening
from rt_widget.backends.local.hearing.turn_detection import Started, Stopped
from rt_widget.backends.local.requests.values import AppendAudio
from rt_widget.config import ServerVad

if TYPE_CHECKING:
    from rt_widget.backends.local.engines.base import Engines
    from rt_widget.backends.local.hearing.g711 import AudioFormat

pytestmark = [pytest.mark.weights, pytest.mark.timeout(180)]

QUESTION = "What is the capital of France?"
PIECE = 160
"""What a telephone network sends at a time: 20 ms."""


@pytest.fixture(scope="module")
def question(engines: Engines) -> bytes:
    voice = engines.tts.voices[0]
    said = [s.samples for s in engines.tts.speak(QUESTION, voice=voice, speed=1.0)]
    return Audio(np.concatenate(said), engines.tts.sample_rate).to_pcm16()


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


@pytest.mark.parametrize("law", ["audio/pcmu", "audio/pcma"])
def test_a_question_by_telephone_is_one_turn_and_heard_word_for_word(
    engines: Engines, question: bytes, law: AudioFormat
) -> None:
    pcm = bytes(24_000) + question + bytes(48_000)
    coded = recording(decode(pcm, "audio/pcm"), SAMPLE_RATE_HZ, law)
    listening, ear = Listening(ServerVad()), Ear(engines.new_vad())
    turns = []
    for at in range(0, len(coded), PIECE):
        request = AppendAudio(audio=coded[at : at + PIECE])
        assert len(listening.append(request, law).actions) == 1
        for signal in listening.hear(ear.hear(request.audio, law, detect=True)):
            if isinstance(signal, Started):
                listening.begin(signal)
            if isinstance(signal, Stopped):
                turns.append(listening.end(signal)[1])
    (turn,) = turns
    heard = engines.asr.transcribe(as_float(turn.samples), lambda: False)
    assert words(heard) == words(QUESTION)


@pytest.mark.parametrize("law", ["audio/pcmu", "audio/pcma"])
def test_an_answer_by_telephone_is_understood_word_for_word(
    engines: Engines, question: bytes, law: AudioFormat
) -> None:
    encoder = Encoder(law)
    sent = [encoder.encode(piece) for piece in pieces(question, "audio/pcm")]
    coded = b"".join([*sent, encoder.flush()])
    samples = as_float(resampled(to_pcm(coded, law)))
    assert words(engines.asr.transcribe(samples, lambda: False)) == words(QUESTION)
