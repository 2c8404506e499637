"""What the listener has heard, as a fold: received samples against played ones.

The page's playback worklet counts what it played; that count is the only truth.
Here it is only clamped to what the server sent, because the service refuses a
truncation past the end.
"""

from __future__ import annotations

from dataclasses import dataclass

from rt_widget import events
from rt_widget.audio import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True)
class PlaybackPosition:
    """Samples at 24 kHz of an item's audio that have left the page."""

    item_id: str
    content_index: int
    played_samples: int


class Playback:
    """Received and played samples by item; forgets an item once all is settled."""

    def __init__(self) -> None:
        self._received: dict[tuple[str, int], int] = {}
        self._complete: set[str] = set()

    def apply(self, event: events.ServerEvent) -> None:
        """Take in a server event."""
        match event:
            case events.AudioDelta():
                key = (event.item_id, event.content_index)
                samples = len(event.delta) // BYTES_PER_SAMPLE
                self._received[key] = self._received.get(key, 0) + samples
            case events.AudioDone(item_id=item_id):
                self._complete.add(item_id)
            case (
                events.ItemTruncated(item_id=item_id)
                | events.ItemDeleted(item_id=item_id)
            ):
                self._forget(item_id)
            case _:
                pass

    def ended(self, position: PlaybackPosition) -> None:
        """The page has played an item to its end."""
        if self._is_whole(position):
            self._forget(position.item_id)

    def cut(
        self, position: PlaybackPosition
    ) -> events.ItemTruncate | events.ItemDelete | None:
        """What to tell the server when playback stopped at `position`.

        Returns:
            A truncation at the time heard, never past what was received; a deletion
            when nothing was heard; None when all was heard, or nothing is known.
        """
        received = self._received.get((position.item_id, position.content_index))
        if received is None or self._is_whole(position):
            return None
        played = max(0, min(position.played_samples, received))
        if played == 0:
            return events.ItemDelete(item_id=position.item_id)
        return events.ItemTruncate(
            item_id=position.item_id,
            content_index=position.content_index,
            audio_end_ms=played * 1000 // SAMPLE_RATE_HZ,
        )

    def _is_whole(self, position: PlaybackPosition) -> bool:
        received = self._received.get((position.item_id, position.content_index), 0)
        return (
            position.item_id in self._complete and position.played_samples >= received
        )

    def _forget(self, item_id: str) -> None:
        self._complete.discard(item_id)
        for key in [key for key in self._received if key[0] == item_id]:
            del self._received[key]
