"""The conversation's one response at a time, and those beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rt_widget.backends.local.conversation import edits
from rt_widget.backends.local.conversation.call_items import CallItem
from rt_widget.backends.local.conversation.items import Items
from rt_widget.backends.local.protocol.outcome import (
    NOTHING,
    Outcome,
    Recognise,
    Respond,
    Stop,
    refused,
)
from rt_widget.backends.local.protocol.pieces import (
    Called,
    Ending,
    Failed,
    Finished,
    Sound,
    Words,
    ending_of,
)
from rt_widget.backends.local.protocol.response import Response, Task
from rt_widget.backends.local.requests.values import ItemReference, RequestError
from rt_widget.events import new_id

if TYPE_CHECKING:
    from rt_widget.backends.local.conversation.items import Message
    from rt_widget.backends.local.protocol.pieces import Piece
    from rt_widget.backends.local.requests.values import (
        CancelResponse,
        CreateResponse,
        NewItem,
    )
    from rt_widget.backends.local.settings import Settings

MOST_BESIDE = 8
"""Responses beside the conversation at once."""


@dataclass(frozen=True, slots=True)
class _Awaited:
    """A turn that is to be answered once its words are known."""

    item_id: str
    response_id: str
    even_silence: bool


class Responses:
    """The conversation is idle, waits for the words of a turn, or has one active.

    Args:
        items: The conversation that responses add to.
    """

    def __init__(self, items: Items) -> None:
        self.active: Response | None = None
        """The conversation's."""
        self._items = items
        self._conversation_id = new_id("conv")
        self._awaited: _Awaited | None = None
        self._beside: dict[str, Response] = {}

    @property
    def is_idle(self) -> bool:
        """Whether a response of the conversation may begin."""
        return self.active is None and self._awaited is None

    def get(self, response_id: str) -> Response | None:
        """The response of that id, while it is being made."""
        if self.active is not None and self.active.id == response_id:
            return self.active
        return self._beside.get(response_id)

    def heard(self, item_id: str) -> Message | None:
        """A message that a response was given to answer."""
        for response in (self.active, *self._beside.values()):
            message = response and response.task.context.get(item_id)
            if message:
                return message
        return None

    def create(self, request: CreateResponse, settings: Settings) -> Outcome:
        """The client asks for a response.

        Raises:
            RequestError: it asks for what cannot be.
        """
        # Words that are given stand in line with the conversation's answers.
        is_beside = request.out_of_band and not request.verbatim
        if self.active is not None and not is_beside:
            return _busy(self.active, request.event_id)
        if is_beside and len(self._beside) >= MOST_BESIDE:
            message = f"There are {MOST_BESIDE} responses beside the conversation."
            code = "conversation_already_has_active_response"
            return refused(message, code=code, event_id=request.event_id)
        context, work = self._context(request, settings)
        response = Response(
            Task(
                settings=settings.for_response(request.overrides),
                context=context,
                items=None if is_beside else self._items,
                conversation_id=None if is_beside else self._conversation_id,
                metadata=request.metadata,
                verbatim=request.verbatim,
            )
        )
        if is_beside:
            self._beside[response.id] = response
        else:
            self.active, self._awaited = response, None
        respond = Respond(response.id, is_beside=is_beside)
        return Outcome(response.created(), (*work, respond))

    def await_words(self, item_id: str, *, even_silence: bool = False) -> Outcome:
        """A turn has ended: answer it once its words are known."""
        if self.active is not None:
            return _busy(self.active, None)
        self._awaited = _Awaited(item_id, new_id("resp"), even_silence)
        return Outcome(actions=(Respond(self._awaited.response_id, is_turn=True),))

    def begin(self, response_id: str, settings: Settings) -> Outcome:
        """The words of a turn are known: answer it, unless there are none."""
        awaited = self._awaited
        if awaited is None or awaited.response_id != response_id:
            return NOTHING
        self._awaited = None
        message = self._items.get(awaited.item_id)
        if message is None or not (message.text or awaited.even_silence):
            return NOTHING
        task = Task(
            settings=settings,
            context=self._items,
            items=self._items,
            conversation_id=self._conversation_id,
            even_silence=awaited.even_silence,
        )
        self.active = Response(task, response_id)
        return Outcome(self.active.created())

    def cancel(self, request: CancelResponse) -> Outcome:
        """The client stops a response; without an id the conversation's."""
        active, wanted = self.active, request.response_id
        if wanted in self._beside:
            return self._stop(self._beside.pop(wanted), "client_cancelled")
        if active is not None and wanted in (None, active.id):
            self.active = None
            return self._stop(active, "client_cancelled")
        message = "Cancellation failed: no active response found"
        code = "response_cancel_not_active"
        error = refused(message, code=code, event_id=request.event_id)
        if self._awaited is None or wanted is not None:
            return error
        awaited, self._awaited = self._awaited, None
        return error + Outcome(actions=(Stop(awaited.response_id),))

    def interrupt(self) -> Outcome:
        """The person speaks: stop the conversation's response."""
        active, awaited = self.active, self._awaited
        self.active = self._awaited = None
        if active is not None:
            return self._stop(active, "turn_detected")
        if awaited is not None:
            return Outcome(actions=(Stop(awaited.response_id),))
        return NOTHING

    def progress(self, response_id: str, piece: Piece) -> Outcome:
        """A piece of an answer has been made."""
        response = self.get(response_id)
        if response is None:
            return NOTHING
        match piece:
            case Words(text):
                return Outcome(response.say(text))
            case Sound(audio, text_end):
                return Outcome(response.sound(audio, text_end))
            case Called(name, arguments):
                return Outcome(response.call(name, arguments))
            case Finished() | Failed():
                self._drop(response)
                return Outcome(response.end(ending_of(piece)))

    def _drop(self, response: Response) -> None:
        self._beside.pop(response.id, None)
        if self.active is response:
            self.active = None

    def _stop(self, response: Response, reason: str) -> Outcome:
        done = response.end(Ending("cancelled", reason))
        return Outcome(done, (Stop(response.id),))

    def _context(
        self, request: CreateResponse, settings: Settings
    ) -> tuple[Items, tuple[Recognise, ...]]:
        """What is answered, and the work to know its words."""
        if request.input is None:
            return self._items, ()
        context = Items()
        work: tuple[Recognise, ...] = ()
        for index, given in enumerate(request.input):
            if isinstance(given, ItemReference):
                self._refer(context, given, f"response.input[{index}]")
            else:
                work += _tell(context, given, settings)
        return context, work

    def _refer(self, context: Items, given: ItemReference, path: str) -> None:
        entry = self._items.entry(given.id)
        if entry is None:
            message = f"Item with id '{given.id}' does not exist."
            raise RequestError(message, code="item_not_found", param=f"{path}.id")
        # Its output may be another one here.
        context.begin(replace(entry) if isinstance(entry, CallItem) else entry)


def _tell(context: Items, given: NewItem, settings: Settings) -> tuple[Recognise, ...]:
    # An id that the client has chosen may be that of an item of the conversation.
    own = replace(given, id=new_id("item"))
    edits.place(context, own, settings.input_format)
    return edits.recognitions(own, settings.input_format)


def _busy(active: Response, event_id: str | None) -> Outcome:
    message = (
        f"Conversation already has an active response in progress: {active.id}. "
        "Wait until the response is finished before creating a new one."
    )
    code = "conversation_already_has_active_response"
    return refused(message, code=code, event_id=event_id)
