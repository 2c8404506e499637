"""From a session's news to what its pages show. Runs on the background loop."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Protocol

from rt_widget import messages, updates
from rt_widget.outgoing import (
    Outgoing,
    SendCaptions,
    SendChunk,
    SendClip,
    SendItems,
    SendState,
    SendText,
)
from rt_widget.page_feed import PageFeed
from rt_widget.page_traits import traits_of
from rt_widget.replay import Replay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rt_widget.chunks import Chunk
    from rt_widget.conversation import Conversation

RESENT_LIMIT = 500_000
"""Characters of chunks in one message; hosts lose messages of some megabytes."""


class Page(Protocol):
    """What shows the conversation. Must neither block nor raise."""

    def show(self, **traits: object) -> None:
        """Set traits."""

    def sync(self, names: Iterable[str]) -> None:
        """Send the page these traits as they stand."""

    def tell(self, content: messages.Content) -> None:
        """Send a message."""


class Publisher:
    """Shows a session's updates on a page, no faster than hosts bear.

    `is_watched` is False while no page is there: then no message is sent. What is
    shown as traits goes on, for those who observe them in Python. `on_push` is called
    with each piece of an answer that goes to the pages. `is_attended` is True while a
    page has said that it is there: somebody can be asked.
    """

    def __init__(self, page: Page, conversation: Conversation) -> None:
        self.is_watched = True
        self.is_attended = False
        self.on_push: Callable[[], None] = lambda: None
        self._page = page
        self._conversation = conversation
        self._feed = PageFeed()
        self._replay = Replay()
        self._spoken: dict[str, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._has_sounded = False
        self._is_over = False

    def hear(self, update: updates.Update) -> None:
        """Take in an update."""
        match update:
            case updates.TextReceived():
                self._feed.add(update)
            case updates.AudioReceived(item_id=item_id, delta=pcm):
                self._feed.replay(None)
                self._feed.add(update)
                self._feed.change(self._replay.add(item_id, pcm))
            case updates.CaptionsChanged(item_id=item_id):
                self._spoken[item_id] = None
                self._feed.caption(update)
            case updates.ItemsChanged(item_ids=item_ids):
                self._feed.change(item_ids)
            case updates.Held() if self._has_sounded:
                self.tell(messages.hold_message())
            case updates.Interrupted(response_id=response_id):
                self.silence(response_id)
            case _:
                self._show_state(update)
        self._pump()

    def silence(self, response_id: str = "") -> None:
        """Nothing of the answer may be heard any more."""
        self._feed.chunks.drop_sound()
        self._feed.replay(None)
        if self._has_sounded:
            self._has_sounded = False
            self.tell(messages.flush_message(response_id))

    def stop(self) -> None:
        """Nobody looks any more."""
        self._is_over = True
        if self._timer is not None:
            self._timer.cancel()

    def change_state(self, name: str) -> None:
        """A trait about the session is new: sync it, no faster than hosts bear."""
        self._feed.change_state(name)
        self._pump()

    def drop_sound(self, response_id: str | None) -> None:
        """The page has fallen silent by itself: send no more of that answer's sound.

        None for all that waits.
        """
        self._feed.chunks.drop_sound(response_id)

    def replay(self, item_id: str) -> None:
        """Send an item's sound once more; an empty id ends that."""
        self._feed.replay(self._replay.clips(item_id) if item_id else None)
        self._pump()

    def show_all(self, owner: str | None) -> None:
        """Everything, for a page that has just come.

        Args:
            owner: The page that has microphone and sound.
        """
        for outgoing in self._feed.chunks.rush():
            self._feed.spend()
            self._page.show(output_chunk=outgoing.chunk)
        chunks = self._feed.chunks
        items, kept = tuple(self._conversation), self._replay.item_ids
        place = chunks.epoch, chunks.next_number
        self.tell(messages.snapshot_message(*place, items, kept, owner))
        if len(messages.portions(items)) > 1:
            # Hosts lose what would hold all that calls show.
            self._feed.change(tuple(item.id for item in items if item.call))
            self._pump()
        for item_id in self._spoken:
            marks = self._conversation.captions.marks(item_id)
            if marks:
                self._feed.spend()
                self._send_captions(SendCaptions(item_id, 0, marks))

    def show_again(self, request: messages.Resend) -> None:
        """Chunks that a page has missed."""
        if request.epoch != self._feed.chunks.epoch:
            return
        chunks = self._feed.chunks.again(request.first, request.last)
        self._has_sounded |= any(c["content_type"] == "audio" for c in chunks)
        for some in _in_messages(chunks):
            self.tell(messages.chunks_message(some))

    def tell(self, content: messages.Content) -> None:
        """Send a message at once, if anybody is there."""
        if self.is_watched and not self._is_over:
            self._feed.spend()
            self._page.tell(content)

    def _show_state(self, update: updates.Update) -> None:
        match update:
            case updates.ReplyStarted(response_id=response_id, before=before):
                if not before:
                    self._spoken.clear()
                self._feed.begin_answer(response_id, before)
            case updates.ReplyFinished(reply=reply):
                self._feed.end_answer(reply.response_id)
            case updates.Closed():
                self._feed.end_answer()
            case _:
                pass
        traits = traits_of(update)
        if traits:
            self._page.show(**traits)

    def _pump(self) -> None:
        """Send what may be sent now, and come back for the rest."""
        if self._is_over:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = time.monotonic()
        while (outgoing := self._feed.take(now)) is not None:
            self._send(outgoing)
        delay = self._feed.wait(now)
        if delay is not None:
            self._timer = asyncio.get_running_loop().call_later(delay, self._pump)

    def _send(self, outgoing: Outgoing) -> None:
        match outgoing:
            case SendChunk(chunk=chunk):
                self.on_push()
                self._has_sounded |= chunk["content_type"] == "audio"
                self._page.show(output_chunk=chunk)
            case SendText(text=text):
                self._page.show(text=text)
            case SendState(names=names):
                self._page.sync(names)
            case SendItems(item_ids=item_ids):
                self._send_items(item_ids)
            case SendCaptions():
                self._send_captions(outgoing)
            case SendClip(clip=clip):
                self.on_push()
                self._tell_paced(
                    messages.clip_message(clip.item_id, clip.pcm, last=clip.last)
                )

    def _send_items(self, item_ids: tuple[str, ...]) -> None:
        found = {i: self._conversation.item(i) for i in item_ids}
        here = [item for item in found.values() if item is not None]
        gone = [i for i, item in found.items() if item is None]
        for item_id in gone:
            self._replay.forget(item_id)
        if gone:
            self._tell_paced(messages.removed_message(gone))
            self._feed.change(tuple(item.id for item in here))
        elif here:
            kept = self._replay.item_ids
            for some in messages.portions(here):
                self._tell_paced(messages.items_message(some, kept))

    def _send_captions(self, captions: SendCaptions) -> None:
        item = self._conversation.item(captions.item_id)
        if item is not None:
            self._tell_paced(
                messages.captions_message(
                    item.id, captions.first, captions.marks, item.text
                )
            )

    def _tell_paced(self, content: messages.Content) -> None:
        """Send a message that the feed has counted."""
        if self.is_watched:
            self._page.tell(content)


def _in_messages(chunks: list[Chunk]) -> Iterator[list[Chunk]]:
    """Chunks in portions that a message can hold."""
    some: list[Chunk] = []
    size = 0
    for chunk in chunks:
        if some and size + len(chunk["content"]) > RESENT_LIMIT:
            yield some
            some, size = [], 0
        some.append(chunk)
        size += len(chunk["content"])
    if some:
        yield some
