"""Deltas of answers on their way to the page, as numbered chunks. A fold."""

from __future__ import annotations

import base64
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from rt_widget.chunks import Chunk, make_chunk
from rt_widget.events import new_id
from rt_widget.outgoing import SendChunk
from rt_widget.sequence import Sent
from rt_widget.updates import AudioReceived, TextReceived

if TYPE_CHECKING:
    from collections.abc import Iterator

JOINED_LIMIT = 96_000
"""Bytes of sound in one chunk: 2 s."""

KEPT_CHUNKS = 600
"""Sent chunks kept for a page that has missed some."""

Delta: TypeAlias = TextReceived | AudioReceived


@dataclass(slots=True)
class _Waiting:
    """Deltas of one kind and item that go together."""

    first: Delta
    pieces: list[str | bytes]
    size: int

    def takes(self, delta: Delta) -> bool:
        same = (
            type(delta) is type(self.first)
            and delta.item_id == self.first.item_id
            and delta.content_index == self.first.content_index
        )
        return same and self.size + len(delta.delta) <= JOINED_LIMIT


class ChunkQueue:
    """Sound and words that wait; neighbours of one kind are joined, none is dropped.

    `epoch` names this count of chunks; it is another one with every widget.
    """

    def __init__(self) -> None:
        self.epoch = new_id("epoch")
        self._sound: deque[_Waiting] = deque()
        self._words: deque[_Waiting] = deque()
        self._sent: Sent[Chunk] = Sent(KEPT_CHUNKS)

    @property
    def next_number(self) -> int:
        """Of the next chunk."""
        return self._sent.next_number

    def has_sound(self, response_id: str | None = None) -> bool:
        """Whether sound is next: of this answer, or of any."""
        return _is_next(self._sound, response_id)

    def has_words(self, response_id: str | None = None) -> bool:
        """Whether words are next: of this answer, or of any."""
        return _is_next(self._words, response_id)

    def add(self, delta: Delta) -> None:
        """More of an answer."""
        waiting = self._words if isinstance(delta, TextReceived) else self._sound
        if waiting and waiting[-1].takes(delta):
            waiting[-1].pieces.append(delta.delta)
            waiting[-1].size += len(delta.delta)
        else:
            waiting.append(_Waiting(delta, [delta.delta], len(delta.delta)))

    def drop_sound(self, response_id: str | None = None) -> None:
        """Sound that was not sent yet never will be: of this answer, or all of it."""
        if response_id is None:
            self._sound.clear()
        kept = [each for each in self._sound if each.first.response_id != response_id]
        self._sound = deque(kept)

    def sound(self) -> SendChunk:
        """The sound that has waited longest."""
        return self._numbered(self._sound.popleft())

    def words(self) -> SendChunk:
        """The words that have waited longest."""
        return self._numbered(self._words.popleft())

    def rush(self) -> Iterator[SendChunk]:
        """All words that wait, at once; for a page that is about to get all items."""
        while self._words:
            yield self.words()

    def again(self, first: int, last: int) -> list[Chunk]:
        """Chunks that the page has missed, as far as they are kept."""
        return self._sent.between(first, last)

    def _numbered(self, waiting: _Waiting) -> SendChunk:
        first = waiting.first
        kind: Literal["text", "audio"] = "text"
        if isinstance(first, AudioReceived):
            kind = "audio"
            joined = b"".join(p for p in waiting.pieces if isinstance(p, bytes))
            content = base64.b64encode(joined).decode("ascii")
        else:
            content = "".join(p for p in waiting.pieces if isinstance(p, str))
        chunk = make_chunk(
            kind,
            content,
            {
                "seq": self._sent.next_number,
                "epoch": self.epoch,
                "response_id": first.response_id,
                "item_id": first.item_id,
                "content_index": first.content_index,
            },
        )
        self._sent.add(chunk)
        return SendChunk(chunk)


def _is_next(waiting: deque[_Waiting], response_id: str | None) -> bool:
    return bool(waiting) and response_id in (None, waiting[0].first.response_id)
