"""What of the answers was heard, as a fold: what the page plays, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from rt_widget import events
from rt_widget.playback import Playback
from rt_widget.updates import CaptionsChanged, ItemsChanged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rt_widget.conversation import Conversation
    from rt_widget.playback import PlaybackPosition

Consequence: TypeAlias = (
    ItemsChanged | CaptionsChanged | events.ItemTruncate | events.ItemDelete
)
"""What is to be told or sent."""


class Heard:
    """Brings together what the page reports, the conversation and its captions.

    Args:
        conversation: Learns what was heard of its items.
    """

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._playback = Playback()

    @property
    def is_audible(self) -> bool:
        """Whether sound of an answer may still be playing."""
        return self._playback.is_audible

    def apply(self, event: events.ServerEvent) -> Iterator[ItemsChanged]:
        """Take in a server event."""
        yield from self._hear_all(self._playback.apply(event))

    def caption(self, event: events.ServerEvent) -> Iterator[CaptionsChanged]:
        """Take in what may tell when words are said."""
        captions = self._conversation.captions
        changed = captions.apply(event)
        if changed is not None:
            item_id, first = changed
            yield CaptionsChanged(item_id, first, captions.marks(item_id)[first:])

    def kill(self, response_id: str | None) -> None:
        """Nothing more of an answer may be heard; None for all that there is."""
        self._playback.kill(response_id)

    def played(
        self, position: PlaybackPosition, *, ended: bool
    ) -> Iterator[ItemsChanged]:
        """The page has come so far; `ended` when nothing more waits to be played."""
        whole = self._playback.played(position)
        ms = self._playback.played_ms(position.item_id)
        if ms is not None:
            self._conversation.hear(position.item_id, ms)
        yield from self._hear_all(whole)
        if ended and ms is not None:
            yield ItemsChanged((position.item_id,))

    def cut(
        self, positions: Sequence[PlaybackPosition]
    ) -> Iterator[events.ItemTruncate | events.ItemDelete | ItemsChanged]:
        """The page has fallen silent.

        Args:
            positions: First where it was, then of items that had not begun.
        """
        unheard = self._playback.after(positions[0]) if positions else ()
        for position in (*positions, *unheard):
            if position.played_samples:
                yield from self._hear_all(self._playback.played(position))
            cut = self._playback.cut(position)
            match cut:
                case events.ItemTruncate():
                    yield from self._cut(cut, cut.audio_end_ms)
                case events.ItemDelete():
                    yield from self._cut(cut, 0)
                case None:
                    pass

    def _cut(
        self, cut: events.ItemTruncate | events.ItemDelete, ms: int
    ) -> Iterator[events.ItemTruncate | events.ItemDelete | ItemsChanged]:
        yield cut
        if self._conversation.cut(cut.item_id, ms):
            yield ItemsChanged((cut.item_id,))

    def _hear_all(self, item_ids: tuple[str, ...]) -> Iterator[ItemsChanged]:
        changed = tuple(each for each in item_ids if self._conversation.hear_all(each))
        if changed:
            yield ItemsChanged(changed)
