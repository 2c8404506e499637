"""Responses over a conversation with one question; what they tell is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.backends.local.conversation.items import Items, Message
from rt_widget.backends.local.conversation.parts import Part
from rt_widget.backends.local.protocol import told
from rt_widget.backends.local.protocol.outcome import Outcome, Respond
from rt_widget.backends.local.protocol.responses import Responses
from rt_widget.backends.local.requests.values import (
    CreateResponse,
)
from rt_widget.backends.local.settings import Settings
from tests.local.scripted import loud
from tests.servers.judge import judge

if TYPE_CHECKING:
    from rt_widget.backends.local.protocol.pieces import (
        Piece,
    )
    from rt_widget.backends.local.requests.values import Wire

HALF_SECOND = loud(0.5)
SPOKEN = Settings.new(("heart",), instructions="be kind")
TEXT: Wire = {"output_modalities": ["text"]}


class Asked:
    """Responses over a conversation with one question, and what was told."""

    def __init__(self) -> None:
        self.items = Items()
        self.items.add(Message("q", "user", (Part(is_audio=False, text="and?"),)))
        self.responses = Responses(self.items)
        self.told: list[Wire] = []

    def take(self, outcome: Outcome) -> Outcome:
        for event in outcome.events:
            judge(told.on_socket(event))
        self.told += outcome.events
        return outcome

    def create(self, request: CreateResponse | None = None) -> str:
        """Ask for a response; returns its id."""
        outcome = self.responses.create(request or CreateResponse(), SPOKEN)
        (respond,) = (a for a in outcome.actions if isinstance(a, Respond))
        self.take(outcome)
        return respond.response_id

    def make(self, name: str, *pieces: Piece) -> None:
        for piece in pieces:
            self.take(self.responses.progress(name, piece))

    @property
    def order(self) -> list[str]:
        return [str(event["type"]) for event in self.told]

    @property
    def done(self) -> Wire:
        return response_in(self.told[-1])

    @property
    def only_item(self) -> dict[str, str]:
        output = self.done["output"]
        assert isinstance(output, list)
        (item,) = output
        assert isinstance(item, dict)
        return item


def response_in(event: Wire) -> Wire:
    response = event["response"]
    assert isinstance(response, dict)
    return response


def error_of(outcome: Outcome) -> Wire:
    error = outcome.events[-1]["error"]
    assert isinstance(error, dict)
    return error
