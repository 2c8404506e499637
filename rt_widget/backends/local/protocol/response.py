"""One response as a fold: words and sound in, events in the protocol's order out."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rt_widget.backends.local.conversation.call_items import CallItem
from rt_widget.backends.local.conversation.items import Message
from rt_widget.backends.local.conversation.parts import Part
from rt_widget.backends.local.engines.base import ToolCall
from rt_widget.backends.local.hearing.g711 import sound_ms
from rt_widget.backends.local.protocol.pieces import Ending
from rt_widget.backends.local.protocol.prompt import prompt_of
from rt_widget.backends.local.protocol.told import TEXT_END
from rt_widget.backends.local.protocol.told import items as told_items
from rt_widget.backends.local.protocol.told import response as told
from rt_widget.events import new_id

if TYPE_CHECKING:
    from rt_widget.backends.local.conversation.items import Items
    from rt_widget.backends.local.protocol.prompt import Prompt
    from rt_widget.backends.local.protocol.told.response import Place
    from rt_widget.backends.local.requests.values import Wire
    from rt_widget.backends.local.settings import Settings

_IN_PROGRESS = Ending("in_progress")
_COMPLETED = Ending()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a response has to do.

    Args:
        settings: The session's, with what was asked for this response only.
        context: What it answers.
        items: The conversation that its items join; None where it is beside it.
        conversation_id: Of that conversation.
        metadata: Comes back in its events.
        verbatim: Words to say in place of an answer, which nobody remembers.
        even_silence: Whether it is made although nothing was said.
    """

    settings: Settings
    context: Items
    items: Items | None
    conversation_id: str | None
    metadata: dict[str, str] | None = None
    verbatim: str = ""
    even_silence: bool = False

    @property
    def prompt(self) -> Prompt | None:
        """What the answer depends on; None when there is nothing to answer."""
        return prompt_of(
            self.settings,
            self.context,
            verbatim=self.verbatim,
            even_silence=self.even_silence,
        )


@dataclass(slots=True)
class Response:
    """A response from its first event to its last.

    Args:
        task: What is asked for.
        id: Its name.
    """

    task: Task
    id: str = field(default_factory=lambda: new_id("resp"))
    said_ms: float = 0.0
    """Length of its sound so far."""
    _heard_ms: float = 0.0
    _output: list[Message | CallItem] = field(default_factory=list)
    _message: Message | None = None
    _place: Place = field(init=False)
    _previous: str | None = None
    _text: str = ""

    def created(self) -> tuple[Wire, ...]:
        """Its first event."""
        self._heard_ms = self.task.context.audio_ms
        return (told.created(self._told(_IN_PROGRESS)),)

    def say(self, delta: str) -> tuple[Wire, ...]:
        """More words; none after a call."""
        if not delta or self.has_called:
            return ()
        opening, message = self._open()
        message.parts[0].write(delta)
        self._text += delta
        kind = "output_audio_transcript" if self._is_spoken else "output_text"
        return (*opening, self._place.of_part(f"{kind}.delta", delta=delta))

    def sound(self, audio: bytes, text_end: int) -> tuple[Wire, ...]:
        """More sound; by its end the text is said up to `text_end`, 0 if unknown."""
        if self.has_called:
            return ()
        opening, message = self._open()
        (part,) = message.parts
        audio_format = self.task.settings.output_format
        length = sound_ms(audio, audio_format)
        self.said_ms += length
        joined = self._joined(message)
        if joined is not None and not part.is_cut:
            joined.sound.add(message.id, audio, audio_format)
        part.add_sound(length, text_end)
        delta = self._place.of_part(
            "output_audio.delta", delta=base64.b64encode(audio).decode("ascii")
        )
        delta[TEXT_END] = text_end
        return (*opening, delta)

    def call(self, name: str, arguments: str) -> tuple[Wire, ...]:
        """A function is to be called; what was said before is whole."""
        closing = self._close_message(_COMPLETED)
        call = ToolCall(new_id("call"), name, arguments)
        item = CallItem(new_id("item"), call)
        opening, previous, place = self._begin(item, item.told(empty=True))
        kind = "function_call_arguments"
        return (
            *closing,
            *opening,
            place.of_item(f"{kind}.delta", call_id=call.id, delta=arguments),
            place.of_item(
                f"{kind}.done", call_id=call.id, name=name, arguments=arguments
            ),
            *self._done(item, previous, place),
        )

    def end(self, ending: Ending) -> tuple[Wire, ...]:
        """Its last events."""
        closing = self._close_message(ending)
        return (*closing, told.done(self._told(ending)))

    @property
    def _is_spoken(self) -> bool:
        return not self.task.settings.text_only

    @property
    def has_called(self) -> bool:
        """Whether it calls a function, whose output the client owes now."""
        return bool(self._output) and isinstance(self._output[-1], CallItem)

    def _open(self) -> tuple[tuple[Wire, ...], Message]:
        if self._message is not None:
            return (), self._message
        self._message = message = Message(
            new_id("item"),
            "assistant",
            (Part(is_audio=self._is_spoken),),
            status="in_progress",
            is_aside=bool(self.task.verbatim),
        )
        opening, self._previous, self._place = self._begin(
            message, message.told(empty=True)
        )
        part = self._place.of_part("content_part.added", part=self._part(""))
        return (*opening, part), message

    def _close_message(self, ending: Ending) -> tuple[Wire, ...]:
        message = self._message
        if message is None or message.status != "in_progress":
            return ()
        whole = ending.status == "completed"
        message.status = "completed" if whole else "incomplete"
        of_part, text = self._place.of_part, self._text
        closing: list[Wire] = [of_part("output_text.done", text=text)]
        if self._is_spoken:
            closing = [
                of_part("output_audio.done"),
                of_part("output_audio_transcript.done", transcript=text),
            ]
        return (
            *closing,
            of_part("content_part.done", part=self._part(text)),
            *self._done(message, self._previous, self._place),
        )

    def _part(self, text: str) -> Wire:
        if self._is_spoken:
            return {"type": "audio", "transcript": text}
        return {"type": "text", "text": text}

    def _begin(
        self, item: Message | CallItem, empty: Wire
    ) -> tuple[tuple[Wire, ...], str | None, Place]:
        place = told.Place(self.id, item.id, len(self._output))
        self._output.append(item)
        if self.task.items is None:
            return (place.item("added", empty),), None, place
        previous = self.task.items.begin(item)
        added = told_items.added(empty, previous)
        return (place.item("added", empty), added), previous, place

    def _done(
        self, item: Message | CallItem, previous: str | None, place: Place
    ) -> tuple[Wire, ...]:
        whole = item.told()
        done = (
            (told_items.done(whole, previous),)
            if self._joined(item) is not None
            else ()
        )
        return (*done, place.item("done", whole))

    def _joined(self, item: Message | CallItem) -> Items | None:
        """The conversation that has the item; the client may have deleted it."""
        items = self.task.items
        return items if items is not None and items.entry(item.id) is item else None

    def _told(self, ending: Ending) -> Wire:
        settings, usage = self.task.settings, ending.usage
        heard_ms, said_ms = self._heard_ms, self.said_ms
        is_over = ending is not _IN_PROGRESS
        audio_format = settings.config["audio"]["output"]["format"]
        return {
            "object": "realtime.response",
            "id": self.id,
            "status": ending.status,
            "status_details": ending.details if is_over else None,
            "output": [item.told() for item in self._output],
            "conversation_id": self.task.conversation_id,
            "output_modalities": ["audio" if self._is_spoken else "text"],
            "max_output_tokens": settings.max_output_tokens or "inf",
            "audio": {"output": {"format": audio_format, "voice": settings.voice}},
            "usage": told.usage(usage, heard_ms, said_ms) if usage else None,
            "metadata": self.task.metadata,
        }
