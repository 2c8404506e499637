"""The conversation as the local backend keeps it: messages, calls, what was heard."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from rt_widget.backends.local.conversation.call_items import CallItem, OutputItem
from rt_widget.backends.local.conversation.kept_sound import KeptSound
from rt_widget.backends.local.engines.base import ChatMessage
from rt_widget.backends.local.protocol.told import items as told
from rt_widget.backends.local.requests.values import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget.backends.local.conversation.parts import Part
    from rt_widget.backends.local.requests.values import Wire

Role: TypeAlias = Literal["user", "assistant", "system"]


@dataclass(slots=True)
class Message:
    """One message; that of a response grows while it is made."""

    id: str
    role: Role
    parts: tuple[Part, ...]
    status: str = "completed"
    is_aside: bool = False
    """Whether it was said beside the conversation: the language model reads it not."""

    @property
    def text(self) -> str:
        """All its words."""
        return "\n".join(part.text for part in self.parts if part.text)

    @property
    def audio_ms(self) -> float:
        """Length of all its sound."""
        return sum(part.audio_ms for part in self.parts)

    def sound_at(self, content_index: int) -> Part | None:
        """The sound at that place, if there is one."""
        parts = self.parts[content_index : content_index + 1]
        return parts[0] if parts and parts[0].is_audio else None

    @property
    def in_chat(self) -> tuple[ChatMessage, ...]:
        """As the language model reads it; nothing where it has no words."""
        text = self.text
        if self.is_aside or not text.strip():
            return ()
        return (ChatMessage(self.role, text),)

    def told(self, *, empty: bool = False) -> Wire:
        """As events show it; `empty` while it is still being made."""
        parts = () if empty else tuple(part.told(self.role) for part in self.parts)
        return told.message(self.id, self.role, self.status, parts)


Entry: TypeAlias = Message | CallItem | OutputItem


def taken(item_id: str) -> RequestError:
    """Why an item cannot have that id."""
    message = f"Error adding item: an item with id '{item_id}' already exists."
    code = "item_create_duplicate_item_id"
    return RequestError(message, code=code, param="item.id")


@dataclass(slots=True)
class Items:
    """Messages, calls and their outputs in the order of the conversation."""

    sound: KeptSound = field(default_factory=KeptSound)
    """Of its messages."""
    _entries: dict[str, Entry] = field(default_factory=dict)
    _calls: dict[str, CallItem] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._entries

    def entry(self, item_id: str) -> Entry | None:
        """The item of that id, if there is one."""
        return self._entries.get(item_id)

    def get(self, item_id: str) -> Message | None:
        """The message of that id, if there is one."""
        entry = self._entries.get(item_id)
        return entry if isinstance(entry, Message) else None

    def called(self, call_id: str) -> CallItem | None:
        """The call of that id, if there is one."""
        return self._calls.get(call_id)

    @property
    def last_id(self) -> str | None:
        """Id of the item that a new one will follow."""
        return next(reversed(self._entries), None)

    @property
    def last(self) -> Entry | None:
        """The newest item."""
        return self._entries[self.last_id] if self.last_id else None

    @property
    def question(self) -> str:
        """What the person has said last; empty where nothing was said."""
        for entry in reversed(self._entries.values()):
            if isinstance(entry, Message) and entry.role == "user":
                return entry.text.strip()
        return ""

    @property
    def calls_of_turn(self) -> int:
        """How many calls there are since the person's last message."""
        count = 0
        for entry in reversed(self._entries.values()):
            if isinstance(entry, Message) and entry.role == "user":
                break
            count += isinstance(entry, CallItem)
        return count

    @property
    def audio_ms(self) -> float:
        """Length of all sound."""
        return sum(each.audio_ms for each in self if isinstance(each, Message))

    def add(self, entry: Entry, after: str | None = None) -> tuple[Wire, ...]:
        """Take in a whole item; returns the events that tell of it.

        Raises:
            RequestError: see `begin`.
        """
        previous = self.begin(entry, after)
        item = entry.told()
        return told.added(item, previous), told.done(item, previous)

    def begin(self, entry: Entry, after: str | None = None) -> str | None:
        """Take in an item that may grow; returns the id that it follows.

        Args:
            entry: The item; its id is new.
            after: An item's id; `root` puts it first, None last.

        Raises:
            RequestError: there is no item `after`, or one of the same id already.
        """
        if entry.id in self._entries:
            raise taken(entry.id)
        if after is None or after == self.last_id:
            previous = self.last_id
            self._entries[entry.id] = entry
        else:
            previous = self._insert(entry, after)
        if isinstance(entry, CallItem):
            self._calls[entry.call.id] = entry
        return previous

    def _insert(self, entry: Entry, after: str) -> str | None:
        names = list(self._entries)
        if after != "root" and after not in self._entries:
            message = (
                f"Error adding item: the previous item with id '{after}' does not "
                "exist."
            )
            code = "item_create_invalid_previous_item_id"
            raise RequestError(message, code=code, param="previous_item_id")
        at = 0 if after == "root" else names.index(after) + 1
        behind = {name: self._entries.pop(name) for name in names[at:]}
        self._entries |= {entry.id: entry, **behind}
        return names[at - 1] if at else None

    def remove(self, item_id: str) -> bool:
        """Forget an item; returns whether there was one.

        A call goes from what the language model reads with either of its two items.
        """
        self.sound.forget(item_id)
        match self._entries.pop(item_id, None):
            case None:
                return False
            case CallItem(call=call):
                self._calls.pop(call.id, None)
            case OutputItem(call_id=call_id) if call_id in self._calls:
                self._calls[call_id].output = None
        return True

    def chat(self, system: str, coming: str = "") -> tuple[ChatMessage, ...]:
        """What the language model reads: the instructions, then every item.

        `coming` words of the user are taken as said.
        """
        head = (ChatMessage("system", system),) if system else ()
        said = (
            message
            for entry in self
            if not isinstance(entry, OutputItem)
            for message in entry.in_chat
        )
        tail = (ChatMessage("user", coming),) if coming else ()
        return (*head, *said, *tail)
