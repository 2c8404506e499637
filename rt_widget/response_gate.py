"""One response at a time, as a state machine.

    idle ── request ──▶ requested ── created ──▶ active ── done ──▶ idle
      └──────────── created (the server's own turn) ──▶ active

The service refuses a second `response.create` while a response is active, and with
voice activity detection it starts responses by itself; a request that lost that race
is sent again once the other response is done. A server that sends metadata back tells
its own responses from those asked for; of any other the next response counts as the
answer, until it says that the request was refused.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.faults import BUSY

if TYPE_CHECKING:
    from rt_widget import events

REQUEST_KEY = "rt_widget_request"
"""Metadata key under which a request's event id comes back in its response."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that the server has refused for good."""

    request: events.ResponseCreate
    fault: events.ServerFault


class ResponseGate:
    """Decides when a `response.create` may be sent, and which response answers it."""

    def __init__(self) -> None:
        self._waiting: deque[events.ResponseCreate] = deque()
        self._requested: events.ResponseCreate | None = None
        self._bound: events.ResponseCreate | None = None
        self._blocked = False
        self._echoes = False
        self.active_id: str | None = None

    @property
    def is_free(self) -> bool:
        """Whether a request could be sent now: the moment between two turns."""
        return not (self.active_id or self._requested or self._blocked)

    @property
    def requested(self) -> events.ResponseCreate | None:
        """The request that was sent and has not been taken up."""
        return self._requested

    @property
    def next(self) -> events.ResponseCreate | None:
        """The request that will be sent first of those that wait."""
        return self._waiting[0] if self._waiting else None

    @property
    def answered(self) -> events.ResponseCreate | None:
        """The request that the active response answers, if it does."""
        return self._bound

    @property
    def is_idle(self) -> bool:
        """Whether nothing is active, asked for or waiting."""
        return self.is_free and not self._waiting

    def request(self, event: events.ResponseCreate) -> None:
        """Ask for a response; `due` says when it may be sent."""
        self._waiting.append(event)

    def request_next(self, event: events.ResponseCreate) -> None:
        """Ask for a response before all that wait."""
        self._waiting.appendleft(event)

    def due(self) -> events.ResponseCreate | None:
        """The request that is to be sent now, if any; it then counts as sent."""
        if not self.is_free or not self._waiting:
            return None
        self._requested = self._waiting.popleft()
        return self._requested

    def withdraw(self, event: events.ResponseCreate) -> bool:
        """Take back a request that was not sent yet."""
        if event not in self._waiting:
            return False
        self._waiting.remove(event)
        return True

    def asked_for(self, response: events.WireResponse) -> events.ResponseCreate | None:
        """The request that a new response answers; None for the server's own."""
        name = response.metadata.get(REQUEST_KEY)
        asked = self._requested
        has_echoed = self._echoes or name is not None
        if asked is None or (has_echoed and name != asked.event_id):
            return None
        return asked

    def created(self, response: events.WireResponse) -> events.ResponseCreate | None:
        """A response has begun; returns the request that it answers, if it does."""
        self._bound = self.asked_for(response)
        self._echoes = self._echoes or REQUEST_KEY in response.metadata
        if self._bound is not None:
            self._requested = None
        self.active_id, self._blocked = response.id, False
        return self._bound

    def done(self, response: events.WireResponse) -> None:
        """A response has ended."""
        if response.id == self.active_id or self._blocked:
            self.active_id, self._bound, self._blocked = None, None, False

    def refused(self, fault: events.ServerFault) -> Refused | None:
        """An error has come; returns the request that it ends, if it ends one.

        A request that lost the race against the server's own response waits again.
        """
        asked = self._requested or self._bound
        if asked is None or asked.event_id != fault.event_id:
            return None
        self._requested = self._bound = None
        if fault.code == BUSY:
            self._waiting.appendleft(asked)
            self._blocked = self.active_id is None
            return None
        return Refused(asked, fault)
