"""A page's microphone as the kernel hears it: its pieces in order. A fold."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rt_widget.sequence import InOrder

if TYPE_CHECKING:
    from collections.abc import Iterator

EARLY_PIECES = 100
"""Pieces kept while a session opens: 10 s of 100 ms pieces."""


@dataclass(frozen=True, slots=True)
class Sound:
    """More of the person's sound: mono PCM16 at 24 kHz."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class SoundEnds:
    """The microphone is off: nothing more comes."""


@dataclass
class Microphone:
    """Whose it is, and what has come of it.

    `page` is the page whose microphone is on; None when none is. `early` is what was
    said while a session opened, to be passed on when it is open.
    """

    page: str | None = None
    early: deque[Sound | SoundEnds] = field(
        default_factory=lambda: deque(maxlen=EARLY_PIECES)
    )
    _pieces: InOrder[bytes] = field(default_factory=InOrder)

    def switch_on(self, page: str) -> None:
        """A page's microphone is on; its pieces are counted from 0."""
        self.page = page
        self._pieces = InOrder()

    def switch_off(self) -> Iterator[SoundEnds]:
        """It is off; yields its end when it was on."""
        if self.page is not None:
            self.page = None
            yield SoundEnds()

    def push(self, page: str, number: int, pcm: bytes) -> Iterator[Sound]:
        """Take in a piece; yields those that are now due."""
        if page == self.page:
            yield from map(Sound, self._pieces.push(number, pcm))

    def gap(self) -> tuple[int, int] | None:
        """First and last number of pieces that did not arrive, once."""
        return self._pieces.gap()
