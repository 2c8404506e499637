"""The conversation as a fold: server events in, ordered items out. No I/O, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget import events
from rt_widget.audio import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ
from rt_widget.item_drafts import ItemDrafts, ended_as, role_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget.item_drafts import ItemDraft, ItemStatus, Role


@dataclass(frozen=True, slots=True)
class Item:
    """A message of the conversation as it stands.

    Args:
        id: The server's name for it.
        previous_item_id: The message that it follows; None for the first.
        role: Who speaks.
        text: The words so far: typed, recognised, or spoken by the assistant.
        status: `in_progress` while it grows; then how it ended.
        audio_ms: Length of the assistant's audio received so far.
        heard_ms: How much of it was heard when it was cut; None when it was not.
    """

    id: str
    previous_item_id: str | None
    role: Role
    text: str
    status: ItemStatus
    audio_ms: int = 0
    heard_ms: int | None = None


class Conversation:
    """Items in the server's order, by item id and previous_item_id.

    `apply` returns the ids of the items that an event changed; asking for an item
    costs no more than its own length, whatever the length of the conversation.
    """

    def __init__(self) -> None:
        self._drafts = ItemDrafts()
        self._of_response: dict[str, list[str]] = {}
        self._deleted: set[str] = set()

    def __iter__(self) -> Iterator[Item]:
        previous = None
        for draft in self._drafts:
            if draft.is_message:
                yield _snapshot(draft, previous)
                previous = draft.id

    def item(self, item_id: str) -> Item | None:
        """The item as it stands; None when it is gone or no message."""
        draft = self._drafts.get(item_id)
        if draft is None or not draft.is_message:
            return None
        return _snapshot(draft, self._drafts.message_before(item_id))

    @property
    def transcript(self) -> str:
        """One line an item: `user: …` and `assistant: …`."""
        return "\n".join(f"{item.role}: {item.text}" for item in self if item.text)

    def apply(self, event: events.ServerEvent) -> tuple[str, ...]:
        """Take in a server event; returns the ids of the items that changed."""
        if _item_id(event) in self._deleted:
            # The service still ends an item that was deleted while it was spoken.
            return ()
        for fold in (self._output, self._input, self._placing, self._ending):
            changed = fold(event)
            if changed is not None:
                return changed
        return ()

    def end(self) -> tuple[str, ...]:
        """The session is over: what was still growing stays incomplete."""
        return self._drafts.end([draft.id for draft in self._drafts], "incomplete")

    def _output(self, event: events.ServerEvent) -> tuple[str, ...] | None:
        """What the assistant says."""
        match event:
            case events.TextDelta() | events.TranscriptDelta():
                self._assistant(event.item_id).parts.append(event.delta)
            case events.AudioDelta():
                samples = len(event.delta) // BYTES_PER_SAMPLE
                self._assistant(event.item_id).samples += samples
                return ()
            case events.TextDone(text=text) | events.TranscriptDone(transcript=text):
                self._assistant(event.item_id).say(text)
            case _:
                return None
        return (event.item_id,)

    def _input(self, event: events.ServerEvent) -> tuple[str, ...] | None:
        """What the person says."""
        place = self._drafts.place
        match event:
            case events.SpeechStarted(item_id=item_id) if item_id:
                place(item_id, "user", self._drafts.last_id).awaits_words = True
            case events.InputCommitted(item_id=item_id, previous_item_id=previous):
                place(item_id, "user", previous).awaits_words = True
            case events.InputTranscriptDelta(item_id=item_id):
                place(item_id, "user").parts.append(event.delta)
            case events.InputTranscriptDone(item_id=item_id):
                draft = place(item_id, "user")
                draft.parts, draft.status = [event.transcript.strip()], "completed"
            case events.InputTranscriptFailed(item_id=item_id):
                place(item_id, "user").status = "failed"
            case _:
                return None
        return (item_id,)

    def _placing(self, event: events.ServerEvent) -> tuple[str, ...] | None:
        """Where items stand."""
        match event:
            case events.ItemAdded(item=item, previous_item_id=previous):
                draft = self._take(item, previous)
            case events.ItemDone(item=item, previous_item_id=previous):
                self._take(item, previous)
                draft = self._finish(item)
            case events.OutputItemAdded(item=item, response_id=response_id):
                draft = self._take(item)
                self._of_response.setdefault(response_id, []).append(item.id)
            case events.OutputItemDone(item=item):
                draft = self._finish(item)
            case _:
                return None
        return (item.id,) if draft.is_message else ()

    def _ending(self, event: events.ServerEvent) -> tuple[str, ...] | None:
        """How items end."""
        match event:
            case events.ResponseDone(response=response):
                return self._end_response(response)
            case events.ItemTruncated(item_id=item_id, audio_end_ms=heard_ms):
                draft = self._drafts.get(item_id)
                if draft is None:
                    return None
                draft.cut(heard_ms)
            case events.ItemDeleted(item_id=item_id):
                if not self._drafts.remove(item_id):
                    return None
                self._deleted.add(item_id)
            case _:
                return None
        return (item_id,)

    def _take(self, item: events.WireItem, previous: str | None = None) -> ItemDraft:
        draft = self._drafts.place(item.id, role_of(item), previous)
        draft.is_message = item.type == "message"
        if item.text and not draft.parts:
            draft.parts = [item.text]
        if item.status == "completed":
            # Servers of the flat dialect say no more about a user's item.
            draft.settle("completed")
        return draft

    def _finish(self, item: events.WireItem) -> ItemDraft:
        draft = self._drafts.place(item.id, role_of(item))
        draft.settle(ended_as(item.status))
        if draft.role == "assistant":
            draft.say(item.text)
        return draft

    def _end_response(self, response: events.WireResponse) -> tuple[str, ...]:
        mine = self._of_response.pop(response.id, [])
        status = ended_as(response.status)
        # The service ends the items of a cancelled response first, as incomplete.
        vague = {"incomplete"} if status == "interrupted" else set()
        return self._drafts.end(mine, status, {"in_progress", *vague})

    def _assistant(self, item_id: str) -> ItemDraft:
        return self._drafts.place(item_id, "assistant")


def _item_id(event: events.ServerEvent) -> str | None:
    item: events.WireItem | None = getattr(event, "item", None)
    item_id: str | None = getattr(event, "item_id", None)
    return item_id if item is None else item.id


def _snapshot(draft: ItemDraft, previous: str | None) -> Item:
    return Item(
        draft.id,
        previous,
        draft.role,
        draft.text,
        draft.status,
        draft.samples * 1000 // SAMPLE_RATE_HZ,
        draft.heard_ms,
    )
