"""What crosses the comm besides traits; `js/src/types.d.ts` is the page's side of it.

Any script of the notebook's page can speak here, so everything is checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from rt_widget.chunks import decode_pcm16
from rt_widget.errors import InputError
from rt_widget.playback import PlaybackPosition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rt_widget.chunks import Chunk
    from rt_widget.conversation import Item

Content: TypeAlias = dict[str, object]

TEXT_LIMIT = 100_000
"""Longest typed message, in characters."""

AUDIO_LIMIT = 200_000
"""Longest microphone piece, in base64 characters: 3 s."""


@dataclass(frozen=True, slots=True)
class Hello:
    """A page shows the widget."""

    page: str


@dataclass(frozen=True, slots=True)
class Connect:
    """The button."""


@dataclass(frozen=True, slots=True)
class Disconnect:
    """The button."""


@dataclass(frozen=True, slots=True)
class Microphone:
    """The microphone was switched on or off; numbers of its pieces start again."""

    on: bool


@dataclass(frozen=True, slots=True)
class AudioPiece:
    """A numbered piece of microphone sound: mono PCM16 at 24 kHz."""

    number: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed message."""

    text: str


@dataclass(frozen=True, slots=True)
class Interrupt:
    """The page has fallen silent; `position` says where, if anything was playing."""

    position: PlaybackPosition | None


@dataclass(frozen=True, slots=True)
class Cut:
    """The page has fallen silent because it was told to; it was playing this."""

    position: PlaybackPosition


@dataclass(frozen=True, slots=True)
class Played:
    """An item has begun to be played, or was played to its end."""

    position: PlaybackPosition
    ended: bool


@dataclass(frozen=True, slots=True)
class Resend:
    """Output chunks `first` to `last` did not arrive."""

    epoch: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Fetch:
    """The button that downloads the local voice."""


PageMessage: TypeAlias = (
    Hello
    | Connect
    | Disconnect
    | Microphone
    | AudioPiece
    | Typed
    | Interrupt
    | Cut
    | Played
    | Resend
    | Fetch
)


def decode(content: object) -> PageMessage:
    """A message from the page.

    Raises:
        InputError: it is none.
    """
    kind = content.get("type") if isinstance(content, dict) else None
    read = _READERS.get(kind) if isinstance(kind, str) else None
    if read is None or not isinstance(content, dict):
        msg = f"The page sent a message of an unknown kind: {kind!r:.50}."
        raise InputError(msg)
    return read(content)


def items_message(items: Iterable[Item]) -> Content:
    """New or changed items."""
    return {"type": "items", "items": [_item(item) for item in items]}


def snapshot_message(epoch: str, next_seq: int, items: Iterable[Item]) -> Content:
    """The answer to `Hello`: all that there is."""
    return {
        "type": "snapshot",
        "epoch": epoch,
        "next_seq": next_seq,
        "items": [_item(item) for item in items],
    }


def removed_message(item_ids: Iterable[str]) -> Content:
    """Items that are gone."""
    return {"type": "removed", "item_ids": list(item_ids)}


def flush_message(response_id: str) -> Content:
    """Silence at once."""
    return {"type": "flush", "response_id": response_id or None}


def chunks_message(chunks: list[Chunk]) -> Content:
    """Output chunks sent again."""
    return {"type": "chunks", "chunks": chunks}


def resend_message(first: int, last: int) -> Content:
    """Microphone pieces that did not arrive."""
    return {"type": "resend", "from": first, "to": last}


def _item(item: Item) -> Content:
    return {
        "id": item.id,
        "previous_item_id": item.previous_item_id,
        "role": item.role,
        "text": item.text,
        "status": item.status,
        "audio_ms": item.audio_ms,
        "heard_ms": item.heard_ms,
    }


def _text(content: Content, name: str, limit: int) -> str:
    value = content.get(name)
    if not isinstance(value, str) or len(value) > limit:
        msg = f"The page's {name} is not a text of at most {limit:,} characters."
        raise InputError(msg)
    return value


def _number(content: Content, name: str) -> int:
    value = content.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        msg = f"The page's {name} is not a whole number."
        raise InputError(msg)
    return value


def _position(content: Content) -> PlaybackPosition | None:
    raw = content.get("position")
    if raw is None:
        return None
    if not isinstance(raw, dict):
        msg = "The page's position is not an object."
        raise InputError(msg)
    return PlaybackPosition(
        _text(raw, "item_id", 200),
        _number(raw, "content_index"),
        _number(raw, "played_samples"),
    )


def _known_position(content: Content) -> PlaybackPosition:
    position = _position(content)
    if position is None:
        msg = "The page did not say what was played."
        raise InputError(msg)
    return position


def _played(content: Content) -> Played:
    return Played(_known_position(content), ended=content.get("ended") is True)


def _audio(content: Content) -> AudioPiece:
    pcm = decode_pcm16(_text(content, "audio", AUDIO_LIMIT))
    return AudioPiece(_number(content, "seq"), pcm)


def _resend(content: Content) -> Resend:
    return Resend(
        _text(content, "epoch", 200), _number(content, "from"), _number(content, "to")
    )


_READERS: dict[str, Callable[[Content], PageMessage]] = {
    "hello": lambda content: Hello(_text(content, "page", 200)),
    "connect": lambda _: Connect(),
    "disconnect": lambda _: Disconnect(),
    "microphone": lambda content: Microphone(on=content.get("on") is True),
    "audio": _audio,
    "text": lambda content: Typed(_text(content, "text", TEXT_LIMIT)),
    "interrupt": lambda content: Interrupt(_position(content)),
    "cut": lambda content: Cut(_known_position(content)),
    "played": _played,
    "resend": _resend,
    "fetch": lambda _: Fetch(),
}
