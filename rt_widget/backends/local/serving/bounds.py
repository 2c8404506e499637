"""How much of this computer strangers may take: limits of the server."""

from __future__ import annotations

from dataclasses import dataclass

from rt_widget.errors import InputError

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Limits of a server; whoever reaches one is told which it was.

    Args:
        sessions: Conversations at once.
        connections: Sockets at once, whatever their state.
        message_bytes: The longest message that is taken; the service takes sound of
            15 MiB at most.
        inbox_bytes: Messages that a session has not come to yet; beyond it nothing
            more is read from its socket.
        items_bytes: Items that a client puts into one conversation.
        outbox_bytes: Events that a client has not read yet.
        handshake_s: How long a client may take to ask.
        closing_s: How long it may take to say goodbye.
        ping_s: Seconds between pings.
        silence_s: How long a client may leave a ping without an answer. Pings wait
            behind messages, and those behind a session that is at work.
        session_s: The longest conversation.

    Raises:
        InputError: there is to be no session.
    """

    sessions: int = 4
    connections: int = 64
    message_bytes: int = 16 * _MIB
    inbox_bytes: int = 16 * _MIB
    items_bytes: int = 64 * _MIB
    outbox_bytes: int = 16 * _MIB
    handshake_s: float = 5.0
    closing_s: float = 2.0
    ping_s: float = 20.0
    silence_s: float = 60.0
    session_s: float = 3600.0

    def __post_init__(self) -> None:
        if self.sessions < 1:
            raise InputError(f"sessions is {self.sessions}.", hint="Give 1 or more.")
