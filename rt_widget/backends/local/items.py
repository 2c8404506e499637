"""The conversation as the local backend keeps it: messages, and what was heard."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from rt_widget.audio import duration_ms
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

    def on_wire(self, *, empty: bool = False) -> WireItem:
        """As events show it; `empty` while it is still being made."""
        content = () if empty else (self._part(),)
        return WireItem(self.id, role=self.role, status=self.status, content=content)

    def _part(self) -> ContentPart:
        direction = "output" if self.role == "assistant" else "input"
        if self.is_audio:
            return ContentPart(f"{direction}_audio", transcript=self.text)
        return ContentPart(f"{direction}_text", text=self.text)


def _whole_words(text: str, end: int) -> str:
    """The first `end` characters of `text`, without a word cut in two."""
    if end >= len(text) or text[end].isspace():
        return text[:end].rstrip()
    return text[: text.rfind(" ", 0, end) + 1].rstrip()


class Items:
    """Messages in the order of the conversation."""

    def __init__(self) -> None:
        self._messages: dict[str, Message] = {}

    def __iter__(self) -> Iterator[Message]:
        return iter(self._messages.values())

    def get(self, item_id: str) -> Message | None:
        """The message of that id, if there is one."""
        return self._messages.get(item_id)

    @property
    def last_id(self) -> str | None:
        """Id of the message that a new one will follow."""
        return next(reversed(self._messages), None)

    @property
    def last(self) -> Message | None:
        """The newest message."""
        return self._messages[self.last_id] if self.last_id else None

    def add(self, message: Message) -> tuple[ServerEvent, ...]:
        """Append a message of the user; returns the events that tell of it."""
        previous = self.last_id
        self._messages[message.id] = message
        item = message.on_wire()
        return ItemAdded(item, previous), ItemDone(item, previous)

    def begin(self, message: Message) -> str | None:
        """Append a message that will grow; returns the id that it follows."""
        previous = self.last_id
        self._messages[message.id] = message
        return previous

    def remove(self, item_id: str) -> bool:
        """Forget a message; returns whether there was one."""
        return self._messages.pop(item_id, None) is not None

    def chat(self, system: str, coming: str = "") -> tuple[ChatMessage, ...]:
        """What the language model reads: the instructions, then every message.

        `coming` words of the user are taken as said.
        """
        head = (ChatMessage("system", system),) if system else ()
        said = (ChatMessage(m.role, m.text) for m in self if m.text.strip())
        tail = (ChatMessage("user", coming),) if coming else ()
        return (*head, *said, *tail)
