from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rt_widget.backends.local.engines.base import VAD_FRAME
from rt_widget.backends.local.hearing.ear import Heard
from rt_widget.backends.local.hearing.idle_timeout import Silence
from rt_widget.backends.local.hearing.listening import Listening, Turn
from rt_widget.backends.local.hearing.turn_detection import (
    Paused,
    Resumed,
    Started,
    Stopped,
)
from rt_widget.backends.local.requests import RequestError, Wire
from rt_widget.backends.local.requests.values import AppendAudio
from rt_widget.config import PushToTalk, SemanticVad, ServerVad, TurnDetection

if TYPE_CHECKING:
    from rt_widget.backends.local.protocol.outcome import Outcome

VAD = ServerVad()
BY_HAND = PushToTalk()

STEPS = st.one_of(
    st.sampled_from(["commit", "clear", "idle", VAD, BY_HAND, SemanticVad("high")]),
    st.tuples(st.sampled_from([0.0, 0.9]), st.integers(1, 40)),
)


class Anyone:
    """Does anything at any time; each frame of the sound is its own number."""

    def __init__(self) -> None:
        self.listening = Listening(VAD, 5_000)
        self.sent = 0
        self.detects = True
        self.told: list[Wire] = []
        self.turns: list[Turn] = []

    def act(self, step: str | TurnDetection | tuple[float, int]) -> None:
        match step:
            case (float(probability), int(frames)):
                for _ in range(frames):
                    self.hear(probability)
            case "commit":
                with suppress(RequestError):
                    self.keep(*self.listening.commit())
            case "clear":
                self.keep(self.listening.clear())
            case "idle":
                self.idle()
            case ServerVad() | SemanticVad() | PushToTalk():
                self.detects = step != BY_HAND
                timeout_ms = 5_000 if isinstance(step, ServerVad) else None
                self.keep(self.listening.configure(step, timeout_ms))

    def keep(self, outcome: Outcome, turn: Turn | None = None) -> None:
        self.told += outcome.events
        self.turns += [turn] if turn else []

    def hear(self, probability: float) -> None:
        request = AppendAudio(audio=bytes(2 * VAD_FRAME * 3 // 2))
        self.listening.append(request)
        samples = np.full(VAD_FRAME, self.sent // VAD_FRAME, np.int16)
        self.sent += VAD_FRAME
        chances = (probability,) if self.detects else ()
        for signal in self.listening.hear(Heard(samples, chances)):
            match signal:
                case Started():
                    self.keep(self.listening.begin(signal))
                case Paused() | Resumed():
                    self.listening.pause(signal)
                case Stopped():
                    self.keep(*self.listening.end(signal))

    def idle(self) -> None:
        self.listening.idle.answered(0)
        for _ in range(2):
            silence = self.listening.idle.woke()
        if isinstance(silence, Silence):
            self.keep(*self.listening.end(silence))


@settings(deadline=None, max_examples=100)
@given(st.lists(STEPS, max_size=30))
def test_whatever_happens_each_sound_is_in_one_turn_and_told_in_order(
    steps: list[str | TurnDetection | tuple[float, int]],
) -> None:
    anyone = Anyone()
    for step in steps:
        anyone.act(step)
    said = np.concatenate([np.zeros(0), *(turn.samples for turn in anyone.turns)])
    assert (np.diff(said) >= 0).all()
    assert np.unique(said, return_counts=True)[1].max(initial=0) <= VAD_FRAME
    names = [turn.item_id for turn in anyone.turns]
    assert len(names) == len(set(names))
    speaking: object = None
    now = 0
    for event in anyone.told:
        # A turn begins with its padding, which another may have ended in.
        start, end = event.get("audio_start_ms", now), event.get("audio_end_ms", now)
        assert isinstance(start, int)
        assert isinstance(end, int)
        assert now - 300 <= start <= anyone.sent // 16
        assert now <= end <= anyone.sent // 16
        now = end
        match event:
            case {"type": "input_audio_buffer.speech_started", "item_id": item_id}:
                assert speaking is None
                speaking = item_id
            case {"type": "input_audio_buffer.speech_stopped", "item_id": item_id}:
                assert speaking == item_id
                speaking = None
            case {"type": "input_audio_buffer.timeout_triggered"}:
                assert speaking is None
