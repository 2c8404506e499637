"""An API key that does not show itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rt_widget.errors import InputError, KeyMissingError

if TYPE_CHECKING:
    from collections.abc import Callable

ENVIRONMENT = "OPENAI_API_KEY"

_SHOWN = 4


class Key:
    """Where a key comes from; `reveal` is the only way to the key itself.

    Args:
        source: The key, a function that gives it (called at each connect), or None
            for the environment variable `OPENAI_API_KEY`.
    """

    __slots__ = ("_source",)

    def __init__(self, source: str | Callable[[], str] | None = None) -> None:
        self._source = source

    def __repr__(self) -> str:
        return "Key(…)"

    def __reduce__(self) -> tuple[object, ...]:
        msg = "A key is not pickled."
        raise TypeError(msg)

    @property
    def is_given(self) -> bool:
        """Whether there is a key to be had; a function is not called for that."""
        if callable(self._source):
            return True
        return bool((self._source or os.environ.get(ENVIRONMENT, "")).strip())

    def reveal(self) -> str:
        """The key, without the white space of a careless paste.

        Raises:
            KeyMissingError: there is none.
            InputError: it holds characters that no HTTP header can carry.
        """
        source = self._source
        given = source() if callable(source) else source
        text = (given or os.environ.get(ENVIRONMENT, "")).strip()
        if not text:
            msg = "No API key was found."
            raise KeyMissingError(msg)
        if not (text.isascii() and text.isprintable()):
            msg = "The API key holds characters that no key has."
            raise InputError(msg, hint="Copy it again, without line breaks or quotes.")
        return text

    def scrub(self, text: str) -> str:
        """`text` with the key masked, should a server have repeated it."""
        secret = ""
        if not callable(self._source):
            secret = (self._source or os.environ.get(ENVIRONMENT, "")).strip()
        return text.replace(secret, f"…{secret[-_SHOWN:]}") if secret else text
