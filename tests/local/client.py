"""A client of the protocol as a fold, without a connection; each event is judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from rt_widget import events
from rt_widget.backends.local.engines.base import VAD_FRAME
from rt_widget.backends.local.hearing.ear import Heard
from rt_widget.backends.local.protocol import told
from rt_widget.backends.local.protocol.fold import LocalProtocol
from rt_widget.backends.local.protocol.outcome import (
    Action,
    Outcome,
    Recognise,
    Respond,
)
from rt_widget.backends.local.protocol.told.typed import typed
from rt_widget.backends.local.requests.typed import of_client
from rt_widget.backends.local.settings import Settings
from rt_widget.config import PushToTalk, SessionConfig
from tests.servers.judge import judge

if TYPE_CHECKING:
    from rt_widget.backends.local.protocol.pieces import Piece
    from rt_widget.backends.local.requests.values import Request, Wire

FRAME = np.zeros(VAD_FRAME, np.int16)

VAD = SessionConfig(system="be kind")

BY_HAND = replace(VAD, turn_detection=PushToTalk())


class Client:
    """A protocol with what it told and asked for.

    Args:
        settings: What the session starts with; a `SessionConfig` as the widget has it.
    """

    def __init__(self, settings: SessionConfig | Settings = VAD) -> None:
        if isinstance(settings, SessionConfig):
            settings = Settings.of_config(settings, ("heart",))
        self.protocol = LocalProtocol(settings)
        self.told: list[events.ServerEvent] = []
        """As the widget has them, but for those that it does not know."""
        self.raw: list[Wire] = []
        self.asked: list[Action] = []
        self.keep(self.protocol.open())

    def keep(self, outcome: Outcome) -> None:
        for event in outcome.events:
            judge(told.on_socket(event))
            self.raw.append(event)
            known = typed(event)
            if not isinstance(known, events.Unhandled):
                self.told.append(known)
        self.asked += outcome.actions

    def send(self, *sent: events.AnyClientEvent) -> None:
        for event in sent:
            self.ask(of_client(event))

    def ask(self, *requests: Request) -> None:
        for request in requests:
            self.keep(self.protocol.receive(request))

    def hear(self, *probabilities: float) -> None:
        """A frame of sound for each probability."""
        for each in probabilities:
            self.keep(self.protocol.hear(Heard(FRAME, (each,))))

    def recognise_all(self, words: str) -> None:
        """Tell the words of every part that waits for them; begin every turn's answer.

        What was recognised or begun before is passed over.
        """
        asked, self.asked = self.asked, []
        for action in asked:
            match action:
                case Recognise(item_id=item_id, content_index=index):
                    self.keep(self.protocol.recognised(item_id, words, index))
                case Respond(is_turn=True):
                    self.keep(self.protocol.begin(action.response_id))
        self.asked = asked + self.asked

    def make(self, *pieces: Piece, response_id: str | None = None) -> None:
        """Pieces of a response; without an id of the one that was asked for last."""
        wanted = [a.response_id for a in self.asked if isinstance(a, Respond)]
        name = response_id or (wanted[-1] if wanted else "resp_none")
        for piece in pieces:
            self.keep(self.protocol.progress(name, piece))

    def speak(self, frames: int = 20, silence: int = 20) -> None:
        self.hear(*[0.9] * frames, *[0.0] * silence)

    @property
    def order(self) -> list[str]:
        return [type(event).__name__ for event in self.told]

    @property
    def kinds(self) -> list[str]:
        """Types of all events, as on a wire."""
        return [str(event["type"]) for event in self.raw]

    @property
    def work(self) -> list[str]:
        return [type(action).__name__ for action in self.asked]

    def last_error(self) -> events.ServerFault:
        event = self.told[-1]
        assert isinstance(event, events.ErrorReported)
        return event.error
