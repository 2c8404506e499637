"""What a session says to a backend: one frozen dataclass an event, named as on a wire.

How an event looks on a socket is the backend's business (`rt_widget.backends.wire`);
the local backend takes them as they are.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rt_widget.config import SessionConfig


def new_id(prefix: str) -> str:
    """A fresh id such as `event_3f9c…`; 16 random hex digits."""
    return f"{prefix}_{secrets.token_hex(8)}"


def _event_id() -> str:
    return new_id("event")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientEvent:
    """Root of what can be sent; `event_id` comes back in an error about it."""

    event_id: str = field(default_factory=_event_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionUpdate(ClientEvent):
    """`session.update`: only `changed` settings of `config` are sent."""

    config: SessionConfig
    changed: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class InputAudioAppend(ClientEvent):
    """`input_audio_buffer.append`: mono PCM16 at 24 kHz."""

    audio: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class InputAudioCommit(ClientEvent):
    """`input_audio_buffer.commit`: what was appended becomes the user's item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputAudioClear(ClientEvent):
    """`input_audio_buffer.clear`: what was appended is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCreate(ClientEvent):
    """`conversation.item.create`: a message of the user, of text or of audio.

    `audio` is mono PCM16 at 24 kHz; exactly one of `text` and `audio` is given.
    """

    item_id: str
    text: str | None = None
    audio: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionOutput(ClientEvent):
    """`conversation.item.create`: what a function that was called has given."""

    item_id: str
    call_id: str
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTruncate(ClientEvent):
    """`conversation.item.truncate`: the person heard no more than `audio_end_ms`."""

    item_id: str
    content_index: int
    audio_end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDelete(ClientEvent):
    """`conversation.item.delete`."""

    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseCreate(ClientEvent):
    """`response.create`: answer now; `metadata` comes back in the response.

    With `verbatim` words: say just them, beside the conversation.
    """

    metadata: Mapping[str, str] = field(default_factory=dict)
    verbatim: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseCancel(ClientEvent):
    """`response.cancel`; without an id whichever response is active."""

    response_id: str | None = None


AnyClientEvent: TypeAlias = (
    SessionUpdate
    | InputAudioAppend
    | InputAudioCommit
    | InputAudioClear
    | ItemCreate
    | FunctionOutput
    | ItemTruncate
    | ItemDelete
    | ResponseCreate
    | ResponseCancel
)
"""The closed union of client events, for `match`."""
