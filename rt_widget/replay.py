"""The sound of the newest answers, to be heard once more. No clock, no I/O."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.audio import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT_BYTES = 30_000_000
"""Of sound that is kept in all: 10 min."""

CLIP_BYTES = SAMPLE_RATE_HZ * BYTES_PER_SAMPLE
"""Of sound in a clip: 1 s."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A piece of an item's sound: mono PCM16 at 24 kHz; `last` ends it."""

    item_id: str
    pcm: bytes
    last: bool


class Replay:
    """Sound by item; the oldest goes when there is too much.

    Args:
        limit: Bytes that are kept in all. An item that alone is longer is not kept.
    """

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        self._limit = limit
        self._size = 0
        # None: too long to be kept, so what still comes of it is no beginning.
        self._sounds: OrderedDict[str, bytearray | None] = OrderedDict()

    @property
    def item_ids(self) -> frozenset[str]:
        """Items of which the whole sound that has come is here."""
        return frozenset(name for name, pcm in self._sounds.items() if pcm)

    def add(self, item_id: str, pcm: bytes) -> tuple[str, ...]:
        """More sound of an item; returns the ids of those whose sound is gone now."""
        sound = self._sounds.setdefault(item_id, bytearray())
        if sound is None:
            return ()
        sound += pcm
        self._size += len(pcm)
        gone = []
        while self._size > self._limit:
            oldest = next(name for name, kept in self._sounds.items() if kept)
            gone.append(oldest)
            self._drop(oldest)
        return tuple(gone)

    def forget(self, item_id: str) -> None:
        """An item is gone."""
        if self._sounds.get(item_id):
            self._drop(item_id)

    def clips(self, item_id: str) -> Iterator[Clip]:
        """An item's sound from its beginning on; a single empty clip when it is gone.

        What is forgotten in between ends it.
        """
        start, last = 0, False
        while not last:
            sound = self._sounds.get(item_id) or b""
            end = start + CLIP_BYTES
            last = end >= len(sound)
            yield Clip(item_id, bytes(sound[start:end]), last)
            start = end

    def _drop(self, item_id: str) -> None:
        sound = self._sounds[item_id]
        self._size -= len(sound or b"")
        self._sounds[item_id] = None
        self._tidy()

    def _tidy(self) -> None:
        """Forget the oldest items of which there is no sound any more."""
        while len(self._sounds) > _NAMES and next(iter(self._sounds.values())) is None:
            self._sounds.popitem(last=False)


_NAMES = 200
"""Items that are remembered by name only."""
