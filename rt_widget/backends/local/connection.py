"""The widget's conversation with the local voice, in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.backends.local.protocol.told.typed import typed
from rt_widget.backends.local.requests.typed import of_client
from rt_widget.backends.local.session import LocalSession
from rt_widget.backends.local.settings import Settings

if TYPE_CHECKING:
    from rt_widget.backends.local.workers import Workers
    from rt_widget.config import SessionConfig
    from rt_widget.events import AnyClientEvent, ServerEvent


class LocalConnection:
    """A session in the widget's own words: its events in, its events out.

    Made and used on one event loop.

    Args:
        workers: The engines and their threads.
        config: What the session starts with.
    """

    def __init__(self, workers: Workers, config: SessionConfig) -> None:
        settings = Settings.of_config(config, workers.engines.tts.voices)
        self.session = LocalSession(workers, settings)
        """What serves it."""

    async def send(self, event: AnyClientEvent) -> None:
        """Pass an event on; it is taken in the order of sending.

        Raises:
            ConnectionLostError: the connection has ended.
        """
        self.session.submit(of_client(event))

    async def receive(self) -> ServerEvent:
        """The next event.

        Raises:
            ConnectionLostError: the connection has ended.
        """
        return typed(await self.session.next())

    async def close(self) -> None:
        """Stop all work; safe to call twice."""
        self.session.close()
