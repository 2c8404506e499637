"""The pages that show a widget: the lease, kept on the background loop with pings."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from rt_widget import messages
from rt_widget.lease import Lease

if TYPE_CHECKING:
    from collections.abc import Callable

    from rt_widget.publisher import Publisher

PING_INTERVAL_S = 3.0
"""Between two pings, while it matters whether pages are there."""

CALM_S = 15.0
"""So long after something went to a page, or came from one, nothing is pinged any
more: each answer makes a notebook show a busy kernel, and costs its page more than all
else that an idle card does. Longer than it takes until a page is lost."""


class Pages:
    """Who is there, and who has microphone and sound.

    While nobody is there, or nothing goes on, nothing is pinged; after the last page
    has gone nothing more is published until the next one comes.

    Args:
        publisher: Speaks to the pages.
        owner_changed: Called when microphone and sound belong to another page, or to
            none.
    """

    def __init__(self, publisher: Publisher, owner_changed: Callable[[], None]) -> None:
        self._publisher = publisher
        self._owner_changed = owner_changed
        self._lease = Lease()
        self._timer: asyncio.TimerHandle | None = None
        self._ear: asyncio.AbstractEventLoop | None = None
        self._has_heard = True
        self._stirred_at = float("-inf")
        publisher.on_push = self.stir

    def hear(
        self,
        message: messages.PageMessage,
        ear: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Take in that a page has said something.

        Args:
            message: What it said.
            ear: The loop that hears pages, where there is one: while that is busy no
                page is taken for lost.
        """
        page, now, owner = message.page, time.monotonic(), self._lease.owner
        self._ear = ear
        match message:
            case messages.Leave():
                self._lease.leave(page)
            case messages.Hello():
                self._welcome(page, now, message.left)
            case _ if not (self._lease.hear(page, now) or self._lease.has_left(page)):
                # A page that was lost is back, and has missed something.
                self._welcome(page, now)
        if isinstance(message, messages.TakeOver):
            self._lease.take_over(page)
        if not isinstance(message, messages.Pong | messages.Leave):
            self.stir()
        self._settle(owner)

    def stir(self) -> None:
        """Something goes to a page or comes from one: it matters who is there."""
        self._stirred_at = time.monotonic()
        if self._timer is None and self._lease.has_pages:
            self._ping_later()

    def owns(self, page: str) -> bool:
        """Whether microphone and sound belong to this page."""
        return self._lease.owner == page

    def claim(self, page: str) -> bool:
        """The same; when nobody has them this page gets them."""
        owner = self._lease.owner
        has_it = self._lease.claim(page)
        self._settle(owner)
        return has_it

    def release(self) -> None:
        """Microphone and sound belong to nobody."""
        owner = self._lease.owner
        self._lease.release()
        self._settle(owner)

    def stop(self) -> None:
        """The widget is gone."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _welcome(self, page: str, now: float, left: tuple[str, ...] = ()) -> None:
        self._lease.hello(page, now, left)
        self._publisher.is_watched = self._publisher.is_attended = True
        self._publisher.show_all(self._lease.owner)
        self.stir()

    def _settle(self, before: str | None) -> None:
        """Something may have changed: tell who has to know."""
        if not self._lease.has_pages:
            self._publisher.is_watched = self._publisher.is_attended = False
            self.stop()
        if self._lease.owner != before:
            self._publisher.tell(messages.lease_message(self._lease.owner))
            self._owner_changed()

    def _ping_later(self) -> None:
        left = self._lease.next_loss - time.monotonic()
        delay = min(PING_INTERVAL_S, max(left, 0.0))
        self._timer = asyncio.get_running_loop().call_later(delay, self._ping)

    def _ping(self) -> None:
        self._timer = None
        owner = self._lease.owner
        self._lease.pass_time(time.monotonic(), could_hear=self._has_heard)
        self._listen()
        self._settle(owner)
        if self._lease.has_pages and time.monotonic() < self._stirred_at + CALM_S:
            self._publisher.tell(messages.ping_message())
            self._ping_later()

    def _listen(self) -> None:
        """Find out, until the next ping, whether what pages say is heard at all."""
        self._has_heard = self._ear is None or not self._ear.is_running()
        if self._ear is not None and not self._has_heard:
            # It may be closed just now.
            with suppress(RuntimeError):
                self._ear.call_soon_threadsafe(self._heard)

    def _heard(self) -> None:
        self._has_heard = True
