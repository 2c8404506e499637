"""The conversation as a fold: server events in, ordered items out. No I/O, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget import events
from rt_widget.audio import BYTES_PER_SAMPLE
from rt_widget.captions import Captions
from rt_widget.item_drafts import ItemDrafts, ended_as

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget.calls import Call
    from rt_widget.item_drafts import ItemDraft, ItemStatus, Role


@dataclass(frozen=True, slots=True)
class Item:
    """A message of the conversation, or a call of a tool, as it stands.

    Args:
        id: The server's name for it.
        previous_item_id: The item that it follows; None for the first.
        role: Who speaks; `tool` for a call.
        text: The words so far: typed, recognised, or spoken by the assistant; also
            those that were not heard.
        status: `in_progress` while it grows; then how it ended.
        audio_ms: Length of the assistant's audio received so far.
        heard_ms: How much of it was heard: grows while it is played. None when nobody
            has said so, as in a script without a page.
        heard_end: Characters of `text` that were heard; None when that is not known.
        call: The call, and what came of it; None for a message. The status is
            `interrupted` where the person has interrupted, and no answer follows.

    Example:
        >>> reply = w.ask_sync("Good morning")
        >>> item: Item = w.conversation[-1]
        >>> item.role, item.heard_text
        ('assistant', 'You said: Good morning')
    """

    id: str
    previous_item_id: str | None
    role: Role
    text: str
    status: ItemStatus
    audio_ms: int = 0
    heard_ms: int | None = None
    heard_end: int | None = None
    call: Call | None = None

    @property
    def heard_text(self) -> str:
        """The words that were heard; all of them where nothing else is known."""
        return self.text if self.heard_end is None else self.text[: self.heard_end]


class Conversation:
    """Items in the server's order, by item id and previous_item_id.

    `apply` returns the ids of the items that an event changed; asking for an item
    costs no more than its own length, whatever the length of the conversation.
    `captions` tells when each word of an answer is said.
    """

    def __init__(self) -> None:
        self.captions = Captions()
        self._drafts = ItemDrafts()
        self._of_response: dict[str, list[str]] = {}
        self._deleted: set[str] = set()

    def __iter__(self) -> Iterator[Item]:
        previous = None
        for draft in self._drafts:
            if draft.is_shown:
                yield _snapshot(draft, previous)
                previous = draft.id

    def item(self, item_id: str) -> Item | None:
        """The item as it stands; None when it is gone or not for a person to see."""
        draft = self._drafts.get(item_id)
        if draft is None or not draft.is_shown:
            return None
        return _snapshot(draft, self._drafts.shown_before(item_id))

    @property
    def transcript(self) -> str:
        """One line an item: `user: …` and `assistant: …`.

        Of an answer that was cut it has the words that were heard, and then an
        ellipsis; what is still being played is there as a whole.
        """
        lines = ((item.role, _as_heard(item)) for item in self)
        return "\n".join(f"{role}: {words}" for role, words in lines if words)

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

    def hear(self, item_id: str, ms: int) -> None:
        """So much of an item has been played."""
        draft = self._drafts.get(item_id)
        if draft is not None and not draft.is_cut and ms >= (draft.heard_ms or 0):
            draft.heard_ms = ms
            draft.heard_end = self.captions.heard_end(item_id, ms)

    def hear_all(self, item_id: str) -> bool:
        """An item has been played to its end; returns whether that is news."""
        draft = self._drafts.get(item_id)
        if draft is None or draft.is_cut or draft.is_heard_whole:
            return False
        draft.is_heard_whole = True
        return True

    def cut(self, item_id: str, ms: int) -> bool:
        """The person heard no more than `ms` of an item; returns whether that is news.

        Its text stays whole. Of two cuts the shorter one holds.
        """
        draft = self._drafts.get(item_id)
        if draft is None or (draft.is_cut and ms >= (draft.heard_ms or 0)):
            return False
        draft.is_cut, draft.heard_ms, draft.status = True, ms, "interrupted"
        draft.heard_end = self.captions.heard_end(item_id, ms)
        return True

    def forget(self, item_id: str) -> bool:
        """An item must not be seen, now or later; returns whether it could be."""
        self._deleted.add(item_id)
        return self._drafts.remove(item_id)

    def show_call(self, item_id: str, call: Call, status: ItemStatus) -> bool:
        """A call has changed; returns whether there is an item to show it."""
        draft = self._drafts.get(item_id)
        if draft is None:
            return False
        draft.call, draft.status = call, status
        return True

    def end(self) -> tuple[str, ...]:
        """The session is over: what was still growing stays incomplete."""
        return self._drafts.end_all()

    def _output(self, event: events.ServerEvent) -> tuple[str, ...] | None:
        """What the assistant says."""
        place = self._drafts.place
        match event:
            case events.TextDelta() | events.TranscriptDelta():
                place(event.item_id, "assistant").parts.append(event.delta)
            case events.AudioDelta():
                samples = len(event.delta) // BYTES_PER_SAMPLE
                place(event.item_id, "assistant").samples += samples
                return ()
            case events.TextDone(text=text) | events.TranscriptDone(transcript=text):
                place(event.item_id, "assistant").say(text)
            case _:
                return None
        return (event.item_id,)

    def _input(self, event: events.ServerEvent) -> tuple[str, ...] | None:
        """What the person says."""
        place = self._drafts.place
        match event:
            case events.SpeechStarted(item_id=item_id) if item_id:
                place(item_id, "user").awaits_words = True
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
        take = self._drafts.take
        match event:
            case events.ItemAdded(item=item, previous_item_id=previous):
                draft = take(item, previous)
            case events.ItemDone(item=item, previous_item_id=previous):
                draft = take(item, previous)
                draft.finish(item)
            case events.OutputItemAdded(item=item, response_id=response_id):
                draft = take(item)
                if draft.call is None:
                    self._of_response.setdefault(response_id, []).append(item.id)
            case events.OutputItemDone(item=item):
                draft = take(item)
                draft.finish(item)
            case _:
                return None
        return (item.id,) if draft.is_shown else ()

    def _ending(self, event: events.ServerEvent) -> tuple[str, ...] | None:
        """How items end."""
        take = self._drafts.take
        match event:
            case events.ResponseDone(response=response):
                told = [i for i in response.calls if i.id not in self._deleted]
                calls = [take(item).id for item in told]
                mine = self._of_response.pop(response.id, [])
                return (*calls, *_end_response(self._drafts, mine, response.status))
            case events.ItemTruncated(item_id=item_id, audio_end_ms=heard_ms):
                return (item_id,) if self.cut(item_id, heard_ms) else ()
            case events.ItemDeleted(item_id=item_id):
                return (item_id,) if self.forget(item_id) else ()
            case _:
                return None


def _end_response(
    drafts: ItemDrafts, item_ids: list[str], response_status: str
) -> tuple[str, ...]:
    status = ended_as(response_status)
    # The service ends the items of a cancelled response first, as incomplete.
    vague = {"incomplete"} if status == "interrupted" else set()
    return drafts.end(item_ids, status, {"in_progress", *vague})


def _item_id(event: events.ServerEvent) -> str | None:
    item: events.WireItem | None = getattr(event, "item", None)
    item_id: str | None = getattr(event, "item_id", None)
    return item_id if item is None else item.id


def _as_heard(item: Item) -> str:
    is_cut = item.status == "interrupted" and item.heard_end is not None
    if not is_cut or item.heard_text == item.text:
        return item.text
    return f"{item.heard_text.rstrip()}…"


def _snapshot(draft: ItemDraft, previous: str | None) -> Item:
    text, audio_ms = draft.text, draft.audio_ms
    heard_ms, heard_end = draft.heard_ms, draft.heard_end
    if draft.is_heard_whole and not draft.is_cut:
        heard_ms, heard_end = audio_ms, len(text)
    if heard_end is not None:
        heard_end = min(heard_end, len(text))
    return Item(
        draft.id,
        previous,
        draft.role,
        text,
        draft.status,
        audio_ms,
        heard_ms,
        heard_end,
        draft.call,
    )
