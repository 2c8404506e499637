"""What the kernel says to its pages, as it crosses the comm.

Texts are counted in UTF-16 units there: a page's strings are made of them.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, TypeAlias

from rt_widget.messages.calls import MESSAGE_LIMIT, CallWriter, weight

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rt_widget.captions import CaptionMark
    from rt_widget.chunks import Chunk
    from rt_widget.conversation import Item

Content: TypeAlias = dict[str, object]


def items_message(items: Iterable[Item], replayable: frozenset[str]) -> Content:
    """New or changed items; of those in `replayable` there is sound to play again."""
    return {"type": "items", "items": _items(items, replayable)}


def snapshot_message(
    epoch: str,
    next_seq: int,
    items: Iterable[Item],
    replayable: frozenset[str],
    owner: str | None,
) -> Content:
    """The answer to `Hello`: all that there is."""
    return {
        "type": "snapshot",
        "epoch": epoch,
        "next_seq": next_seq,
        "items": _items(items, replayable),
        "owner": owner,
    }


def portions(items: Iterable[Item]) -> list[list[Item]]:
    """Items, so many in each portion as cross whole in one message."""
    all_of_them: list[list[Item]] = [[]]
    filled = 0
    for item in items:
        more = 0 if item.call is None else weight(item.call)
        if filled and filled + more > MESSAGE_LIMIT:
            all_of_them.append([])
            filled = 0
        all_of_them[-1].append(item)
        filled += more
    return all_of_them


def removed_message(item_ids: Iterable[str]) -> Content:
    """Items that are gone."""
    return {"type": "removed", "item_ids": list(item_ids)}


def captions_message(
    item_id: str, first: int, marks: Sequence[CaptionMark], text: str
) -> Content:
    """An item's marks from number `first` on; `text` is what they count in."""
    ends = _utf16_ends(text, (mark.end for mark in marks))
    pairs = [[end, mark.ms] for end, mark in zip(ends, marks, strict=True)]
    return {"type": "captions", "item_id": item_id, "from": first, "marks": pairs}


def flush_message(response_id: str) -> Content:
    """Silence at once."""
    return {"type": "flush", "response_id": response_id or None}


def hold_message() -> Content:
    """The person may be speaking: pause."""
    return {"type": "hold"}


def chunks_message(chunks: list[Chunk]) -> Content:
    """Output chunks sent again."""
    return {"type": "chunks", "chunks": chunks}


def clip_message(item_id: str, pcm: bytes, *, last: bool) -> Content:
    """A piece of an item's sound, to be played again: mono PCM16 at 24 kHz."""
    audio = base64.b64encode(pcm).decode("ascii")
    return {"type": "clip", "item_id": item_id, "audio": audio, "last": last}


def resend_message(first: int, last: int) -> Content:
    """Microphone pieces that did not arrive."""
    return {"type": "resend", "from": first, "to": last}


def lease_message(owner: str | None) -> Content:
    """The page that has microphone and sound."""
    return {"type": "lease", "owner": owner}


def ping_message() -> Content:
    """Who is there?"""
    return {"type": "ping"}


def _items(items: Iterable[Item], replayable: frozenset[str]) -> list[Content]:
    """Items as they cross; what calls show is left out of the oldest, when too much."""
    writer = CallWriter()
    newest_first = [_item(item, replayable, writer) for item in reversed([*items])]
    return newest_first[::-1]


def _item(item: Item, replayable: frozenset[str], writer: CallWriter) -> Content:
    end = item.heard_end
    return {
        "id": item.id,
        "previous_item_id": item.previous_item_id,
        "role": item.role,
        "text": item.text,
        "status": item.status,
        "audio_ms": item.audio_ms,
        "heard_ms": item.heard_ms,
        "heard_end": None if end is None else next(_utf16_ends(item.text, [end])),
        "replayable": item.id in replayable,
        "call": None if item.call is None else writer.write(item.call),
    }


def _utf16_ends(text: str, ends: Iterable[int]) -> Iterator[int]:
    """Growing places in a text, in characters, as UTF-16 units."""
    place = surplus = 0
    for end in ends:
        surplus += sum(letter > "\uffff" for letter in text[place:end])
        place = end
        yield end + surplus
