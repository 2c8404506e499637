"""What a client may do to the conversation: add, cut and delete messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget import events
from rt_widget.audio import BYTES_PER_SAMPLE
from rt_widget.backends.local.call_items import OutputItem
from rt_widget.backends.local.items import Message
from rt_widget.backends.local.outcome import Forget, Outcome, Recognise, refused

if TYPE_CHECKING:
    from rt_widget.backends.local.items import Items


def create(items: Items, event: events.ItemCreate | events.FunctionOutput) -> Outcome:
    """A message of the user, of text or of sound, or the output of a call."""
    if event.item_id in items:
        message = f"Item '{event.item_id}' already exists."
        return _invalid(message, "item.id", event.event_id)
    if isinstance(event, events.FunctionOutput):
        return _answer_call(items, event)
    return _say(items, event)


def _say(items: Items, event: events.ItemCreate) -> Outcome:
    audio = event.audio
    if audio is not None and event.text is None:
        if not audio or len(audio) % BYTES_PER_SAMPLE:
            message = "Invalid audio: not a whole number of PCM16 samples."
            return _invalid(message, "item.content", event.event_id)
        heard = Message(event.item_id, "user", is_audio=True)
        work = Recognise(event.item_id, audio)
        return Outcome(items.add(heard), (work,))
    if event.text is None or audio is not None:
        message = "A message is made of either text or audio."
        return _invalid(message, "item.content", event.event_id)
    typed = Message(event.item_id, "user", is_audio=False, text=event.text)
    return Outcome(items.add(typed))


def _answer_call(items: Items, event: events.FunctionOutput) -> Outcome:
    """What a function has given; each call is answered once."""
    called = items.called(event.call_id)
    if called is None or called.output is not None:
        trouble = "not found" if called is None else "has an output already"
        message = f"Tool call ID '{event.call_id}' {trouble} in conversation."
        return refused(
            message,
            code="invalid_tool_call_id",
            param="item.call_id",
            event_id=event.event_id,
        )
    called.output = event.output
    return Outcome(items.add(OutputItem(event.item_id, event.call_id, event.output)))


def truncate(items: Items, event: events.ItemTruncate) -> Outcome:
    """The person heard no more than a part: the rest was never said."""
    if event.item_id not in items:
        return _not_found(event.item_id, event.event_id)
    message = items.get(event.item_id)
    if message is None or message.role != "assistant" or not message.audio_ms:
        text = "Only model output audio messages can be truncated"
        return refused(text, param="item_id", event_id=event.event_id)
    if event.content_index or event.audio_end_ms < 0:
        text = "Invalid content_index or audio_end_ms."
        return _invalid(text, "audio_end_ms", event.event_id)
    if event.audio_end_ms > message.audio_ms:
        text = (
            f"Audio content of {int(message.audio_ms)}ms is already shorter than "
            f"{event.audio_end_ms}ms"
        )
        return refused(text, param="audio_end_ms", event_id=event.event_id)
    message.cut(event.audio_end_ms)
    cut = events.ItemTruncated(event.item_id, 0, event.audio_end_ms)
    return Outcome((cut,))


def delete(items: Items, event: events.ItemDelete) -> Outcome:
    """A message is forgotten."""
    if not items.remove(event.item_id):
        return _not_found(event.item_id, event.event_id)
    deleted = events.ItemDeleted(event.item_id)
    return Outcome((deleted,), (Forget(event.item_id),))


def _invalid(message: str, param: str, event_id: str) -> Outcome:
    return refused(message, code="invalid_value", param=param, event_id=event_id)


def _not_found(item_id: str, event_id: str) -> Outcome:
    message = f"Item with item_id not found: {item_id}"
    code = "item_not_found"
    return refused(message, code=code, param="item_id", event_id=event_id)
