"""The socket that a server listens at."""

from __future__ import annotations

import asyncio
import errno
import os
import socket

from rt_widget.backends.local.serving.names import LOOPBACK
from rt_widget.errors import InputError

_LAST_PORT = 65535

_WHY = {
    errno.EADDRINUSE: (
        "Port {port} of {host} is taken by another program.",
        "Give another port; 0 takes a free one.",
    ),
    errno.EACCES: (
        "Port {port} is not for programs of yours.",
        "Give one above 1023; 0 takes a free one.",
    ),
}


async def bound(host: str, port: int) -> socket.socket:
    """A socket at an address of this computer; port 0 is any that is free.

    Raises:
        InputError: the address cannot be had; the text says why.
    """
    if not 0 <= port <= _LAST_PORT:
        raise InputError(f"The port is {port}.", hint=f"Give 0 to {_LAST_PORT}.")
    if not host.strip("[]"):
        raise InputError("The host is empty.", hint=f"Give {LOOPBACK}.")
    # The name stands for two addresses, and a free port is free at one of them.
    host = LOOPBACK if host == "localhost" else host.strip("[]")
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        return _bind(*found[0])
    except (OSError, UnicodeError) as error:
        message, hint = _WHY.get(
            getattr(error, "errno", None) or 0,
            (
                "{host} is no address of this computer.",
                f"Give {LOOPBACK}, or an address that it has.",
            ),
        )
        raise InputError(message.format(host=host, port=port), hint=hint) from None


def _bind(
    family: int, kind: int, protocol: int, _name: str, address: tuple[object, ...]
) -> socket.socket:
    made = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            # A port that was just left is free; elsewhere this would share it.
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
    except OSError:
        made.close()
        raise
    return made
