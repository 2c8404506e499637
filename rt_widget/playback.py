"""What the listener has heard, as a fold: received samples against played ones.

The page's playback worklet counts what it played; that count is the only truth.
Here it is only clamped to what the server sent, because the service refuses a
truncation past the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget import events
from rt_widget.audio import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class PlaybackPosition:
    """Samples at 24 kHz of an item's audio that have left the page."""

    item_id: str
    content_index: int
    played_samples: int


@dataclass(slots=True)
class _Track:
    """The sound of an item, until it is known what was heard of it."""

    response_id: str
    received: int = 0
    played: int = 0
    is_complete: bool = False
    is_dead: bool = False

    @property
    def is_whole(self) -> bool:
        return self.is_complete and not self.is_dead and self.played >= self.received

    @property
    def played_ms(self) -> int:
        return self.played * 1000 // SAMPLE_RATE_HZ


class Playback:
    """Received and played samples by item; forgets an item once all is settled."""

    def __init__(self) -> None:
        self._tracks: dict[tuple[str, int], _Track] = {}
        self._settled: set[str] = set()
        self._is_reported = False

    @property
    def is_audible(self) -> bool:
        """Whether sound of an answer may still be playing.

        Where no page has ever told what it plays, nothing is.
        """
        tracks = self._tracks.values()
        return self._is_reported and not all(each.is_dead for each in tracks)

    def apply(self, event: events.ServerEvent) -> tuple[str, ...]:
        """Take in a server event; returns the ids of items that were heard whole."""
        match event:
            case events.AudioDelta(item_id=item_id) if item_id not in self._settled:
                key = (item_id, event.content_index)
                track = self._tracks.setdefault(key, _Track(event.response_id))
                track.received += len(event.delta) // BYTES_PER_SAMPLE
            case events.AudioDone(item_id=item_id):
                return self._complete(key for key in self._tracks if key[0] == item_id)
            case events.ResponseDone(response=response):
                tracks = self._tracks.items()
                return self._complete(
                    key for key, each in tracks if each.response_id == response.id
                )
            case (
                events.ItemTruncated(item_id=item_id)
                | events.ItemDeleted(item_id=item_id)
            ):
                self._settle(item_id)
            case _:
                pass
        return ()

    def kill(self, response_id: str | None) -> None:
        """What is left of an answer must not be heard; None for all that there is.

        More of it may have been sent than was taken in, so it has no end any more.
        """
        for track in self._tracks.values():
            track.is_dead |= response_id in (None, track.response_id)

    def played(self, position: PlaybackPosition) -> tuple[str, ...]:
        """The page has come so far; returns the ids of items that were heard whole.

        Items are played in the order in which they came, so those before this one
        are over.
        """
        self._is_reported = True
        key = (position.item_id, position.content_index)
        track = self._tracks.get(key)
        if track is None:
            return ()
        track.played = max(track.played, _clamped(position, track))
        over = []
        for each in list(self._tracks)[: list(self._tracks).index(key)]:
            earlier = self._tracks.pop(each)
            if earlier.is_complete and not earlier.is_dead:
                over.append(each[0])
        return (*over, *self._complete([key] if track.is_complete else []))

    def played_ms(self, item_id: str) -> int | None:
        """How much of an item was played; None when nothing is known of it."""
        known = [
            each.played_ms
            for (name, _), each in self._tracks.items()
            if name == item_id
        ]
        return max(known, default=None)

    def cut(
        self, position: PlaybackPosition
    ) -> events.ItemTruncate | events.ItemDelete | None:
        """What to tell the server when playback stopped at `position`; once an item.

        Returns:
            A truncation at the time heard, never past what was received; a deletion
            when nothing was heard; None when all was heard, or nothing is known.
        """
        self._is_reported = True
        track = self._tracks.get((position.item_id, position.content_index))
        if track is None:
            return None
        track.played = _clamped(position, track)
        if track.is_whole:
            return None
        self._settle(position.item_id)
        if not track.played_ms:
            return events.ItemDelete(item_id=position.item_id)
        return events.ItemTruncate(
            item_id=position.item_id,
            content_index=position.content_index,
            audio_end_ms=track.played_ms,
        )

    def after(self, position: PlaybackPosition) -> tuple[PlaybackPosition, ...]:
        """The items of the same answer that came later, as not begun."""
        key = (position.item_id, position.content_index)
        track = self._tracks.get(key)
        if track is None:
            return ()
        later = list(self._tracks)[list(self._tracks).index(key) + 1 :]
        return tuple(
            PlaybackPosition(*each, 0)
            for each in later
            if self._tracks[each].response_id == track.response_id
        )

    def _complete(self, keys: Iterable[tuple[str, int]]) -> tuple[str, ...]:
        """All has come of these; forgets those that were played, and names them."""
        over = []
        for key in tuple(keys):
            track = self._tracks[key]
            track.is_complete = True
            if track.is_whole:
                del self._tracks[key]
                over.append(key[0])
        return tuple(over)

    def _settle(self, item_id: str) -> None:
        self._settled.add(item_id)
        for key in [key for key in self._tracks if key[0] == item_id]:
            del self._tracks[key]


def _clamped(position: PlaybackPosition, track: _Track) -> int:
    return max(0, min(position.played_samples, track.received))
