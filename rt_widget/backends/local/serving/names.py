"""Under which names a server may be called: the guard against DNS rebinding.

A page can have its own domain's name point at this computer, and then it is of the
same origin as any server here. The `Host` header still carries that domain's name.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

LOOPBACK = "127.0.0.1"

_OWN = ("localhost", LOOPBACK, "[::1]")
_HTTP_PORT = 80


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a server.

    Args:
        host: Where it was told to listen: a name or an address.
        port: The port it has.
    """

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this computer can reach it."""
        address = _address(self.host)
        return self.host == "localhost" or bool(address and address.is_loopback)

    @property
    def authority(self) -> str:
        """Host and port for a URL that reaches it from this computer."""
        address = _address(self.host)
        host = LOOPBACK if address and address.is_unspecified else self.host
        return f"{_bracketed(host)}:{self.port}"

    def has(self, said: str) -> bool:
        """Whether a `Host` header names this server."""
        name, _, port = said.lower().rpartition(":")
        if not port.isdecimal():
            name, port = said.lower(), str(_HTTP_PORT)
        if port != str(self.port):
            return False
        return name in (*_OWN, _bracketed(self.host.lower())) or self._is_ours(name)

    def _is_ours(self, name: str) -> bool:
        """Listening everywhere it has many names; no page's domain is a number."""
        address = _address(self.host)
        if address is None or not address.is_unspecified:
            return False
        return name == socket.gethostname().lower() or _address(name) is not None


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
