"""What becomes of the conversation: items that are added, shown, cut and deleted."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from rt_widget.backends.local.conversation.call_items import CallItem, OutputItem
from rt_widget.backends.local.conversation.items import Message
from rt_widget.backends.local.conversation.parts import Part
from rt_widget.backends.local.engines.base import ToolCall
from rt_widget.backends.local.hearing.g711 import sample_bytes, sound_ms
from rt_widget.backends.local.protocol.outcome import Forget, Outcome, Recognise
from rt_widget.backends.local.protocol.told import items as told
from rt_widget.backends.local.protocol.told.sound import committed
from rt_widget.backends.local.requests.values import (
    AudioPart,
    NewCall,
    NewMessage,
    NewOutput,
    RequestError,
    TextPart,
)

if TYPE_CHECKING:
    from rt_widget.backends.local.conversation.items import Entry, Items
    from rt_widget.backends.local.hearing.g711 import AudioFormat
    from rt_widget.backends.local.hearing.listening import Turn
    from rt_widget.backends.local.requests.values import (
        DeleteItem,
        InsertItem,
        NewItem,
        RetrieveItem,
        TruncateItem,
        Wire,
    )


def insert(items: Items, request: InsertItem, audio_format: AudioFormat) -> Outcome:
    """A new item at its place, and the work that its sound needs.

    Args:
        items: The conversation.
        request: What is new.
        audio_format: Of the sound in it.

    Raises:
        RequestError: it cannot be there, or it answers no call.
    """
    new = request.item
    events = place(items, new, audio_format, request.previous_item_id)
    if isinstance(new, NewMessage):
        for index, part in enumerate(new.parts):
            if isinstance(part, AudioPart):
                items.sound.add(new.id, part.audio, audio_format, index)
    return Outcome(events, recognitions(new, audio_format))


def place(
    items: Items, new: NewItem, audio_format: AudioFormat, after: str | None = None
) -> tuple[Wire, ...]:
    """Put a new item after another one; returns the events that tell of it.

    Raises:
        RequestError: it cannot be there, its sound is none, or it answers no call.
    """
    events = items.add(_made(items, new, audio_format), after)
    if isinstance(new, NewOutput) and (called := items.called(new.call_id)):
        called.output = new.output
    return events


def _made(items: Items, new: NewItem, audio_format: AudioFormat) -> Entry:
    match new:
        case NewOutput():
            return _answer_of_call(items, new)
        case NewCall():
            return CallItem(new.id, ToolCall(new.call_id, new.name, new.arguments))
        case NewMessage():
            parts = tuple(_part(part, audio_format) for part in new.parts)
            if not parts:
                message = "A message is made of either text or audio."
                raise _invalid(message, "item.content")
            return Message(new.id, new.role, parts)


def _part(new: TextPart | AudioPart, audio_format: AudioFormat) -> Part:
    if isinstance(new, TextPart):
        return Part(is_audio=False, text=new.text)
    if not new.audio or len(new.audio) % sample_bytes(audio_format):
        message = "Invalid audio: not a whole number of samples."
        raise _invalid(message, "item.content")
    return Part(
        is_audio=True,
        text=new.transcript or "",
        audio_ms=sound_ms(new.audio, audio_format),
        transcript=new.transcript,
    )


def recognitions(new: NewItem, audio_format: AudioFormat) -> tuple[Recognise, ...]:
    """The work to know the words of an item's sound."""
    if not isinstance(new, NewMessage):
        return ()
    return tuple(
        Recognise(new.id, part.audio, index, audio_format)
        for index, part in enumerate(new.parts)
        if isinstance(part, AudioPart) and part.transcript is None
    )


def _answer_of_call(items: Items, new: NewOutput) -> OutputItem:
    """What a function has given; each call is answered once."""
    called = items.called(new.call_id)
    if called is None or called.output is not None:
        trouble = "not found" if called is None else "has an output already"
        message = f"Tool call ID '{new.call_id}' {trouble} in conversation."
        code = "invalid_tool_call_id"
        raise RequestError(message, code=code, param="item.call_id")
    return OutputItem(new.id, new.call_id, new.output)


def take(items: Items, turn: Turn) -> Outcome:
    """What was said becomes an item."""
    previous = items.last_id
    sound = Part(is_audio=True, audio_ms=turn.seconds * 1000)
    items.sound.add(turn.item_id, turn.samples.tobytes(), None)
    events = items.add(Message(turn.item_id, "user", (sound,)))
    return Outcome(
        (committed(turn.item_id, previous), *events),
        (Recognise(turn.item_id, turn.samples),),
    )


def retrieve(items: Items, request: RetrieveItem, audio_format: AudioFormat) -> Outcome:
    """An item, with its sound where that is still kept.

    Args:
        items: The conversation.
        request: Which item.
        audio_format: Of a person's sound, as it is given back.

    Raises:
        RequestError: there is none of that id.
    """
    entry = items.entry(request.item_id)
    if entry is None:
        raise _unknown(request.item_id, "retrieve")
    item = entry.told()
    if isinstance(entry, Message):
        parts = [part.told(entry.role) for part in entry.parts]
        for index, part in enumerate(parts):
            sound = items.sound.of(entry.id, index, audio_format)
            if sound is not None:
                part["audio"] = base64.b64encode(sound).decode("ascii")
        item["content"] = parts
    return Outcome((told.retrieved(item),))


def truncate(items: Items, request: TruncateItem) -> Outcome:
    """The person heard no more than a part: the rest was never said.

    Raises:
        RequestError: it is no spoken answer, or shorter than that.
    """
    if request.item_id not in items:
        raise _unknown(request.item_id, "truncate")
    message = items.get(request.item_id)
    if message is None or message.role != "assistant" or not message.audio_ms:
        text = "Only model output audio messages can be truncated"
        raise RequestError(text, param="item_id")
    if request.content_index or request.audio_end_ms < 0:
        text = "Invalid content_index or audio_end_ms."
        raise _invalid(text, "audio_end_ms")
    (part,) = message.parts
    if request.audio_end_ms > part.audio_ms:
        text = (
            f"Audio content of {int(part.audio_ms)}ms is already shorter than "
            f"{request.audio_end_ms}ms"
        )
        raise RequestError(text, param="audio_end_ms")
    part.cut(request.audio_end_ms, is_whole=message.status == "completed")
    items.sound.cut(message.id, request.audio_end_ms)
    return Outcome((told.truncated(message.id, 0, request.audio_end_ms),))


def delete(items: Items, request: DeleteItem) -> Outcome:
    """An item is forgotten.

    Raises:
        RequestError: there is none of that id.
    """
    if not items.remove(request.item_id):
        raise _unknown(request.item_id, "delete")
    forget = Forget(request.item_id)
    return Outcome((told.deleted(request.item_id),), (forget,))


def _invalid(message: str, param: str) -> RequestError:
    return RequestError(message, code="invalid_value", param=param)


def _unknown(item_id: str, action: str) -> RequestError:
    doing = action.removesuffix("e") + "ing"
    message = f"Error {doing} item: the item with id '{item_id}' does not exist."
    code = f"item_{action}_invalid_item_id"
    return RequestError(message, code=code, param="item_id")
