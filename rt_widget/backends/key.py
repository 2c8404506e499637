"""An API key that does not show itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rt_widget.errors import InputError, KeyMissingError

if TYPE_CHECKING:
    from collections.abc import Callable

ENVIRONMENT = "OPENAI_API_KEY"

_SHOWN = 4

_SHORTEST_SECRET = 8
"""What is shorter is no key, but a placeholder for servers that need none."""


class Key:
    """Where a key comes from; `reveal` is the only way to the key itself.

    Args:
        source: The key, a function that gives it (called at each connect), or None
            for the environment variable `OPENAI_API_KEY`.
    """

    # There are tracebacks that show variables, and attributes that a line names: no
    # method that raises has one that holds the key.
    __slots__ = ("_revealed", "_source")

    def __init__(self, source: str | Callable[[], str] | None = None) -> None:
        self._source = source
        self._revealed = ""

    @classmethod
    def of(cls, source: str | Callable[[], str] | Key | None) -> Key:
        """A key from what a person gives; a `Key` as it is."""
        return source if isinstance(source, Key) else cls(source)

    def __repr__(self) -> str:
        return "Key(…)"

    def __reduce__(self) -> tuple[object, ...]:
        msg = "A key is not pickled."
        raise TypeError(msg)

    @property
    def is_set(self) -> bool:
        """Whether it was given by hand, and not left to the environment."""
        return self._source is not None

    @property
    def is_given(self) -> bool:
        """Whether there is a key to be had; a function is not called for that."""
        return callable(self._source) or bool(_stripped(self._source))

    def reveal(self) -> str:
        """The key, without the white space of a careless paste.

        Raises:
            KeyMissingError: there is none, or the function for it failed.
            InputError: it holds characters that no HTTP header can carry.
        """
        complaint = self._take()
        if complaint is not None:
            raise complaint
        return self._taken()

    def scrub(self, text: str) -> str:
        """`text` with the key masked, should a server have repeated it."""
        secret = self._revealed
        if len(secret) < _SHORTEST_SECRET:
            return text
        return text.replace(secret, f"…{secret[-_SHOWN:]}")

    def scrub_frame(self, frame: bytes) -> bytes:
        """The same for what comes from a socket."""
        secret = self._revealed.encode()
        if len(secret) < _SHORTEST_SECRET:
            return frame
        return frame.replace(secret, b"..." + secret[-_SHOWN:])

    def _taken(self) -> str:
        return self._revealed

    def _take(self) -> KeyMissingError | InputError | None:
        self._revealed = ""
        try:
            given = self._source() if callable(self._source) else self._source
        except Exception as error:  # noqa: BLE001 - a user's function may raise anything
            why = type(error).__name__
            return KeyMissingError(f"The function for the API key failed: {why}.")
        text = _stripped(given)
        if not text:
            return KeyMissingError("No API key was found.")
        if not (text.isascii() and text.isprintable()):
            return InputError(
                "The API key holds characters that no key has.",
                hint="Copy it again, without line breaks or quotes.",
            )
        self._revealed = text
        return None


def _stripped(given: object) -> str:
    return str(given or os.environ.get(ENVIRONMENT, "")).strip()
