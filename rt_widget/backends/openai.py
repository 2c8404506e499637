"""OpenAI's Realtime API, Azure's, and any server that speaks the same protocol.

Frames go through `recv_bytes` and `send_raw` of the `openai` client: its typed layer
decodes unknown events into the wrong class, and its reconnect sends queued sound into
an empty session, so neither is used.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rt_widget.backends.base import Adjusted, Capabilities, Choice
from rt_widget.backends.key import Key
from rt_widget.backends.openai_failures import closed, explain, is_closed
from rt_widget.backends.wire import Dialect, encode
from rt_widget.catalog import catalog
from rt_widget.config import SPEED_RANGE, TEMPERATURE_RANGE
from rt_widget.errors import InputError
from rt_widget.events import AnyClientEvent, ServerEvent, parse_server_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from openai.resources.realtime.realtime import (
        AsyncRealtime,
        AsyncRealtimeConnection,
    )

    from rt_widget.config import SessionConfig

TEMPERATURE_REASON = (
    "The GA protocol takes no temperature. It is live on the local voice."
)

_OPENAI = "https://api.openai.com/v1"
_SCHEMES = ("http", "https", "ws", "wss")
_LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")

# The socket library writes the Authorization header and all text into its debug log.
_silent = logging.Logger("rt_widget.socket", logging.INFO)  # noqa: LOG001 - in no hierarchy, so that nobody raises its level by name
_silent.addHandler(logging.NullHandler())

_SOCKET_OPTIONS: dict[str, object] = {
    "max_size": 16 * 1024 * 1024,
    "ping_interval": 5,
    "ping_timeout": 5,
    "open_timeout": 8,
    "close_timeout": 2,
    "logger": _silent,
}


class OpenAIBackend:
    """Conversations with a Realtime server by URL.

    Args:
        base_url: Of the server, such as `https://NAME.openai.azure.com/openai/v1` or
            `ws://127.0.0.1:8765/v1`. None is OpenAI.
        api_key: The key, or a function that gives it. None is `OPENAI_API_KEY`; a
            server on this machine needs none.
        dialect: `ga`, or `beta` for servers that still speak the flat dialect (they
            take a temperature).

    Raises:
        InputError: `base_url` is no http, https, ws or wss URL.

    Example:
        >>> backend = OpenAIBackend("wss://example.com/v1", dialect="beta")
        >>> RealtimeWidget(backend=backend).capabilities["temperature"]
        (0.6, 1.2)
    """

    def __init__(
        self,
        base_url: str | None = None,
        api_key: str | Callable[[], str] | Key | None = None,
        dialect: Dialect = "ga",
    ) -> None:
        # Also kept from the arguments that a traceback shows.
        api_key = Key.of(api_key)
        self._url = None if base_url is None else str(base_url).rstrip("/")
        self._host = _host(_OPENAI if self._url is None else self._url)
        self._dialect: Dialect = dialect
        if not self._host:
            msg = f"base_url is {base_url!r:.100}."
            raise InputError(msg, hint="Give a URL such as wss://host/v1.")
        if dialect not in ("ga", "beta"):
            msg = f"dialect is {dialect!r}."
            raise InputError(msg, hint="Give 'ga' or 'beta'.")
        is_local = self._host in _LOCAL_HOSTS
        # A key for OpenAI is nothing that a server on this machine should see.
        self._key = Key("local") if is_local and not api_key.is_set else api_key

    def __repr__(self) -> str:
        return f"OpenAIBackend({self._host!r}, dialect={self._dialect!r})"

    @property
    def capabilities(self) -> Capabilities:
        """What the protocol allows; the names are the catalog's of OpenAI."""
        names = catalog()
        beta = self._dialect == "beta"
        models = names.offered_models(_today()) if self._url is None else ()
        return Capabilities(
            backend="openai",
            label="OpenAI" if self._url is None else self._host,
            models=tuple(Choice(name, name) for name in models),
            voices=tuple(Choice(name, name) for name in names.voices),
            temperature=TEMPERATURE_RANGE if beta else None,
            temperature_reason="" if beta else TEMPERATURE_REASON,
            speed=SPEED_RANGE,
            turn_detection=("server_vad", "semantic_vad", "push_to_talk"),
            default_model=names.default_model,
            voice_locked=True,
            noise_reduction=("near_field", "far_field"),
        )

    def adjust(self, config: SessionConfig) -> Adjusted:
        """Retired models and foreign voices get successors, with a notice."""
        names = catalog()
        model, about_model = names.current_model(
            config.model or names.default_model, _today()
        )
        voice, about_voice = names.realtime_voice(config.voice)
        adjusted = config.replace(model=model, voice=voice)
        return Adjusted(adjusted, tuple(n for n in (about_model, about_voice) if n))

    async def connect(self, config: SessionConfig) -> OpenAIConnection:
        """Open a socket to the server.

        Raises:
            KeyMissingError: there is no key.
            ConnectError: it cannot be reached, or it refused; the hint says why.
        """
        realtime = await asyncio.to_thread(self._realtime)
        failure = None
        try:
            manager = realtime.connect(
                model=config.model,
                extra_headers=self._extra_headers(),
                websocket_connection_options=_SOCKET_OPTIONS,  # type: ignore[arg-type] # keepalive options pass at run time, the TypedDict does not name them
            )
            connection = await manager.enter()
        except Exception as error:  # noqa: BLE001 - three libraries raise their own kinds
            failure = explain(error, self._host, self._key)
        # Raised outside the handler: the SDK's frames hold the headers.
        if failure is not None:
            raise failure
        return OpenAIConnection(connection, self._dialect, self._key)

    def _realtime(self) -> AsyncRealtime:
        """The client, in a thread: its imports take most of a second."""
        import websockets.asyncio.client  # noqa: F401, PLC0415 - the client's own, later
        from openai import AsyncOpenAI  # noqa: PLC0415 - on demand

        url = self._url or ""
        is_socket = url.startswith("ws")
        client = AsyncOpenAI(
            api_key=self._key.reveal(),
            base_url=None if is_socket else self._url,
            websocket_base_url=url if is_socket else None,
        )
        return client.realtime

    def _extra_headers(self) -> dict[str, str]:
        """Azure takes a key in a header of its own, and tokens as a bearer."""
        if not self._host.endswith(".azure.com"):
            return {}
        key = self._key.reveal()
        return {} if key.startswith("eyJ") else {"api-key": key}


class OpenAIConnection:
    """One socket to a Realtime server."""

    def __init__(
        self, connection: AsyncRealtimeConnection, dialect: Dialect, key: Key
    ) -> None:
        self._connection = connection
        self._dialect: Dialect = dialect
        self._key = key
        self._transcription_model = catalog().transcription_model[dialect]

    async def send(self, event: AnyClientEvent) -> None:
        """Put an event on the socket."""
        frame = encode(event, self._dialect, self._transcription_model)
        try:
            await self._connection.send_raw(frame)
        except Exception as error:
            if not is_closed(error):
                raise
            raise closed(error, self._key) from None

    async def receive(self) -> ServerEvent:
        """The next event from the socket."""
        try:
            frame = await self._connection.recv_bytes()
        except Exception as error:
            if not is_closed(error):
                raise
            raise closed(error, self._key) from None
        return parse_server_event(self._key.scrub_frame(frame))

    async def close(self) -> None:
        """Close the socket; an unresponsive server is given 2 s."""
        await self._connection.close()


def _host(url: str) -> str:
    """The host of an address that can be connected to; empty when it cannot be."""
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in _SCHEMES and parts.port != 0
    except ValueError:
        return ""
    return (parts.hostname or "") if is_usable else ""


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()
