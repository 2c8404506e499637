"""The answers of a session as a fold: who asked, what has come, what is dead."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rt_widget import events
from rt_widget.errors import RealtimeWidgetError, ResponseFailedError
from rt_widget.reply import Draft, Reply
from rt_widget.response_gate import REQUEST_KEY, ResponseGate
from rt_widget.updates import (
    AudioReceived,
    Interrupted,
    ReplyFinished,
    ReplyStarted,
    TextReceived,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget.meters import Latency
    from rt_widget.updates import Update

_DEAD_KEPT = 64


@dataclass(eq=False)
class Turn:
    """A question that waits for its answer, on the session's loop.

    `deltas` gets each delta as it comes and None at the end; `reply` the whole.
    """

    request: events.ResponseCreate
    deltas: asyncio.Queue[TextReceived | AudioReceived | None] = field(
        default_factory=asyncio.Queue
    )
    reply: asyncio.Future[Reply] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    response_id: str | None = None

    def fail(self, error: RealtimeWidgetError) -> None:
        """End without an answer."""
        if not self.reply.done():
            self.reply.set_exception(error)
            # A stream's reader may never ask for the reply itself.
            self.reply.exception()
        self.deltas.put_nowait(None)

    def finish(self, reply: Reply) -> None:
        """End with the answer."""
        if not self.reply.done():
            self.reply.set_result(reply)
        self.deltas.put_nowait(None)


def new_turn() -> Turn:
    """A turn whose request can be told from the server's own responses."""
    event_id = events.new_id("event")
    metadata = {REQUEST_KEY: event_id}
    return Turn(events.ResponseCreate(event_id=event_id, metadata=metadata))


class Answers:
    """Drafts by response id, the turns that wait for them, and the gate before them."""

    def __init__(self) -> None:
        self.gate = ResponseGate()
        self._drafts: dict[str, Draft] = {}
        self._turns: dict[str, Turn] = {}
        self._dead: dict[str, None] = {}

    @property
    def is_speaking(self) -> bool:
        """Whether the active answer has begun to come."""
        draft = self._drafts.get(self.gate.active_id or "")
        return draft is not None and draft.has_output

    def ask(self, turn: Turn) -> None:
        """Take in a turn; its request is sent when the gate says so."""
        self._turns[turn.request.event_id] = turn
        self.gate.request(turn.request)

    def withdraw(self, turn: Turn) -> bool:
        """Give up a turn; returns whether its response runs and must be cancelled."""
        self._turns.pop(turn.request.event_id, None)
        withdrawn = self.gate.withdraw(turn.request)
        return not withdrawn and not turn.reply.done()

    def accepts(self, event: events.ServerEvent) -> bool:
        """Whether an event belongs to no dead response."""
        return getattr(event, "response_id", None) not in self._dead

    def kill(self) -> Iterator[Update]:
        """The active answer must not be heard any further."""
        response_id = self.gate.active_id
        if response_id is not None and response_id not in self._dead:
            self._dead[response_id] = None
            if len(self._dead) > _DEAD_KEPT:
                del self._dead[next(iter(self._dead))]
            yield Interrupted(response_id)

    def apply(self, event: events.ServerEvent, latency: Latency) -> Iterator[Update]:
        """Take in a server event; yields the news that it makes."""
        match event:
            case events.ResponseCreated(response=response):
                self._begin(response)
                yield ReplyStarted(response.id)
            case events.TextDelta() | events.TranscriptDelta() | events.AudioDelta():
                yield from self._grow(event)
            case events.ResponseDone(response=response):
                self.gate.done(response)
                yield from self._end(response, latency)
            case events.ErrorReported(error=fault):
                refused = self.gate.refused(fault)
                if refused is not None:
                    self._fail(refused.request, fault.message, fault.code)
            case _:
                pass

    def end(self, error: RealtimeWidgetError) -> None:
        """The session is over: no turn will be answered any more."""
        for turn in self._turns.values():
            turn.fail(error)
        self._turns.clear()
        self._drafts.clear()

    def _begin(self, response: events.WireResponse) -> None:
        self._drafts[response.id] = Draft(response.id)
        request = self.gate.created(response)
        turn = self._turns.get(request.event_id) if request else None
        if turn is not None:
            turn.response_id = response.id

    def _grow(
        self, event: events.TextDelta | events.TranscriptDelta | events.AudioDelta
    ) -> Iterator[Update]:
        draft = self._drafts.setdefault(event.response_id, Draft(event.response_id))
        draft.apply(event)
        where = (event.response_id, event.item_id, event.content_index)
        news: TextReceived | AudioReceived
        if isinstance(event, events.AudioDelta):
            news = AudioReceived(event.delta, *where)
        else:
            news = TextReceived(event.delta, *where)
        for turn in self._waiting_for(event.response_id):
            turn.deltas.put_nowait(news)
        yield news

    def _end(self, response: events.WireResponse, latency: Latency) -> Iterator[Update]:
        draft = self._drafts.pop(response.id, Draft(response.id))
        reply = draft.finish(response, latency)
        for turn in self._waiting_for(response.id):
            del self._turns[turn.request.event_id]
            if reply.status == "failed":
                reason = reply.reason or "The server gave no reason."
                turn.fail(ResponseFailedError(f"The answer failed: {reason}"))
            else:
                turn.finish(reply)
        yield ReplyFinished(reply)

    def _waiting_for(self, response_id: str) -> list[Turn]:
        return [t for t in self._turns.values() if t.response_id == response_id]

    def _fail(self, request: events.ResponseCreate, text: str, code: str) -> None:
        turn = self._turns.pop(request.event_id, None)
        if turn is not None:
            turn.fail(
                ResponseFailedError(f"The server refused to answer: {text}", code=code)
            )
