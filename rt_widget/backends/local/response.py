"""One response as a fold: words and sound in, events in the protocol's order out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from rt_widget import events
from rt_widget.backends.local.call_items import CallItem
from rt_widget.backends.local.engines.base import ToolCall
from rt_widget.backends.local.items import Message

if TYPE_CHECKING:
    from rt_widget.backends.local.engines.base import LlmUsage
    from rt_widget.backends.local.items import Items
    from rt_widget.events import ServerEvent


@dataclass(frozen=True, slots=True)
class Words:
    """More of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Sound:
    """More of the answer's sound.

    By its end the text is said up to `text_end`; 0 where that is not known.
    """

    pcm: bytes
    text_end: int


@dataclass(frozen=True, slots=True)
class Called:
    """A function is to be called; `arguments` is JSON. Words after it are not told."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is whole, or it ran into the limit of its length."""

    usage: LlmUsage | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """An engine failed; what was said so far stays."""

    code: str
    message: str


Piece: TypeAlias = Words | Sound | Called | Finished | Failed


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a response ended, in the words of the protocol."""

    status: str = "completed"
    reason: str = ""
    error_code: str = ""
    error_message: str = ""
    usage: LlmUsage | None = None


COMPLETED = Ending()


def ending_of(piece: Finished | Failed) -> Ending:
    """How a response ends with that piece."""
    if isinstance(piece, Failed):
        return Ending("failed", error_code=piece.code, error_message=piece.message)
    if piece.usage and piece.usage.finish_reason == "length":
        return Ending("incomplete", "max_output_tokens", usage=piece.usage)
    return Ending(usage=piece.usage)


@dataclass(slots=True)
class Response:
    """A response from its first event to its last.

    Args:
        items: The conversation that its message joins.
        spoken: Whether it has sound; without, its words are text deltas.
        metadata: Comes back in its events.
        is_aside: Whether its words are beside the conversation.
    """

    items: Items
    spoken: bool
    metadata: dict[str, str] = field(default_factory=dict)
    is_aside: bool = False
    id: str = field(default_factory=lambda: events.new_id("resp"))
    _message: Message | None = None
    _text: str = ""
    _previous: str | None = None
    _calls: list[CallItem] = field(default_factory=list)

    def created(self) -> tuple[ServerEvent, ...]:
        """Its first event."""
        return (events.ResponseCreated(self._on_wire()),)

    def say(self, delta: str) -> tuple[ServerEvent, ...]:
        """More words."""
        if not delta or self._calls:
            return ()
        opening, message = self._open()
        message.write(delta)
        self._text += delta
        kind = events.TranscriptDelta if self.spoken else events.TextDelta
        return (*opening, kind(self.id, message.id, delta))

    def sound(self, pcm: bytes, text_end: int) -> tuple[ServerEvent, ...]:
        """More sound; by its end the text is said up to `text_end`, 0 if unknown."""
        if self._calls:
            return ()
        opening, message = self._open()
        message.add_sound(pcm, text_end)
        return (
            *opening,
            events.AudioDelta(self.id, message.id, pcm, text_end=text_end),
        )

    def call(self, name: str, arguments: str) -> tuple[ServerEvent, ...]:
        """A function is to be called; what was said before is whole."""
        closing = self._close_message(COMPLETED)
        index = len(self._calls) + (self._message is not None)
        item = CallItem(
            events.new_id("item"), ToolCall(events.new_id("call"), name, arguments)
        )
        self._calls.append(item)
        previous = self.items.begin(item)
        empty, whole = item.on_wire(empty=True), item.on_wire()
        return (
            *closing,
            events.OutputItemAdded(self.id, empty, index),
            events.ItemAdded(empty, previous),
            events.Unhandled("response.function_call_arguments.delta"),
            events.Unhandled("response.function_call_arguments.done"),
            events.ItemDone(whole, previous),
            events.OutputItemDone(self.id, whole, index),
        )

    def end(self, ending: Ending) -> tuple[ServerEvent, ...]:
        """Its last events."""
        usage = None if ending.usage is None else _tokens(ending.usage)
        response = replace(
            self._on_wire(),
            status=ending.status,
            reason=ending.reason,
            error_code=ending.error_code,
            error_message=ending.error_message,
            usage=usage,
            calls=tuple(item.on_wire() for item in self._calls),
        )
        return (*self._close_message(ending), events.ResponseDone(response))

    def _open(self) -> tuple[tuple[ServerEvent, ...], Message]:
        if self._message is not None:
            return (), self._message
        name = events.new_id("item")
        message = Message(
            name,
            "assistant",
            self.spoken,
            status="in_progress",
            is_aside=self.is_aside,
        )
        self._message = message
        self._previous = self.items.begin(message)
        item = message.on_wire(empty=True)
        added = events.ItemAdded(item, self._previous)
        return (events.OutputItemAdded(self.id, item), added), message

    def _close_message(self, ending: Ending) -> tuple[ServerEvent, ...]:
        message = self._message
        if message is None or message.status != "in_progress":
            return ()
        whole = ending.status == "completed"
        message.status = "completed" if whole else "incomplete"
        item = message.on_wire()
        return (
            *self._close_part(message),
            events.ItemDone(item, self._previous),
            events.OutputItemDone(self.id, item),
        )

    def _close_part(self, message: Message) -> tuple[ServerEvent, ...]:
        if not self.spoken:
            return (events.TextDone(self.id, message.id, self._text),)
        return (
            events.AudioDone(self.id, message.id),
            events.TranscriptDone(self.id, message.id, self._text),
        )

    def _on_wire(self) -> events.WireResponse:
        return events.WireResponse(self.id, metadata=dict(self.metadata))


def _tokens(usage: LlmUsage) -> events.Usage:
    heard, said = usage.input_tokens or 0, usage.output_tokens or 0
    return events.Usage(
        total_tokens=heard + said,
        input_tokens=heard,
        output_tokens=said,
        input_text_tokens=heard,
        cached_tokens=usage.cached_tokens or 0,
        output_text_tokens=said,
    )
