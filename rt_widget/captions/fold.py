"""When each word of an answer is said, as a fold: sound and text in, marks out."""

from __future__ import annotations

from typing import TypeAlias

from rt_widget import events
from rt_widget.captions.pace import Pace
from rt_widget.captions.track import CaptionMark, Track

KEPT_ITEMS = 50
"""Items that are remembered; of older ones nothing is known."""


class Captions:
    """Marks by item; `apply` tells which of them are new.

    Where the backend tells how much of the text a sound says (`AudioDelta.text_end`)
    the marks are as exact as that; elsewhere they are estimated from the written words
    and from the pauses in the sound.
    """

    def __init__(self) -> None:
        # None: cut or deleted, so that what still comes of it is no new item.
        self._tracks: dict[str, Track | None] = {}
        self._pace = Pace()

    def expect_speed(self, speed: float) -> None:
        """Items that begin from now on are spoken at that speed; 1 by default.

        Only the first words of an item depend on it: its pace is learned.
        """
        self._pace.speed = speed

    def apply(self, event: events.ServerEvent) -> tuple[str, int] | None:
        """Take in a server event.

        Returns:
            An item's id and the number of its first mark that is new or other than
            before, or the number of its marks when some are gone; None when all stay.
        """
        item_id, track = self._take(event)
        first = track.update() if track else None
        return None if first is None else (item_id, first)

    def marks(self, item_id: str) -> tuple[CaptionMark, ...]:
        """The marks of an item as they stand; both fields grow from mark to mark."""
        track = self._tracks.get(item_id)
        return tuple(track.marks) if track else ()

    def marks_from(self, item_id: str, first: int) -> tuple[CaptionMark, ...]:
        """The same without the first so many, at a cost of what is returned."""
        track = self._tracks.get(item_id)
        return tuple(track.marks[first:]) if track else ()

    def heard_end(self, item_id: str, ms: int) -> int | None:
        """Characters of the item's text that are said in its first `ms`, whole words.

        None when nothing is known of the item's sound.
        """
        track = self._tracks.get(item_id)
        return track.heard_end(ms) if track else None

    def _take(self, event: events.ServerEvent) -> tuple[str, Track | None]:
        """Returns the item that the event is about, and its track if it has one."""
        match event:
            case (
                events.TranscriptDelta()
                | events.TextDelta()
                | events.TranscriptDone()
                | events.TextDone()
                | events.AudioDelta()
                | events.AudioDone()
            ):
                track = self._track(event.item_id)
                if track is not None:
                    _grow(track, event)
                return event.item_id, track
            case events.ItemDone(item=item) | events.OutputItemDone(item=item):
                track = self._tracks.get(item.id)
                if track is not None:
                    _end(track, item)
                return item.id, track
            case events.ItemTruncated() | events.ItemDeleted():
                self._remember(event.item_id, None)
        return "", None

    def _track(self, item_id: str) -> Track | None:
        if item_id not in self._tracks:
            self._remember(item_id, Track(self._pace))
        return self._tracks[item_id]

    def _remember(self, item_id: str, track: Track | None) -> None:
        self._tracks[item_id] = track
        if len(self._tracks) > KEPT_ITEMS:
            del self._tracks[next(iter(self._tracks))]


_Growing: TypeAlias = (
    events.TranscriptDelta
    | events.TextDelta
    | events.TranscriptDone
    | events.TextDone
    | events.AudioDelta
    | events.AudioDone
)


def _grow(track: Track, event: _Growing) -> None:
    match event:
        case events.TranscriptDelta(delta=delta) | events.TextDelta(delta=delta):
            track.read(delta)
        case events.TranscriptDone(transcript=text) | events.TextDone(text=text):
            track.read_whole(text)
        case events.AudioDelta(delta=pcm, text_end=text_end):
            track.hear(pcm, text_end)
        case events.AudioDone():
            track.end_sound()


def _end(track: Track, item: events.WireItem) -> None:
    if item.role == "assistant" and item.text:
        track.read_whole(item.text)
    track.end(said=item.status != "incomplete")
