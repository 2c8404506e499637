"""The conversation's items and what may be done to them."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt_widget.backends.local.requests.values import RequestError
from tests.servers.wire import (
    BYTES_PER_MS,
    JsonObject,
    encode_audio,
    pcm_ms,
)


@dataclass(slots=True)
class Item:
    """One item: `data` is its public form without audio, `audio` its PCM by part."""

    data: JsonObject
    audio: dict[int, bytearray] = field(default_factory=dict)
    previous: str | None = None
    """The item before it when it was added."""
    heard: str = ""
    """What its audio says, whether or not that was transcribed."""

    @property
    def id(self) -> str:
        """Its identifier."""
        return str(self.data["id"])

    @property
    def role(self) -> str | None:
        """`user`, `system`, `assistant`; None for calls and their outputs."""
        return self.data.get("role")

    def public(self) -> JsonObject:
        """Give the form in events: no audio bytes."""
        copied = dict(self.data)
        if "content" in copied:
            copied["content"] = [dict(part) for part in copied["content"]]
        return copied

    def whole(self) -> JsonObject:
        """Give the form in `conversation.item.retrieved`: audio included."""
        found = self.public()
        for index, pcm in self.audio.items():
            found["content"][index]["audio"] = encode_audio(bytes(pcm))
        return found

    def text(self) -> str:
        """Everything in it that can be read, joined with spaces."""
        if self.heard:
            return self.heard
        if "output" in self.data:
            return str(self.data["output"])
        parts = self.data.get("content", [])
        found = [part.get("text") or part.get("transcript") or "" for part in parts]
        return " ".join(text for text in found if text)


class Conversation:
    """Items in order, with the service's refusals.

    Args:
        conversation_id: What `response.conversation_id` says.
    """

    def __init__(self, conversation_id: str) -> None:
        self.id = conversation_id
        self._items: list[Item] = []

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, in order."""
        return tuple(self._items)

    def add(self, item: Item, after: str | None = None) -> str | None:
        """Insert an item; gives (and notes in it) the id of the one before it.

        Args:
            item: The new item; its id must be new.
            after: An item's id, `root` for the front, None for the end.

        Raises:
            RequestError: the id is taken, or `after` is unknown.
        """
        if any(known.id == item.id for known in self._items):
            raise RequestError(
                f"Error adding item: an item with id '{item.id}' already exists.",
                code="item_create_duplicate_item_id",
                param="item.id",
            )
        at = self._place(after)
        item.previous = self._items[at - 1].id if at else None
        self._items.insert(at, item)
        return item.previous

    def _place(self, after: str | None) -> int:
        if after is None:
            return len(self._items)
        if after == "root":
            return 0
        for index, item in enumerate(self._items):
            if item.id == after:
                return index + 1
        raise RequestError(
            f"Error adding item: the previous item with id '{after}' does not exist.",
            code="item_create_invalid_previous_item_id",
            param="previous_item_id",
        )

    def find(self, item_id: str, action: str) -> Item:
        """Give an item.

        Args:
            item_id: Which one.
            action: The verb of the error: `retrieve`, `delete` or `truncate`.

        Raises:
            RequestError: there is none of that id.
        """
        for item in self._items:
            if item.id == item_id:
                return item
        doing = action.removesuffix("e") + "ing"
        raise RequestError(
            f"Error {doing} item: the item with id '{item_id}' does not exist.",
            code=f"item_{action}_invalid_item_id",
            param="item_id",
        )

    def delete(self, item_id: str) -> None:
        """Remove an item; `RequestError` if there is none of that id."""
        self._items.remove(self.find(item_id, "delete"))

    def truncate(self, item_id: str, content_index: int, audio_end_ms: int) -> None:
        """Cut an assistant item's audio and drop its transcript.

        Raises:
            RequestError: unknown item, not assistant audio, or past its end.
        """
        item = self.find(item_id, "truncate")
        pcm = item.audio.get(content_index)
        if item.role != "assistant" or not pcm:
            raise RequestError("Only model output audio messages can be truncated")
        length_ms = pcm_ms(len(pcm))
        if audio_end_ms > length_ms:
            raise RequestError(
                f"Audio content of {length_ms}ms is already shorter than "
                f"{audio_end_ms}ms"
            )
        del pcm[audio_end_ms * BYTES_PER_MS :]
        item.data["content"][content_index]["transcript"] = ""

    def last_user_text(self) -> str:
        """Text of the newest user message; empty if there is none."""
        for item in reversed(self._items):
            if item.role == "user":
                return item.text()
        return ""

    def tool_outputs(self) -> tuple[str, ...]:
        """Outputs of function calls since the newest user message, in order."""
        outputs: list[str] = []
        for item in reversed(self._items):
            if item.role == "user":
                break
            if item.data["type"] == "function_call_output":
                outputs.insert(0, item.text())
        return tuple(outputs)

    def last_user_audio(self) -> bytes:
        """Audio of the newest user message; empty if it has none."""
        for item in reversed(self._items):
            if item.role == "user":
                return b"".join(bytes(pcm) for pcm in item.audio.values())
        return b""

    def tokens(self) -> tuple[int, int]:
        """Give text and audio tokens of all items: a word is one, 100 ms are one."""
        words = sum(len(item.text().split()) for item in self._items)
        audio = sum(
            pcm_ms(len(pcm)) // 100
            for item in self._items
            for pcm in item.audio.values()
        )
        return words, audio
