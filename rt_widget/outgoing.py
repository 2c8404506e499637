"""What a widget sends its pages: one frozen dataclass a kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from rt_widget.captions import CaptionMark
    from rt_widget.chunks import Chunk
    from rt_widget.replay import Clip


@dataclass(frozen=True, slots=True)
class SendChunk:
    """Set the `output_chunk` trait."""

    chunk: Chunk


@dataclass(frozen=True, slots=True)
class SendItems:
    """Send these items as they now stand."""

    item_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SendText:
    """Set the `text` trait to the answer's text as it now stands."""

    text: str


@dataclass(frozen=True, slots=True)
class SendCaptions:
    """Send an item's marks from number `first` on."""

    item_id: str
    first: int
    marks: tuple[CaptionMark, ...]


@dataclass(frozen=True, slots=True)
class SendState:
    """Sync these traits as they now stand."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SendClip:
    """Send a piece of an old answer's sound."""

    clip: Clip


Outgoing: TypeAlias = (
    SendChunk | SendItems | SendText | SendCaptions | SendState | SendClip
)
"""The closed union of what is sent, for `match`."""
