"""A question that waits for its answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rt_widget import events
from rt_widget.chunks import clean_text
from rt_widget.questions import Lines
from rt_widget.response_gate import REQUEST_KEY

if TYPE_CHECKING:
    from rt_widget.errors import RealtimeWidgetError
    from rt_widget.reply import Reply
    from rt_widget.updates import AudioReceived, TextReceived


@dataclass(eq=False)
class Turn:
    """A question that waits for its answer, on the session's loop.

    `question` goes before the request, once it is the next in line. `deltas` gets each
    delta as it comes and None at the end; `reply` the whole. An answer that calls
    tools is given in several responses: `request` and `response_id` are the latest.
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
        """What has come of the latest response was the answer to something else."""
        deltas = [self.deltas.get_nowait() for _ in range(self.deltas.qsize())]
        for delta in deltas:
            if delta is not None and delta.response_id != self.response_id:
                self.deltas.put_nowait(delta)
        self.response_id = None

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


def new_request(verbatim: str = "") -> events.ResponseCreate:
    """A request that can be told from the server's own responses."""
    event_id = events.new_id("event")
    return events.ResponseCreate(
        event_id=event_id, metadata={REQUEST_KEY: event_id}, verbatim=verbatim
    )


def turn_for(question: str | bytes | Lines | None) -> Turn:
    """A turn that asks with a text or with sound, or has words said as they are.

    None asks for an answer to what was said last.
    """
    item_id = events.new_id("item")
    match question:
        case str():
            text = clean_text(question)
            return new_turn(events.ItemCreate(item_id=item_id, text=text))
        case bytes():
            return new_turn(events.ItemCreate(item_id=item_id, audio=question))
        case Lines(text=text):
            return new_turn(verbatim=text)
        case None:
            return new_turn()


def new_turn(question: events.ItemCreate | None = None, *, verbatim: str = "") -> Turn:
    """A turn with a request of its own.

    Args:
        question: What is asked; None for what was said last.
        verbatim: Words that are to be said as they are.
    """
    return Turn(new_request(verbatim), question)
