"""From a session's news to what the page shows. Runs on the background loop."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Protocol

from rt_widget import messages, updates
from rt_widget.page_feed import (
    Outgoing,
    PageFeed,
    SendChunk,
    SendItems,
    SendState,
    SendText,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rt_widget.conversation import Conversation
    from rt_widget.errors import RealtimeWidgetError
    from rt_widget.reply import Reply


class Page(Protocol):
    """What shows the conversation. Must neither block nor raise."""

    def show(self, **traits: object) -> None:
        """Set traits."""

    def sync(self, names: Iterable[str]) -> None:
        """Send the page these traits as they stand."""

    def tell(self, content: messages.Content) -> None:
        """Send a message."""


class Publisher:
    """Shows a session's updates on a page, no faster than hosts bear."""

    def __init__(self, page: Page, conversation: Conversation) -> None:
        self._page = page
        self._conversation = conversation
        self._feed = PageFeed()
        self._timer: asyncio.TimerHandle | None = None
        self._has_sounded = False
        self._is_over = False

    def hear(self, update: updates.Update) -> None:
        """Take in an update."""
        match update:
            case updates.TextReceived() | updates.AudioReceived():
                self._feed.add(update)
            case updates.ItemsChanged(item_ids=item_ids):
                self._feed.change(item_ids)
            case updates.ReplyStarted():
                self._feed.begin_answer()
            case updates.ReplyFinished(reply=reply):
                self._finish(reply)
            case updates.Interrupted(response_id=response_id):
                self.silence(response_id)
            case _:
                self._show_state(update)
        self._pump()

    def silence(self, response_id: str = "") -> None:
        """Nothing of the answer may be heard any more."""
        self._feed.drop_audio()
        if self._has_sounded:
            self._has_sounded = False
            self._feed.spend()
            self._page.tell(messages.flush_message(response_id))

    def stop(self) -> None:
        """Nobody looks any more."""
        self._is_over = True
        if self._timer is not None:
            self._timer.cancel()

    def change_state(self, name: str) -> None:
        """A trait about the session is new: sync it, no faster than hosts bear."""
        self._feed.change_state(name)
        self._pump()

    def drop_audio(self) -> None:
        """The page has fallen silent by itself: send no more of that answer."""
        self._feed.drop_audio()

    def show_all(self) -> None:
        """Everything, for a page that has just come."""
        for outgoing in self._feed.rush():
            self._page.show(output_chunk=outgoing.chunk)
        number = self._feed.next_number
        items = tuple(self._conversation)
        self._page.tell(messages.snapshot_message(self._feed.epoch, number, items))

    def show_again(self, request: messages.Resend) -> None:
        """Chunks that a page has missed."""
        if request.epoch == self._feed.epoch:
            chunks = self._feed.again(request.first, request.last)
            self._has_sounded = True
            self._page.tell(messages.chunks_message(chunks))

    def show_error(self, error: RealtimeWidgetError) -> None:
        """A failure, with what to do next."""
        self._page.show(
            error={
                "code": error.code,
                "message": error.message,
                "hint": error.hint,
                "retryable": error.retryable,
            }
        )

    def _show_state(self, update: updates.Update) -> None:
        match update:
            case updates.StatusChanged(status=status):
                self._page.show(status=status)
            case updates.MetersChanged(usage=usage, latency=latency):
                known = {k: v for k, v in asdict(latency).items() if v is not None}
                self._page.show(usage=asdict(usage), latency=known)
            case updates.Noticed(text=text):
                self._page.show(notice=text)
            case updates.Failed(error=error):
                self.show_error(error)
            case updates.Closed(error=error):
                self._feed.end_answer()
                if error is not None:
                    self.show_error(error)
            case _:
                pass

    def _finish(self, reply: Reply) -> None:
        self._feed.end_answer()
        self._page.show(audio=reply.audio)

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
                self._has_sounded |= chunk["content_type"] == "audio"
                self._page.show(output_chunk=chunk)
            case SendText(text=text):
                self._page.show(text=text)
            case SendState(names=names):
                self._page.sync(names)
            case SendItems(item_ids=item_ids):
                self._send_items(item_ids)

    def _send_items(self, item_ids: tuple[str, ...]) -> None:
        found = {i: self._conversation.item(i) for i in item_ids}
        here = [item for item in found.values() if item is not None]
        gone = [i for i, item in found.items() if item is None]
        if gone:
            self._page.tell(messages.removed_message(gone))
            self._feed.change(tuple(item.id for item in here))
        elif here:
            self._page.tell(messages.items_message(here))
