"""What all work of a session is done with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine

    from rt_widget.backends.local.protocol.fold import LocalProtocol
    from rt_widget.backends.local.protocol.outcome import Outcome
    from rt_widget.backends.local.workers import Workers


@dataclass(frozen=True, slots=True, eq=False)
class Means:
    """Handed to each part of the work; none of them knows another's owner.

    Args:
        workers: Where the work is done.
        protocol: Takes the results.
        emit: Gets what the protocol makes of them.
        spawn: Starts a task that ends with the session.
    """

    workers: Workers
    protocol: LocalProtocol
    emit: Callable[[Outcome], None]
    spawn: Callable[[Coroutine[object, object, None]], asyncio.Task[None]]
