"""A session with its client and its engines, to be driven in any order.

Requests go in as JSON; the work that the protocol asks for is done by hand, whenever
the driver likes; every event is checked by `Promises`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from rt_widget.backends.local.engines.base import VAD_FRAME
from rt_widget.backends.local.hearing.ear import Heard
from rt_widget.backends.local.protocol.fold import LocalProtocol
from rt_widget.backends.local.protocol.outcome import (
    Discard,
    Forget,
    Glimpse,
    Recognise,
    Respond,
    Speculate,
    Stop,
    Wake,
)
from rt_widget.backends.local.protocol.pieces import Failed, Finished, Sound, Words
from rt_widget.backends.local.requests import RequestError, read
from rt_widget.backends.local.requests.values import CancelResponse, InsertItem
from rt_widget.backends.local.settings import Settings
from tests.local.promises import Promises

if TYPE_CHECKING:
    from rt_widget.backends.local.protocol.outcome import Outcome
    from rt_widget.backends.local.protocol.pieces import Piece
    from rt_widget.backends.local.requests import Request
    from rt_widget.events import ServerFault

FRAME = np.zeros(VAD_FRAME, np.int16)

ANSWERS = {
    "session.update": ["session.updated"],
    "input_audio_buffer.append": [],
    "input_audio_buffer.commit": ["input_audio_buffer.committed"],
    "input_audio_buffer.clear": ["input_audio_buffer.cleared"],
    "conversation.item.create": ["conversation.item.added", "conversation.item.done"],
    "conversation.item.retrieve": ["conversation.item.retrieved"],
    "conversation.item.delete": ["conversation.item.deleted"],
    "conversation.item.truncate": ["conversation.item.truncated"],
    "response.create": ["response.created"],
    "response.cancel": ["response.done"],
}
"""What each request brings at least, unless it is refused."""


class Session:
    """One session from both sides."""

    def __init__(self) -> None:
        self.protocol = LocalProtocol(Settings.new(("heart", "sky")))
        self.promises = Promises()
        self.recognising: list[tuple[str, int]] = []
        self.responding: dict[str, Respond] = {}
        """Work for responses that nobody has stopped."""
        self.stopped: list[str] = []
        self.speculating: str | None = None
        self.glimpsing: str | None = None
        self.is_to_wake = False
        self.gone: list[str] = []
        """Ids of items that were deleted."""
        self._sent = 0
        self.keep(self.protocol.open())

    def keep(self, outcome: Outcome) -> list[str]:
        """Check what was told, and note what is to be done; returns event types."""
        for event in outcome.events:
            self.promises.take(event)
            if event["type"] == "conversation.item.deleted":
                self.gone.append(str(event["item_id"]))
        for action in outcome.actions:
            self._note(action)
        self._compare()
        return [str(event["type"]) for event in outcome.events]

    @property
    def announced(self) -> list[str]:
        """Id of the item that a turn will be, where the client can know it."""
        name = self.protocol._state.listening.item_id
        return [name] if name else []

    def _note(self, action: object) -> None:
        match action:
            case Recognise(item_id=item_id, content_index=index):
                self.recognising.append((item_id, index))
            case Forget(item_id=gone):
                self.recognising = [r for r in self.recognising if r[0] != gone]
            case Respond():
                self.responding[action.response_id] = action
            case Stop(response_id=response_id):
                self.responding.pop(response_id, None)
                self.stopped.append(response_id)
            case Speculate(item_id=item_id):
                self.speculating = item_id
            case Discard():
                self.speculating = None
            case Glimpse(item_id=item_id):
                self.glimpsing = item_id
            case Wake():
                self.is_to_wake = True
            case _:
                pass

    def _compare(self) -> None:
        """The client's picture of the session is the session."""
        state, seen = self.protocol._state, self.promises
        assert [entry.id for entry in state.items] == seen.items
        active = state.responses.active
        assert (active and active.id) == seen.active
        beside = {name for name, r in seen.responses.items() if r.is_beside}
        assert set(state.responses._beside) == beside
        assert state.settings.config == seen.session

    def send(self, kind: str, **fields: object) -> None:
        """A client event; it is served, or refused without any effect."""
        self._sent += 1
        event_id = f"mine_{self._sent}"
        event = {"type": kind, "event_id": event_id, **fields}
        try:
            request = read(json.dumps(event))
        except RequestError as refusal:
            self.promises.take(refusal.event())
            return
        self.ask(request, kind)

    def ask(self, request: Request, kind: str) -> None:
        """A request; it is served, or refused without any effect."""
        before, items = self._snapshot(), list(self.promises.items)
        outcome = self.protocol.receive(request)
        kinds = self.keep(outcome)
        if "error" in kinds:
            (event,) = outcome.events
            error: Any = event["error"]
            assert error["event_id"] == request.event_id
            is_for_any = kind == "response.cancel" and request == CancelResponse(
                event_id=request.event_id
            )
            # What would be the next answer is gone with such a request.
            assert is_for_any or self._snapshot() == before
            return
        for expected in ANSWERS[kind]:
            assert kinds.count(expected) == 1
        if isinstance(request, InsertItem):
            places = {"root": None, None: items[-1] if items else None}
            after = request.previous_item_id
            assert outcome.events[0]["previous_item_id"] == places.get(after, after)

    def _snapshot(self) -> object:
        state = self.protocol._state
        items = [entry.told() for entry in state.items]
        turn, awaited = state.listening.item_id, state.responses._awaited
        return items, state.settings, self.promises.active, turn, awaited

    # --- the engines ------------------------------------------------------------

    def hear(self, probability: float, frames: int) -> None:
        """Frames of sound, with that probability of speech in them."""
        detects = self.protocol._state.listening.detects
        for _ in range(frames):
            heard = Heard(FRAME, (probability,) if detects else ())
            self.keep(self.protocol.hear(heard))

    def recognise(self, at: int, words: str | ServerFault) -> None:
        """Words of one of the parts that wait for them."""
        item_id, index = self.recognising.pop(at % len(self.recognising))
        self.keep(self.protocol.recognised(item_id, words, index))

    def make(self, response_id: str, piece: Piece) -> None:
        """A piece of a response; of one that is over nothing is told any more."""
        response = self.protocol._state.responses.get(response_id)
        self.protocol.prompt_for(response_id)
        if response is not None and isinstance(piece, Sound):
            piece = self._fitting(piece, is_spoken=not response.task.settings.text_only)
        told = self.keep(self.protocol.progress(response_id, piece))
        assert response is not None or not told
        if isinstance(piece, Finished | Failed):
            self.responding.pop(response_id, None)
            self.stopped.append(response_id)
            assert response is None or told[-1] == "response.done"

    @staticmethod
    def _fitting(piece: Sound, *, is_spoken: bool) -> Piece:
        return piece if is_spoken else Words("la ")

    def begin(self, response_id: str) -> None:
        """The words of a turn are known; without any, there is nothing to make."""
        told = self.keep(self.protocol.begin(response_id))
        if not told:
            self.responding.pop(response_id, None)
