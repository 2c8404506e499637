"""The conversation as a fold: server events in, ordered items out. No I/O, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from rt_widget import events
from rt_widget.audio import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

Role: TypeAlias = Literal["user", "assistant", "system"]
ItemStatus: TypeAlias = Literal[
    "in_progress", "completed", "incomplete", "interrupted", "failed"
]

_ROLES: dict[str, Role] = {
    "user": "user",
    "assistant": "assistant",
    "system": "system",
}
_ENDED: dict[str, ItemStatus] = {
    "completed": "completed",
    "cancelled": "interrupted",
    "incomplete": "incomplete",
    "failed": "failed",
}


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


@dataclass(slots=True)
class _Draft:
    id: str
    role: Role
    is_message: bool = True
    status: ItemStatus = "in_progress"
    parts: list[str] = field(default_factory=list)
    samples: int = 0
    heard_ms: int | None = None
    awaits_words: bool = False

    @property
    def text(self) -> str:
        # Read by the user's threads too, so nothing is rearranged here.
        return "".join(self.parts)

    def say(self, text: str) -> None:
        """All the words at once; a cut item keeps the words that it had."""
        if text and self.heard_ms is None:
            self.parts = [text]

    def settle(self, status: ItemStatus) -> None:
        """The item grows no more, unless its words are still to come."""
        if self.status == "in_progress" and not self.awaits_words:
            self.status = status


class Conversation:
    """Items in the server's order, by item id and previous_item_id.

    `apply` returns the ids of the items that an event changed; asking for an item
    costs no more than its own length, whatever the length of the conversation.
    """

    def __init__(self) -> None:
        self._drafts: dict[str, _Draft] = {}
        self._order: list[str] = []
        self._of_response: dict[str, list[str]] = {}
        self._deleted: set[str] = set()

    def __iter__(self) -> Iterator[Item]:
        previous = None
        for item_id in tuple(self._order):
            draft = self._drafts.get(item_id)
            if draft is not None and draft.is_message:
                yield _snapshot(draft, previous)
                previous = item_id

    def item(self, item_id: str) -> Item | None:
        """The item as it stands; None when it is gone or no message."""
        draft = self._drafts.get(item_id)
        if draft is None or not draft.is_message:
            return None
        return _snapshot(draft, self._message_before(item_id))

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
        return self._end_all(self._drafts, "incomplete")

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
        match event:
            case events.SpeechStarted(item_id=item_id) if item_id:
                self._place(item_id, "user", self._last()).awaits_words = True
            case events.InputCommitted(item_id=item_id, previous_item_id=previous):
                self._place(item_id, "user", previous).awaits_words = True
            case events.InputTranscriptDelta(item_id=item_id):
                self._place(item_id, "user").parts.append(event.delta)
            case events.InputTranscriptDone(item_id=item_id):
                draft = self._place(item_id, "user")
                draft.parts, draft.status = [event.transcript.strip()], "completed"
            case events.InputTranscriptFailed(item_id=item_id):
                self._place(item_id, "user").status = "failed"
            case _:
                return None
        return (item_id,)

    def _placing(self, event: events.ServerEvent) -> tuple[str, ...] | None:
        """Where items stand."""
        match event:
            case events.ItemAdded(item=item, previous_item_id=previous):
                self._take(item, previous)
            case events.ItemDone(item=item, previous_item_id=previous):
                self._take(item, previous)
                self._finish(item)
            case events.OutputItemAdded(item=item, response_id=response_id):
                self._take(item)
                self._of_response.setdefault(response_id, []).append(item.id)
            case events.OutputItemDone(item=item):
                self._finish(item)
            case _:
                return None
        return (item.id,) if self._drafts[item.id].is_message else ()

    def _ending(self, event: events.ServerEvent) -> tuple[str, ...] | None:
        """How items end."""
        match event:
            case events.ResponseDone(response=response):
                return self._end_response(response)
            case events.ItemTruncated(item_id=item_id) if item_id in self._drafts:
                draft = self._drafts[item_id]
                draft.heard_ms, draft.status = event.audio_end_ms, "interrupted"
            case events.ItemDeleted(item_id=item_id) if item_id in self._drafts:
                del self._drafts[item_id]
                self._order.remove(item_id)
                self._deleted.add(item_id)
            case _:
                return None
        return (item_id,)

    def _take(self, item: events.WireItem, previous: str | None = None) -> None:
        role = _ROLES.get(item.role, "assistant")
        draft = self._place(item.id, role, previous)
        draft.is_message = item.type == "message"
        if item.text and not draft.parts:
            draft.parts = [item.text]
        if item.status == "completed":
            # Servers of the flat dialect say no more about a user's item.
            draft.settle("completed")

    def _finish(self, item: events.WireItem) -> None:
        draft = self._place(item.id, _ROLES.get(item.role, "assistant"))
        draft.settle(_ENDED.get(item.status, "completed"))
        if draft.role == "assistant":
            draft.say(item.text)

    def _end_response(self, response: events.WireResponse) -> tuple[str, ...]:
        mine = self._of_response.pop(response.id, [])
        status = _ENDED.get(response.status, "completed")
        # The service ends the items of a cancelled response first, as incomplete.
        vague = {"incomplete"} if status == "interrupted" else set()
        return self._end_all(mine, status, {"in_progress", *vague})

    def _end_all(
        self,
        item_ids: Iterable[str],
        status: ItemStatus,
        unsettled: Collection[str] = ("in_progress",),
    ) -> tuple[str, ...]:
        changed = []
        for item_id in item_ids:
            draft = self._drafts.get(item_id)
            if draft is not None and draft.status in unsettled:
                draft.status = status
                changed.append(item_id)
        return tuple(changed)

    def _assistant(self, item_id: str) -> _Draft:
        return self._place(item_id, "assistant")

    def _place(self, item_id: str, role: Role, previous: str | None = None) -> _Draft:
        """The draft of that id, standing after `previous` when that is known."""
        draft = self._drafts.get(item_id)
        if draft is None:
            draft = self._drafts[item_id] = _Draft(item_id, role)
            self._order.append(item_id)
        elif previous is None or previous == item_id:
            return draft
        if previous in self._drafts and previous != self._before(item_id):
            self._order.remove(item_id)
            self._order.insert(self._index(previous) + 1, item_id)
        return draft

    def _index(self, item_id: str) -> int:
        """Position of an item; those that change stand near the end."""
        for back, each in enumerate(reversed(self._order), start=1):
            if each == item_id:
                return len(self._order) - back
        raise KeyError(item_id)

    def _before(self, item_id: str) -> str | None:
        index = self._index(item_id)
        return self._order[index - 1] if index else None

    def _message_before(self, item_id: str) -> str | None:
        for index in range(self._index(item_id) - 1, -1, -1):
            if self._drafts[self._order[index]].is_message:
                return self._order[index]
        return None

    def _last(self) -> str | None:
        return self._order[-1] if self._order else None


def _item_id(event: events.ServerEvent) -> str | None:
    item: events.WireItem | None = getattr(event, "item", None)
    item_id: str | None = getattr(event, "item_id", None)
    return item_id if item is None else item.id


def _snapshot(draft: _Draft, previous: str | None) -> Item:
    return Item(
        draft.id,
        previous,
        draft.role,
        draft.text,
        draft.status,
        draft.samples * 1000 // SAMPLE_RATE_HZ,
        draft.heard_ms,
    )
