"""Input by the piece, put together to turns. A fold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from rt_widget.chunks import CHUNK_LIMIT, clean_text
from rt_widget.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget.chunks import Input


@dataclass(frozen=True, slots=True)
class Typed:
    """A whole turn of text."""

    text: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """Sound of a turn: mono PCM16 at 24 kHz. `before` was typed ahead of it."""

    pcm: bytes
    before: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a turn that has sound. `after` was typed behind it."""

    after: str = ""


Part: TypeAlias = Typed | Spoken | Ended
"""What is to be sent now."""


class ChunkTurn:
    """Collects text until its turn is done, or sound follows it; sound passes through.

    Blank text is not worth a turn.
    """

    def __init__(self) -> None:
        self._typed: list[str] = []
        self._size = 0
        self._has_sound = False

    def take(self, piece: Input) -> Iterator[Part]:
        """Take in a piece; yields what is to be sent now, in order.

        Raises:
            InputError: the turn's text becomes too long; the piece was not taken.
        """
        if self._size + len(piece.text) > CHUNK_LIMIT:
            msg = f"The turn's text is longer than {CHUNK_LIMIT:,} characters."
            raise InputError(msg, hint="End the turn with a chunk that is `done`.")
        self._size += len(piece.text)
        self._typed.append(piece.text)
        if piece.audio:
            self._has_sound = True
            yield Spoken(piece.audio, self._take_text())
        if piece.done:
            yield from self._end()

    def _end(self) -> Iterator[Part]:
        text, had_sound = self._take_text(), self._has_sound
        self._has_sound = False
        if had_sound:
            yield Ended(text)
        elif text:
            yield Typed(text)

    def _take_text(self) -> str:
        text = clean_text("".join(self._typed))
        self._typed, self._size = [], 0
        return text if text.strip() else ""
