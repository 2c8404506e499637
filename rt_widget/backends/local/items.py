"""The conversation as the local backend keeps it: messages, calls, what was heard."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from rt_widget.audio import duration_ms
from rt_widget.backends.local.call_items import CallItem, OutputItem
from rt_widget.backends.local.engines.base import ChatMessage
from rt_widget.events import ContentPart, ItemAdded, ItemDone, WireItem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget.events import ServerEvent


@dataclass(frozen=True, slots=True)
class _Mark:
    """After `audio_ms` of an answer's sound, `text_end` characters have been said."""

    audio_ms: float
    text_end: int


@dataclass(slots=True)
class Message:
    """One message; it grows while its response is made."""

    id: str
    role: Literal["user", "assistant"]
    is_audio: bool
    text: str = ""
    status: str = "completed"
    audio_ms: float = 0.0
    is_aside: bool = False
    """Whether it was said beside the conversation: the language model reads it not."""
    _marks: list[_Mark] = field(default_factory=list)
    _is_cut: bool = False

    def write(self, words: str) -> None:
        """Take in more words; of a message that was cut nothing more is kept."""
        if not self._is_cut:
            self.text += words

    def add_sound(self, pcm: bytes, text_end: int) -> None:
        """Take in sound; by its end the text is said up to `text_end`, 0 if unknown."""
        if self._is_cut:
            return
        self.audio_ms += duration_ms(pcm)
        said = self._marks[-1].text_end if self._marks else 0
        if text_end > said:
            self._marks.append(_Mark(self.audio_ms, text_end))

    def cut(self, audio_ms: int) -> None:
        """Keep no more than what was said in the first `audio_ms`, now and later."""
        if self.status != "completed" or audio_ms < int(self.audio_ms):
            end = self._said_by(audio_ms)
            self.text = _whole_words(self.text, end)
            self._marks = [m for m in self._marks if m.audio_ms < audio_ms]
            self._marks.append(_Mark(float(audio_ms), len(self.text)))
        self.audio_ms = float(audio_ms)
        self._is_cut = True

    def _said_by(self, audio_ms: int) -> int:
        """Characters that are said in the first `audio_ms`: a share between marks."""
        at = bisect_left(self._marks, float(audio_ms), key=lambda mark: mark.audio_ms)
        before = self._marks[at - 1] if at else _Mark(0.0, 0)
        if at == len(self._marks):
            return before.text_end
        after = self._marks[at]
        share = (audio_ms - before.audio_ms) / (after.audio_ms - before.audio_ms)
        return before.text_end + int(share * (after.text_end - before.text_end))

    @property
    def in_chat(self) -> tuple[ChatMessage, ...]:
        """As the language model reads it; nothing where it has no words."""
        if self.is_aside or not self.text.strip():
            return ()
        return (ChatMessage(self.role, self.text),)

    def on_wire(self, *, empty: bool = False) -> WireItem:
        """As events show it; `empty` while it is still being made."""
        content = () if empty else (self._part(),)
        return WireItem(self.id, role=self.role, status=self.status, content=content)

    def _part(self) -> ContentPart:
        direction = "output" if self.role == "assistant" else "input"
        if self.is_audio:
            return ContentPart(f"{direction}_audio", transcript=self.text)
        return ContentPart(f"{direction}_text", text=self.text)


Entry: TypeAlias = Message | CallItem | OutputItem


def _whole_words(text: str, end: int) -> str:
    """The first `end` characters of `text`, without a word cut in two."""
    if end >= len(text) or text[end].isspace():
        return text[:end].rstrip()
    return text[: text.rfind(" ", 0, end) + 1].rstrip()


class Items:
    """Messages, calls and their outputs in the order of the conversation."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._calls: dict[str, CallItem] = {}

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._entries

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

    def add(self, entry: Message | OutputItem) -> tuple[ServerEvent, ...]:
        """Append an item of the client; returns the events that tell of it."""
        previous = self.begin(entry)
        item = entry.on_wire()
        return ItemAdded(item, previous), ItemDone(item, previous)

    def begin(self, entry: Entry) -> str | None:
        """Append an item that may grow; returns the id that it follows."""
        previous = self.last_id
        self._entries[entry.id] = entry
        if isinstance(entry, CallItem):
            self._calls[entry.call.id] = entry
        return previous

    def remove(self, item_id: str) -> bool:
        """Forget an item; returns whether there was one.

        A call goes from what the language model reads with either of its two items.
        """
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
