"""The answers of a session as a fold: who asked, what has come, what is dead."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rt_widget import events
from rt_widget.answer_drafts import AnswerDrafts
from rt_widget.faults import failure, refusal
from rt_widget.response_gate import REQUEST_KEY, ResponseGate
from rt_widget.updates import Failed, ReplyFinished, ReplyStarted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget.errors import RealtimeWidgetError
    from rt_widget.meters import Latency
    from rt_widget.reply import Reply
    from rt_widget.updates import AudioReceived, TextReceived, Update


@dataclass(eq=False)
class Turn:
    """A question that waits for its answer, on the session's loop.

    `question` goes before the request, once it is the next in line. `deltas` gets each
    delta as it comes and None at the end; `reply` the whole.
    """

    request: events.ResponseCreate
    question: events.ItemCreate | None = None
    deltas: asyncio.Queue[TextReceived | AudioReceived | None] = field(
        default_factory=asyncio.Queue
    )
    reply: asyncio.Future[Reply] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    response_id: str | None = None

    def take_question(self) -> events.ItemCreate | None:
        """The question, to be sent; once."""
        question, self.question = self.question, None
        return question

    def start_over(self) -> None:
        """What has come was the answer to something else."""
        self.response_id = None
        while not self.deltas.empty():
            self.deltas.get_nowait()

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


def new_turn(question: events.ItemCreate | None = None) -> Turn:
    """A turn whose request can be told from the server's own responses."""
    event_id = events.new_id("event")
    metadata = {REQUEST_KEY: event_id}
    request = events.ResponseCreate(event_id=event_id, metadata=metadata)
    return Turn(request, question)


class Answers:
    """Drafts by response id, the turns that wait for them, and the gate before them."""

    def __init__(self) -> None:
        self.gate = ResponseGate()
        self.drafts = AnswerDrafts()
        self._turns: dict[str, Turn] = {}
        self._unwanted: dict[str, events.ResponseCreate] = {}

    @property
    def living_id(self) -> str | None:
        """Id of the active response, unless it must not be heard any further."""
        active = self.gate.active_id
        return active if active and self.drafts.is_alive(active) else None

    @property
    def is_speaking(self) -> bool:
        """Whether the active answer has begun to come."""
        return self.drafts.is_speaking(self.gate.active_id or "")

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for an answer, and none is given that may be heard."""
        gate = self.gate
        is_dying = gate.active_id is not None and self.living_id is None
        return gate.is_idle or (is_dying and not gate.requested and not gate.next)

    @property
    def is_unwanted(self) -> bool:
        """Whether nobody waits for the active answer any more."""
        answered = self.gate.answered
        return answered is not None and answered.event_id in self._unwanted

    def ask(self, turn: Turn) -> None:
        """Take in a turn; its request is sent when the gate says so."""
        self._turns[turn.request.event_id] = turn
        self.gate.request(turn.request)

    def due(self) -> Iterator[events.ItemCreate | events.ResponseCreate]:
        """What may be sent now: a request, and the question that is next in line.

        A question that came before the answer to an earlier one has begun would be
        answered with it.
        """
        request = self.gate.due()
        for each in (request, self.gate.next):
            turn = self._turns.get(each.event_id) if each is not None else None
            question = turn.take_question() if turn is not None else None
            if question is not None:
                yield question
            if request is not None and each is request:
                yield request

    def withdraw(self, turn: Turn) -> None:
        """Give up a turn; its answer is unwanted, also one that has yet to begin."""
        waiting = self._turns.pop(turn.request.event_id, None)
        if waiting is not None and not self.gate.withdraw(turn.request):
            self._unwanted[turn.request.event_id] = turn.request

    def refuse_requested(self) -> None:
        """The answer that was asked for last must not be heard when it begins."""
        requested = self.gate.requested
        if requested is not None:
            self._unwanted[requested.event_id] = requested

    def kill(self) -> str | None:
        """The active answer must not be heard any further; returns its id, once."""
        response_id = self.living_id
        if response_id is not None:
            self.drafts.close(response_id)
        return response_id

    def apply(self, event: events.ServerEvent, latency: Latency) -> Iterator[Update]:
        """Take in a server event; yields the news that it makes."""
        match event:
            case events.ResponseCreated(response=response):
                yield from self._begin(response)
            case events.TextDelta() | events.TranscriptDelta() | events.AudioDelta():
                news = self.drafts.grow(event)
                for turn in _waiting_for(self._turns, event.response_id):
                    turn.deltas.put_nowait(news)
                yield news
            case events.ResponseDone(response=response):
                yield from self._end(response, latency)
            case events.ErrorReported(error=fault):
                self._refuse(fault)
            case _:
                pass

    def end(self, error: RealtimeWidgetError) -> None:
        """The session is over: no turn will be answered any more."""
        for turn in self._turns.values():
            turn.fail(error)
        self._turns.clear()
        self._unwanted.clear()
        self.drafts.clear()

    def _begin(self, response: events.WireResponse) -> Iterator[Update]:
        if self.drafts.is_known(response.id):
            return
        self.drafts.begin(response.id)
        request = self.gate.created(response)
        turn = self._turns.get(request.event_id) if request else None
        if turn is not None:
            turn.response_id = response.id
        yield ReplyStarted(response.id)

    def _end(self, response: events.WireResponse, latency: Latency) -> Iterator[Update]:
        answered = self.gate.answered
        self.gate.done(response)
        if answered is not None and self.gate.answered is None:
            self._unwanted.pop(answered.event_id, None)
        reply = self.drafts.finish(response, latency)
        if reply is None:
            return
        error = failure(response) if reply.status == "failed" else None
        for turn in _waiting_for(self._turns, response.id):
            del self._turns[turn.request.event_id]
            if error is None:
                turn.finish(reply)
            else:
                turn.fail(error)
        yield ReplyFinished(reply)
        if error is not None:
            yield Failed(error)

    def _refuse(self, fault: events.ServerFault) -> None:
        refused = self.gate.refused(fault)
        turn = self._turns.get(fault.event_id)
        unwanted = self._unwanted.pop(fault.event_id, None)
        if turn is None:
            if unwanted is not None:
                self.gate.withdraw(unwanted)
        elif refused is None:
            # It waits again: another response was active.
            turn.start_over()
        else:
            del self._turns[fault.event_id]
            turn.fail(refusal(fault))


def _waiting_for(turns: dict[str, Turn], response_id: str) -> list[Turn]:
    return [turn for turn in turns.values() if turn.response_id == response_id]
