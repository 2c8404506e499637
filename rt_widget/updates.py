"""What a session tells its watcher: one frozen dataclass a kind of news."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from rt_widget.calls import Call
    from rt_widget.captions import CaptionMark
    from rt_widget.errors import RealtimeWidgetError
    from rt_widget.events import Usage
    from rt_widget.meters import Latency
    from rt_widget.reply import Reply

Status: TypeAlias = Literal[
    "disconnected", "connecting", "ready", "listening", "thinking", "speaking"
]


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """The session does something else now."""

    status: Status


@dataclass(frozen=True, slots=True)
class ItemsChanged:
    """Items that are new, changed, or gone (`Conversation.item` gives None)."""

    item_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WordsRecognised:
    """More of what the person says: all words of the item so far."""

    item_id: str
    text: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class TextReceived:
    """More of an answer's text."""

    delta: str
    response_id: str
    item_id: str
    content_index: int


@dataclass(frozen=True, slots=True)
class AudioReceived:
    """More of an answer's sound: mono PCM16 at 24 kHz."""

    delta: bytes
    response_id: str
    item_id: str
    content_index: int


@dataclass(frozen=True, slots=True)
class Interrupted:
    """An answer is dead: whatever of it is still to be played must not be."""

    response_id: str


@dataclass(frozen=True, slots=True)
class Held:
    """The person may be speaking: what is being played pauses until that is known."""


@dataclass(frozen=True, slots=True)
class CaptionsChanged:
    """When an item's words are said: `marks` are its marks from number `first` on."""

    item_id: str
    first: int
    marks: tuple[CaptionMark, ...]


@dataclass(frozen=True, slots=True)
class ReplyStarted:
    """A new answer begins; or one goes on with the response `before`."""

    response_id: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class ReplyFinished:
    """An answer has ended, whole or not."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class CallChanged:
    """A call of a tool is new, goes on, or has ended; its item has changed too."""

    call: Call


@dataclass(frozen=True, slots=True)
class MetersChanged:
    """Tokens of the session, latency of the turn."""

    usage: Usage
    latency: Latency


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something that a person should know; nothing has failed."""

    text: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Something has failed; the session goes on unless `Closed` follows."""

    error: RealtimeWidgetError


@dataclass(frozen=True, slots=True)
class Closed:
    """The session is over; `error` says why when it was not meant to be."""

    error: RealtimeWidgetError | None


Update: TypeAlias = (
    StatusChanged
    | ItemsChanged
    | WordsRecognised
    | TextReceived
    | AudioReceived
    | Interrupted
    | Held
    | CaptionsChanged
    | ReplyStarted
    | ReplyFinished
    | CallChanged
    | MetersChanged
    | Noticed
    | Failed
    | Closed
)
"""The closed union of updates, for `match`."""
