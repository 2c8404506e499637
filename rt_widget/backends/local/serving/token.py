"""The secret that lets a client in."""

from __future__ import annotations

import hmac
import re
import secrets

from rt_widget.errors import InputError

SHORTEST = 16

_RANDOM_BYTES = 32
# What both an HTTP header and the name of a subprotocol can carry.
_USABLE = re.compile(r"[A-Za-z0-9._~-]+")


class Token:
    """A secret that does not show itself.

    Args:
        given: The token; None makes one of 256 random bits.

    Raises:
        InputError: it is short, or has characters that not every client can send.
    """

    __slots__ = ("_text",)

    def __init__(self, given: str | None = None) -> None:
        self._text = _made() if given is None else given
        if len(self._text) < SHORTEST or not _USABLE.fullmatch(self._text):
            self._text = ""
            raise InputError(
                "The token cannot be used.",
                hint=f"Give {SHORTEST} or more of the characters A-Z a-z 0-9 . _ ~ -, "
                "or none, to have one made.",
            )

    def __repr__(self) -> str:
        return "Token(…)"

    def reveal(self) -> str:
        """The token itself."""
        return self._text

    def matches(self, said: str) -> bool:
        """Whether a client said it; takes as long for a near miss as for a far one."""
        return hmac.compare_digest(
            said.encode(errors="surrogateescape"), self._text.encode()
        )


def _made() -> str:
    """It begins with letters: some would take a leading dash for an option."""
    return f"rtw_{secrets.token_urlsafe(_RANDOM_BYTES)}"
