"""What a client has sent and its session has not come to yet, bounded by its bytes."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from rt_widget.backends.local.requests import RequestError
from rt_widget.backends.local.requests.values import InsertItem

if TYPE_CHECKING:
    from rt_widget.backends.local.requests import Request
    from rt_widget.backends.local.serving.bounds import Bounds
    from rt_widget.backends.local.session import LocalSession

_REQUEST_BYTES = 1_000
"""What one takes beside its message, about."""


class Inbox:
    """The way into a session; whoever waits here reads nothing from its socket.

    Args:
        session: Takes requests in the order of coming.
        bounds: How much may wait, and how much may stay.
    """

    def __init__(self, session: LocalSession, bounds: Bounds) -> None:
        self._session = session
        self._bounds = bounds
        self._sizes: deque[int] = deque()
        self._bytes = 0
        self._items_bytes = 0

    async def put(self, request: Request, size: int) -> None:
        """Hand a request over whose message has so many bytes, once there is room.

        Raises:
            RequestError: the conversation holds as much as it may.
            ConnectionLostError: the session has ended.
        """
        size += _REQUEST_BYTES
        if isinstance(request, InsertItem):
            self._keep(request, size)
        while self._is_full():
            await self._session.taken()
        self._sizes.append(size)
        self._bytes += size
        self._session.submit(request)

    def _keep(self, request: InsertItem, size: int) -> None:
        if self._items_bytes + size > self._bounds.items_bytes:
            error = RequestError(
                "The conversation takes no further item: a session on this server may "
                f"be given {self._bounds.items_bytes} bytes of them. Open another.",
                code="conversation_too_large",
            )
            error.event_id = request.event_id
            raise error
        self._items_bytes += size

    def _is_full(self) -> bool:
        while len(self._sizes) > self._session.waiting:
            self._bytes -= self._sizes.popleft()
        return self._bytes > self._bounds.inbox_bytes
