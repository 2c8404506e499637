"""What a client has sent, as plain values: JSON without surprises, and base64 audio."""

from __future__ import annotations

import base64
import binascii
import json
import math
from typing import Any, NoReturn

from rt_widget.backends.local.requests.schema import below
from rt_widget.backends.local.requests.values import RequestError, Wire

MAX_AUDIO_CHARACTERS = 15 * 1024 * 1024
"""Longest audio in one event, as base64: the service's own limit."""

# Base64 has no commas: long sound is one value.
_MOST_VALUES = 200_000

_NOT_A_TEXT = "a text with a NUL or half a character"

_DEEPEST = 64
"""Levels of objects and arrays in an event; more is not meant but made to hurt."""


def parse(message: str | bytes) -> Wire:
    """The JSON object in a client's message.

    Raises:
        RequestError: it is binary, too much, not JSON, or not an object.
    """
    if isinstance(message, bytes):
        raise RequestError("Events must be text messages.", code="invalid_event")
    if message.count(",") > _MOST_VALUES:
        raise RequestError(
            f"The event holds more than {_MOST_VALUES:,} values.", code="invalid_event"
        )
    try:
        event = json.loads(message, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise RequestError(
            "The event is not valid JSON, or has more levels or digits than any use.",
            code="invalid_json",
        ) from None
    if not isinstance(event, dict):
        raise RequestError("The event is not a JSON object.", code="invalid_event")
    return event


def _refuse_constant(name: str) -> NoReturn:
    msg = f"{name} is not JSON"
    raise ValueError(msg)


def check_plain(value: Wire | list[Any], path: str = "", depth: int = 0) -> None:
    """Refuse what could be read but not be written, shown or spoken again.

    Raises:
        RequestError: a number is infinite, a text has a NUL or half a character, or
            values are nested too deeply.
    """
    if depth > _DEEPEST:
        raise _not_plain(path, f"nested more than {_DEEPEST} levels deep")
    for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(key, str) and not is_plain(key):
            raise _not_plain(path, _NOT_A_TEXT)
        if isinstance(entry, dict | list):
            check_plain(entry, _place(path, key), depth + 1)
        elif trouble := _trouble(entry):
            raise _not_plain(_place(path, key), trouble)


def _place(path: str, key: str | int) -> str:
    return below(path, key) if isinstance(key, str) else f"{path}[{key}]"


def _trouble(value: object) -> str | None:
    if isinstance(value, str) and not is_plain(value):
        return _NOT_A_TEXT
    if isinstance(value, float) and not math.isfinite(value):
        return "a number that is too large"
    return None


def is_plain(text: str) -> bool:
    """Whether every reader can hold the text: no NUL, no half of a character."""
    if "\0" in text:
        return False
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return False
    return True


def _not_plain(path: str, trouble: str) -> RequestError:
    return RequestError(
        f"Invalid '{path or 'event'}': {trouble}.",
        code="invalid_value",
        param=path or None,
    )


def decode_audio(text: str, param: str) -> bytes:
    """The audio in a base64 field: at least one byte.

    Raises:
        RequestError: not base64, empty, or above 15 MiB.
    """
    if len(text) > MAX_AUDIO_CHARACTERS:
        raise bad_audio(param, "more than 15 MiB")
    try:
        audio = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise bad_audio(param, "an invalid value") from None
    if not audio:
        raise bad_audio(param, "empty bytes")
    return audio


def bad_audio(param: str, got: str) -> RequestError:
    """Say what is there in place of audio."""
    return RequestError(
        f"Invalid '{param}'. Expected base64-encoded audio bytes in the session's "
        f"input format but got {got}.",
        code="invalid_value",
        param=param,
    )
