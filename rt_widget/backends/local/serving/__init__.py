"""The local voice as a Realtime server, for clients of any kind on this computer."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rt_widget.backends.local.serving.bounds import Bounds
from rt_widget.backends.local.serving.door import Door, check_origins
from rt_widget.backends.local.serving.listener import bound
from rt_widget.backends.local.serving.names import Names
from rt_widget.backends.local.serving.server import RealtimeServer
from rt_widget.backends.local.serving.token import Token
from rt_widget.backends.local.session import LocalSession
from rt_widget.backends.local.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from rt_widget.backends.local.workers import Workers

__all__ = ["Bounds", "Entrance", "Serving", "serve"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """Where clients come in, and with what.

    Args:
        host: Address to listen at.
        port: Its port; 0 takes a free one.
        token: What clients bring; None makes one.
        origins: Pages that may come in, such as `http://localhost:3000`.
    """

    host: str
    port: int
    token: str | None = field(default=None, repr=False)
    origins: Iterable[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A server that takes clients in.

    Args:
        url: What a client takes as `websocket_base_url`, such as
            `ws://127.0.0.1:8765/v1`.
        token: The key that clients bring.
        is_loopback: Whether only this computer can reach it.
    """

    url: str
    token: str
    is_loopback: bool

    def __repr__(self) -> str:
        return f"Serving({self.url!r})"


@asynccontextmanager
async def serve(
    load: Callable[[], Awaitable[Workers]], entrance: Entrance, bounds: Bounds
) -> AsyncIterator[Serving]:
    """Hold conversations until the block is left.

    Args:
        load: Gets the engines; called once the address is known to be free.
        entrance: Where clients come in, and with what.
        bounds: How much they may take.

    Raises:
        InputError: the address cannot be had, or an argument is wrong.
        BackendError: the engines cannot be loaded.
    """
    secret, allowed = Token(entrance.token), check_origins(entrance.origins)
    with await bound(entrance.host, entrance.port) as listener:
        names = Names(entrance.host, listener.getsockname()[1])
        workers = await load()

        def open_session(model: str, expires_at: int) -> LocalSession:
            voices = workers.engines.tts.voices
            settings = Settings.new(voices, model=model, expires_at=expires_at)
            return LocalSession(workers, settings)

        server = RealtimeServer(Door(names, secret, allowed), bounds, open_session)
        listening = await server.listen(listener)
        try:
            yield Serving(
                url=f"ws://{names.authority}/v1",
                token=secret.reveal(),
                is_loopback=names.is_loopback,
            )
        finally:
            await server.stop(listening)
