"""What a page says: one frozen dataclass a kind of message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from rt_widget.playback import PlaybackPosition


@dataclass(frozen=True, slots=True)
class _FromPage:
    """`page` is the sender's name, which no other page has."""

    page: str


@dataclass(frozen=True, slots=True)
class Hello(_FromPage):
    """The page shows the widget; `left` are pages that were in its place before."""

    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leave(_FromPage):
    """It shows it no more."""


@dataclass(frozen=True, slots=True)
class TakeOver(_FromPage):
    """Microphone and sound belong to this page from now on."""


@dataclass(frozen=True, slots=True)
class Pong(_FromPage):
    """The page is there."""


@dataclass(frozen=True, slots=True)
class Connect(_FromPage):
    """The button."""


@dataclass(frozen=True, slots=True)
class Disconnect(_FromPage):
    """The button."""


@dataclass(frozen=True, slots=True)
class Microphone(_FromPage):
    """Sound begins or ends; numbers of its pieces start again.

    `label` names the microphone, and `sample_rate` is its own in Hz; empty and 0
    where the page does not know.
    """

    on: bool
    label: str = ""
    sample_rate: int = 0


@dataclass(frozen=True, slots=True)
class AudioPiece(_FromPage):
    """A numbered piece of microphone sound: mono PCM16 at 24 kHz."""

    number: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Typed(_FromPage):
    """A typed message."""

    text: str


@dataclass(frozen=True, slots=True)
class Interrupt(_FromPage):
    """The page has fallen silent by itself.

    `positions` say where: first of the item that was cut, then of those that had not
    begun. `response_id` is the answer that was heard; None for whatever is given.
    """

    response_id: str | None
    positions: tuple[PlaybackPosition, ...]


@dataclass(frozen=True, slots=True)
class Cut(_FromPage):
    """The page has fallen silent because it was told to; `positions` say where."""

    positions: tuple[PlaybackPosition, ...]


@dataclass(frozen=True, slots=True)
class Played(_FromPage):
    """How far an item has been played; `ended` when nothing more waits."""

    position: PlaybackPosition
    ended: bool


@dataclass(frozen=True, slots=True)
class Resend(_FromPage):
    """Output chunks `first` to `last` did not arrive."""

    epoch: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Replay(_FromPage):
    """The sound of an item is wanted once more; an empty id ends that."""

    item_id: str


@dataclass(frozen=True, slots=True)
class Fetch(_FromPage):
    """The button that downloads the local voice."""


@dataclass(frozen=True, slots=True)
class Confirm(_FromPage):
    """Whether a call of a tool may be run."""

    call_id: str
    allow: bool


PageMessage: TypeAlias = (
    Hello
    | Leave
    | TakeOver
    | Pong
    | Connect
    | Disconnect
    | Microphone
    | AudioPiece
    | Typed
    | Interrupt
    | Cut
    | Played
    | Resend
    | Replay
    | Fetch
    | Confirm
)
"""The closed union of a page's messages, for `match`."""
