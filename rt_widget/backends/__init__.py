"""Where conversations are held: by name, each loaded when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.backends.base import Adjusted, Backend, Capabilities, Choice, Connection
from rt_widget.backends.key import Key
from rt_widget.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "Adjusted",
    "Backend",
    "Capabilities",
    "Choice",
    "Connection",
    "choose_backend",
]


def choose_backend(
    name: str,
    *,
    base_url: str | None = None,
    api_key: str | Callable[[], str] | Key | None = None,
) -> Backend:
    """The backend of a name.

    Args:
        name: `openai`, `local`, or `auto`: `openai` when there is an address or a
            key, `local` otherwise.
        base_url: Address of a Realtime server.
        api_key: A key, or a function that gives it; None is `OPENAI_API_KEY`.

    Raises:
        InputError: no such name.
    """
    # Also kept from the arguments that a traceback shows.
    api_key = Key.of(api_key)
    if name == "auto":
        name = "openai" if base_url or api_key.is_given else "local"
    if name == "openai":
        from rt_widget.backends.openai import OpenAIBackend  # noqa: PLC0415 - on demand

        return OpenAIBackend(base_url, api_key)
    if name == "local":
        from rt_widget.backends.local import LocalBackend  # noqa: PLC0415 - on demand

        return LocalBackend()
    msg = f"backend is {name!r}."
    raise InputError(msg, hint="Give 'auto', 'openai', 'local' or a backend object.")
