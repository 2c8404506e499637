"""The answers of a session as a fold: who asked, what has come, what is dead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget import events
from rt_widget.answer_drafts import AnswerDrafts
from rt_widget.faults import BUSY, failure, refusal
from rt_widget.response_gate import ResponseGate
from rt_widget.rounds import Rounds
from rt_widget.turn import Turn, new_turn
from rt_widget.updates import Failed, ReplyFinished, ReplyStarted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget.conversation import Conversation
    from rt_widget.errors import RealtimeWidgetError
    from rt_widget.meters import Latency
    from rt_widget.tool_calls import CallEffect
    from rt_widget.updates import Update

__all__ = ["Answers", "Turn", "new_turn"]


class Answers:
    """Drafts by response id, the turns that wait for them, and the gate before them.

    `rounds` are those of answers that call tools.

    Args:
        conversation: Shows the calls.
    """

    def __init__(self, conversation: Conversation) -> None:
        self.gate = ResponseGate()
        self.drafts = AnswerDrafts()
        self._turns: dict[str, Turn] = {}
        self._unwanted: dict[str, events.ResponseCreate] = {}
        self.rounds = Rounds(conversation, self.gate, self._turns)

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
        is_free = gate.is_idle or (is_dying and not gate.requested and not gate.next)
        return is_free and not self.rounds.is_paused

    @property
    def is_unwanted(self) -> bool:
        """Whether nobody waits for the active answer any more."""
        answered = self.gate.answered
        is_unwanted = answered is not None and answered.event_id in self._unwanted
        return is_unwanted or self.rounds.is_unwanted

    def ask(self, turn: Turn) -> None:
        """Take in a turn; its request is sent when the gate says so."""
        self._turns[turn.request.event_id] = turn
        self.gate.request(turn.request)

    def due(
        self, *, looks_ahead: bool = True
    ) -> Iterator[events.ItemCreate | events.ResponseCreate]:
        """What may be sent now: a request, and the question that is next in line.

        A question that came before the answer to an earlier one has begun would be
        answered with it.

        Args:
            looks_ahead: Whether a question may go before its request. Where tools are
                called the answer before it may go on behind it.
        """
        if self.rounds.is_paused:
            return
        request = self.gate.due()
        for each in (request, self.gate.next if looks_ahead else None):
            turn = self._turns.get(each.event_id) if each is not None else None
            question = turn.take_question() if turn is not None else None
            if question is not None:
                yield question
            if request is not None and each is request:
                yield request

    def withdraw(self, turn: Turn) -> None:
        """Give up a turn; its answer is unwanted, also one that has yet to begin."""
        waiting = self._turns.pop(turn.request.event_id, None)
        is_over = waiting is None or self.rounds.withdraw(turn)
        if not is_over and not self.gate.withdraw(turn.request):
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

    def apply(
        self, event: events.ServerEvent, latency: Latency
    ) -> Iterator[Update | CallEffect]:
        """Take in a server event; yields the news that it makes, and what to run."""
        match event:
            case events.ResponseCreated(response=response):
                yield from self._begin(response)
            case events.TextDelta() | events.TranscriptDelta() | events.AudioDelta():
                news = self.drafts.grow(event)
                for turn in _waiting_for(self._turns, event.response_id):
                    turn.deltas.put_nowait(news)
                yield news
            case events.OutputItemAdded() | events.OutputItemDone():
                self.drafts.take(event)
                yield from self.rounds.calls.apply(event, is_heard=True)
            case events.ResponseDone(response=response):
                is_heard = self.drafts.is_alive(response.id) and not self.is_unwanted
                yield from self.rounds.calls.apply(event, is_heard=is_heard)
                yield from self._end(response, latency, is_heard=is_heard)
            case events.ErrorReported(error=fault):
                yield from self._refuse(fault)
            case _:
                pass

    def end(self, error: RealtimeWidgetError) -> Iterator[CallEffect]:
        """The session is over: no turn will be answered any more."""
        for turn in self._turns.values():
            turn.fail(error)
        self._turns.clear()
        self._unwanted.clear()
        self.drafts.clear()
        yield from self.rounds.end()

    def _begin(self, response: events.WireResponse) -> Iterator[Update]:
        if self.drafts.is_known(response.id):
            return
        request = self.gate.created(response)
        before = self.rounds.begin(request)
        self.drafts.begin(response.id, before)
        turn = self._turns.get(request.event_id) if request else None
        if turn is not None:
            turn.response_id = response.id
        is_next = before is not None and before.is_shown
        last_id = before.response_id if before is not None and is_next else ""
        yield ReplyStarted(response.id, last_id)

    def _end(
        self, response: events.WireResponse, latency: Latency, *, is_heard: bool
    ) -> Iterator[Update]:
        answered = self.gate.answered
        self.gate.done(response)
        if answered is not None and self.gate.answered is None:
            self._unwanted.pop(answered.event_id, None)
        draft = self.drafts.end(response, latency)
        if draft is None:
            return
        turns = _waiting_for(self._turns, response.id)
        is_whole = response.status == "completed"
        if is_heard and is_whole and self.rounds.calls.has_calls(response.id):
            self.rounds.pause(draft, turns[0] if turns else None)
            return
        draft.calls = self.rounds.calls.take(response.id)
        status = "cancelled" if is_whole and not is_heard else response.status
        reply = draft.finish(status, response.error_message or response.reason)
        error = failure(response) if reply.status == "failed" else None
        yield ReplyFinished(reply)
        if error is not None:
            yield Failed(error)
        # Who waits finds all that is told of it done.
        for turn in turns:
            del self._turns[turn.request.event_id]
            if error is None:
                turn.finish(reply)
            else:
                turn.fail(error)

    def _refuse(self, fault: events.ServerFault) -> Iterator[Update]:
        refused = self.gate.refused(fault)
        turn = self._turns.get(fault.event_id)
        unwanted = self._unwanted.pop(fault.event_id, None)
        if turn is None and unwanted is not None:
            self.gate.withdraw(unwanted)
        if refused is not None:
            yield from self.rounds.refused(fault.event_id, fault.message)
        elif fault.code == BUSY:
            before = self.drafts.part_from(self.gate.active_id or "")
            self.rounds.wait_again(fault.event_id, before)
        if turn is not None and refused is None:
            # It waits again: another response was active.
            turn.start_over()
        elif turn is not None:
            del self._turns[fault.event_id]
            turn.fail(refusal(fault))


def _waiting_for(turns: dict[str, Turn], response_id: str) -> list[Turn]:
    return [turn for turn in turns.values() if turn.response_id == response_id]
