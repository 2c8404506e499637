"""Answers that call tools, between two of their responses. A fold.

Such an answer pauses until its calls have ended, and goes on in another response.
Nothing else is asked for in between, so that what was called for stands before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.errors import ResponseFailedError
from rt_widget.tool_calls import ToolCalls
from rt_widget.turn import Turn, new_request
from rt_widget.updates import Failed, ReplyFinished

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget import events
    from rt_widget.conversation import Conversation
    from rt_widget.reply import Draft
    from rt_widget.response_gate import ResponseGate
    from rt_widget.tool_calls import CallEffect
    from rt_widget.updates import Update

SILENT_LIMIT = 20
"""Responses in a row that say nothing and only call tools."""


@dataclass(slots=True)
class _Pause:
    """An answer that waits for what its calls give."""

    draft: Draft
    turn: Turn | None
    is_unwanted: bool = False


class Rounds:
    """The answer that is paused, if one is, and those that were asked to go on.

    Args:
        conversation: Shows the calls.
        gate: Gets the requests to go on.
        turns: Those that wait, by the id of their latest request.
    """

    def __init__(
        self, conversation: Conversation, gate: ResponseGate, turns: dict[str, Turn]
    ) -> None:
        self.calls = ToolCalls(conversation)
        self._gate = gate
        self._turns = turns
        self._pause: _Pause | None = None
        self._going_on: dict[str, Draft] = {}

    @property
    def is_paused(self) -> bool:
        """Whether an answer waits for what its calls give."""
        return self._pause is not None

    @property
    def is_unwanted(self) -> bool:
        """Whether nobody waits for that answer any more."""
        return self._pause is not None and self._pause.is_unwanted

    def has_part(self, response_id: str) -> bool:
        """Whether a response is a part of an answer that is to go on."""
        asked = self._gate.requested
        draft = self._going_on.get(asked.event_id) if asked is not None else None
        if self._pause is not None:
            draft = self._pause.draft
        return draft is not None and draft.has_part(response_id)

    def pause(self, draft: Draft, turn: Turn | None) -> None:
        """A response has ended with calls that are being run."""
        self._pause = _Pause(draft, turn)

    def withdraw(self, turn: Turn) -> bool:
        """Nobody waits for a turn; returns whether it is the one that is paused."""
        is_here = self._pause is not None and self._pause.turn is turn
        if self._pause is not None and is_here:
            self._pause.is_unwanted = True
        return is_here

    def go_on(self) -> Iterator[Update]:
        """Ask for the rest of the paused answer, once its calls have ended."""
        pause = self._pause
        if pause is None or not self.calls.have_ended(pause.draft.response_id):
            return
        self._pause, draft, turn = None, pause.draft, pause.turn
        draft.calls = self.calls.take(draft.response_id)
        if draft.silent_rounds >= SILENT_LIMIT:
            yield from self._break_off(draft, turn)
            return
        request = new_request()
        if turn is not None:
            self._turns.pop(turn.request.event_id, None)
            turn.request = request
            self._turns[request.event_id] = turn
        self._going_on[request.event_id] = draft
        self._gate.request_next(request)

    def stop(self) -> Iterator[Update | CallEffect]:
        """The paused answer will not go on; what its calls give is still sent."""
        pause, self._pause = self._pause, None
        if pause is None:
            return
        draft = pause.draft
        yield from self.calls.release(draft.response_id)
        draft.calls = self.calls.take(draft.response_id)
        reply = draft.finish("cancelled")
        yield ReplyFinished(reply)
        if pause.turn is not None:
            self._turns.pop(pause.turn.request.event_id, None)
            pause.turn.finish(reply)

    def begin(self, request: events.ResponseCreate | None) -> Draft | None:
        """A response has begun; returns what came before, when it goes on with that."""
        return None if request is None else self._going_on.pop(request.event_id, None)

    def wait_again(self, event_id: str, before: Draft | None) -> None:
        """A request waits again, because another response was active.

        Args:
            event_id: The request's.
            before: What that other one was taken to go on with.
        """
        draft = self._going_on.get(event_id, before)
        if draft is not None:
            draft.is_shown = False
            self._going_on[event_id] = draft

    def refused(self, event_id: str, reason: str) -> Iterator[Update]:
        """A request was refused for good."""
        draft = self._going_on.pop(event_id, None)
        if draft is not None:
            yield ReplyFinished(draft.finish("failed", reason))

    def end(self) -> Iterator[CallEffect]:
        """The session is over."""
        self._pause = None
        self._going_on.clear()
        yield from self.calls.end()

    def _break_off(self, draft: Draft, turn: Turn | None) -> Iterator[Update]:
        """The model only calls tools, again and again."""
        msg = f"The model has called tools {SILENT_LIMIT} times and said nothing."
        hint = "Ask in other words, or give it fewer tools."
        error = ResponseFailedError(msg, code="too_many_calls", hint=hint)
        yield ReplyFinished(draft.finish("failed", msg))
        yield Failed(error)
        if turn is not None:
            self._turns.pop(turn.request.event_id, None)
            turn.fail(error)
