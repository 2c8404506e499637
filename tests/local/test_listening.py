from __future__ import annotations

import numpy as np
import pytest

from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ, VAD_FRAME
from rt_widget.backends.local.hearing.ear import Ear, Heard
from rt_widget.backends.local.hearing.g711 import (
    AudioFormat,
    pieces,
    recording,
    sample_rate,
)
from rt_widget.backends.local.hearing.listening import Listening, Turn
from rt_widget.backends.local.hearing.turn_detection import (
    Paused,
    Resumed,
    Started,
    Stopped,
)
from rt_widget.backends.local.protocol.outcome import NOTHING, Listen, Outcome
from rt_widget.backends.local.requests import RequestError, Wire
from rt_widget.backends.local.requests.values import AppendAudio
from rt_widget.config import PushToTalk, SemanticVad, ServerVad, TurnDetection
from tests.local.scripted import LOUD, LoudnessVad

FORMATS: tuple[AudioFormat, ...] = ("audio/pcm", "audio/pcmu", "audio/pcma")
VAD = ServerVad()
BY_HAND = PushToTalk()


def loud(seconds: float, form: AudioFormat) -> bytes:
    rate = sample_rate(form)
    wave = np.where(np.arange(round(seconds * rate)) // 20 % 2, LOUD, -LOUD)
    return recording(wave.astype(np.int16), rate, form)


def quiet(seconds: float, form: AudioFormat) -> bytes:
    rate = sample_rate(form)
    return recording(np.zeros(round(seconds * rate), np.int16), rate, form)


class Person:
    """Speaks into a `Listening` through a real ear."""

    def __init__(self, detection: TurnDetection = VAD) -> None:
        self.listening = Listening(detection)
        self.ear = Ear(LoudnessVad())
        self.told: list[Wire] = []
        self.turns: list[Turn] = []

    def keep(self, outcome: Outcome) -> None:
        self.told += outcome.events

    def send(self, *sounds: bytes, form: AudioFormat = "audio/pcm") -> None:
        for sound in sounds:
            request = AppendAudio(audio=sound)
            for action in self.listening.append(request, form).actions:
                assert isinstance(action, Listen)
                self._listen(action)

    def _listen(self, action: Listen) -> None:
        for piece in pieces(action.sound, action.audio_format):
            heard = self.ear.hear(piece, action.audio_format, detect=action.detect)
            for signal in self.listening.hear(heard):
                match signal:
                    case Started():
                        self.keep(self.listening.begin(signal))
                    case Paused() | Resumed():
                        self.keep(self.listening.pause(signal))
                    case Stopped():
                        outcome, turn = self.listening.end(signal)
                        self.keep(outcome)
                        self.turns.append(turn)

    def commit(self) -> Turn:
        outcome, turn = self.listening.commit()
        self.keep(outcome)
        return turn

    @property
    def order(self) -> list[object]:
        return [str(event["type"]).rpartition(".")[2] for event in self.told]


def refusal(person: Person) -> RequestError:
    with pytest.raises(RequestError) as caught:
        person.commit()
    return caught.value


@pytest.mark.parametrize("form", FORMATS)
def test_a_turn_is_heard_in_every_format_at_its_place(form: AudioFormat) -> None:
    person = Person()
    person.send(quiet(2, form), loud(1, form), quiet(0.6, form), form=form)
    started, stopped = person.told
    (turn,) = person.turns
    assert started["type"] == "input_audio_buffer.speech_started"
    assert stopped["type"] == "input_audio_buffer.speech_stopped"
    assert started["item_id"] == stopped["item_id"] == turn.item_id
    # Frames of 32 ms do not begin where the speech does.
    assert started["audio_start_ms"] == pytest.approx(2_000 - 300, abs=32)
    assert stopped["audio_end_ms"] == pytest.approx(3_000 + 400, abs=64)
    assert turn.seconds == pytest.approx(0.3 + 1 + 0.4, abs=0.07)


def test_a_turn_may_change_its_format_in_the_middle() -> None:
    person = Person()
    person.send(quiet(1, "audio/pcm"), loud(0.5, "audio/pcm"))
    person.send(loud(0.5, "audio/pcmu"), form="audio/pcmu")
    person.send(loud(0.5, "audio/pcma"), quiet(1, "audio/pcma"), form="audio/pcma")
    (turn,) = person.turns
    assert person.order == ["speech_started", "speech_stopped"]
    assert turn.seconds == pytest.approx(0.3 + 1.5 + 0.4, abs=0.07)
    speech = np.abs(turn.samples[6_000:28_000].astype(int))
    assert np.convolve(speech > LOUD // 2, np.ones(160), "valid").min() > 80


@pytest.mark.parametrize("form", FORMATS)
def test_by_hand_a_tenth_of_a_second_is_enough(form: AudioFormat) -> None:
    person = Person(BY_HAND)
    step = 48 if form == "audio/pcm" else 8
    sound = loud(0.1, form)
    person.send(sound[:-step], form=form)
    error = refusal(person)
    assert error.code == "input_audio_buffer_commit_empty"
    assert "only has 99.00ms of audio" in error.message
    person.send(sound[-step:], form=form)
    assert person.commit().seconds == pytest.approx(0.1, abs=0.003)
    assert "only has 0.00ms of audio" in refusal(person).message
    assert person.told == []


def test_a_commit_ends_the_turn_that_is_heard_and_no_other() -> None:
    person = Person()
    person.send(quiet(1, "audio/pcm"))
    assert refusal(person).code == "input_audio_buffer_commit_empty"
    person.send(loud(0.5, "audio/pcm"))
    turn = person.commit()
    assert person.order == ["speech_started", "speech_stopped"]
    assert person.told[0]["item_id"] == turn.item_id
    assert turn.seconds == pytest.approx(0.8, abs=0.04)
    assert refusal(person).code == "input_audio_buffer_commit_empty"
    person.send(quiet(1, "audio/pcm"))
    assert person.turns == []


@pytest.mark.parametrize("detection", [VAD, BY_HAND, SemanticVad()])
def test_what_is_cleared_is_in_no_turn(detection: TurnDetection) -> None:
    person = Person(detection)
    person.send(loud(1, "audio/pcm"))
    started = list(person.order)
    person.keep(person.listening.clear())
    heard = ["speech_stopped"] if started else []
    assert person.order == [*started, *heard, "cleared"]
    assert refusal(person).code == "input_audio_buffer_commit_empty"
    person.send(loud(0.5, "audio/pcm"))
    assert person.commit().seconds == pytest.approx(0.5, abs=0.04)


def test_turns_by_hand_and_by_sound_follow_each_other() -> None:
    person = Person()
    person.send(quiet(1, "audio/pcm"), loud(0.5, "audio/pcm"))
    person.keep(person.listening.configure(BY_HAND))
    assert person.order == ["speech_started", "speech_stopped"]
    person.send(loud(0.5, "audio/pcm"), quiet(1, "audio/pcm"))
    turn = person.commit()
    assert turn.item_id == person.told[0]["item_id"]
    assert turn.seconds == pytest.approx(0.4 + 1 + 1, abs=0.05)
    person.keep(person.listening.configure(VAD))
    person.send(quiet(1, "audio/pcm"), loud(0.5, "audio/pcm"), quiet(1, "audio/pcm"))
    assert person.order[2:] == ["speech_started", "speech_stopped"]
    assert person.told[2]["audio_start_ms"] == pytest.approx(4_000 - 300, abs=64)
    assert person.turns[0].item_id != turn.item_id


@pytest.mark.parametrize(
    ("audio", "form", "taken"),
    [
        (b"\0", "audio/pcm", False),
        (b"\0" * 4_801, "audio/pcm", False),
        (b"\0", "audio/pcmu", True),
        (b"", "audio/pcm", True),
    ],
)
def test_pcm_is_sent_in_whole_samples(
    audio: bytes, form: AudioFormat, *, taken: bool
) -> None:
    listening = Listening(BY_HAND)
    if taken:
        assert bool(listening.append(AppendAudio(audio=audio), form).actions) == (
            bool(audio)
        )
        return
    with pytest.raises(RequestError, match="half a sample") as caught:
        listening.append(AppendAudio(audio=audio), form)
    assert (caught.value.code, caught.value.param) == ("invalid_value", "audio")


def test_of_hours_without_a_commit_the_newest_minutes_are_kept() -> None:
    person = Person(BY_HAND)
    minute = Heard(np.ones(60 * SPEECH_RATE_HZ, np.int16))
    for _ in range(7):
        assert list(person.listening.hear(minute)) == []
    person.send(quiet(0.2, "audio/pcm"))
    assert person.commit().seconds == 300


def test_nothing_is_said_of_rules_that_stay() -> None:
    listening = Listening(VAD)
    assert listening.configure(ServerVad()) is NOTHING
    assert VAD_FRAME / SPEECH_RATE_HZ == 0.032
