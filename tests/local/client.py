"""A client of the protocol as a fold, without a connection."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rt_widget import events
from rt_widget.backends.local.ear import Heard
from rt_widget.backends.local.engines.base import VAD_FRAME
from rt_widget.backends.local.outcome import (
    Action,
    Outcome,
    Respond,
)
from rt_widget.backends.local.protocol import LocalProtocol
from rt_widget.config import PushToTalk, SessionConfig

FRAME = np.zeros(VAD_FRAME, np.int16)


VAD = SessionConfig(system="be kind")


BY_HAND = replace(VAD, turn_detection=PushToTalk())


class Client:
    """A protocol with what it told and asked for."""

    def __init__(self, config: SessionConfig = VAD) -> None:
        self.protocol = LocalProtocol(config, voices=("heart",))
        self.told: list[events.ServerEvent] = []
        self.asked: list[Action] = []
        self.keep(self.protocol.open())

    def keep(self, outcome: Outcome) -> None:
        self.told += outcome.events
        self.asked += outcome.actions

    def send(self, *sent: events.AnyClientEvent) -> None:
        for event in sent:
            self.keep(self.protocol.receive(event))

    def hear(self, *probabilities: float) -> None:
        """A frame of sound for each probability."""
        for each in probabilities:
            self.keep(self.protocol.hear(Heard(FRAME, (each,))))

    def recognise_all(self, words: str) -> None:
        """Answer every turn that waits for its words."""
        for action in self.asked:
            if isinstance(action, Respond) and action.item_id:
                self.keep(self.protocol.recognised(action.item_id, words))
                self.keep(self.protocol.begin(action.item_id))

    def speak(self, frames: int = 20, silence: int = 20) -> None:
        self.hear(*[0.9] * frames, *[0.0] * silence)

    @property
    def order(self) -> list[str]:
        return [type(event).__name__ for event in self.told]

    @property
    def work(self) -> list[str]:
        return [type(action).__name__ for action in self.asked]

    def last_error(self) -> events.ServerFault:
        event = self.told[-1]
        assert isinstance(event, events.ErrorReported)
        return event.error
