"""What crosses the socket: identifiers, base64 audio, errors and client events."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from typing import Any

# Client events are JSON of any shape until the rules have judged them, and
# server events are built for JSON: there is no narrower type that is true.
JsonObject = dict[str, Any]

SAMPLE_RATE_HZ = 24_000
BYTES_PER_MS = SAMPLE_RATE_HZ * 2 // 1000
MAX_APPEND_BYTES = 15 * 1024 * 1024


class RequestError(Exception):
    """A client event that breaks a rule; becomes an `error` event.

    Args:
        message: The sentence that the client reads.
        code: A stable name, or None where the service gives none.
        param: Path of the field at fault, such as `session.temperature`.
    """

    def __init__(
        self, message: str, *, code: str | None = None, param: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param

    def event(self, event_id: str | None) -> JsonObject:
        """Give the `error` event; `event_id` is the client's, None if it had none."""
        return error_event(
            self.message, code=self.code, param=self.param, event_id=event_id
        )


def error_event(
    message: str,
    *,
    code: str | None = None,
    param: str | None = None,
    event_id: str | None = None,
    kind: str = "invalid_request_error",
) -> JsonObject:
    """Build an `error` event as the service shapes it."""
    return {
        "type": "error",
        "error": {
            "type": kind,
            "code": code,
            "message": message,
            "param": param,
            "event_id": event_id,
        },
    }


def new_id(prefix: str) -> str:
    """Make an identifier such as `item_3f9c...`, at most 32 characters."""
    return f"{prefix}_{secrets.token_hex(11)}"


def pcm_ms(size: int) -> int:
    """Whole milliseconds in `size` bytes of 24 kHz PCM16."""
    return size // BYTES_PER_MS


def encode_audio(pcm: bytes) -> str:
    """Base64 of PCM16, as deltas and items carry it."""
    return base64.b64encode(pcm).decode("ascii")


def decode_audio(text: str, param: str) -> bytes:
    """Give the PCM16 in a base64 field.

    Raises:
        RequestError: not base64, empty, half a sample, or above 15 MiB.
    """
    expected = (
        f"Invalid '{param}'. Expected base64-encoded audio bytes "
        "(mono PCM16 at 24kHz) but got "
    )
    if len(text) > MAX_APPEND_BYTES:
        raise RequestError(
            f"{expected}more than 15 MiB.", code="invalid_value", param=param
        )
    try:
        pcm = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RequestError(
            f"{expected}an invalid value.", code="invalid_value", param=param
        ) from None
    if not pcm:
        raise RequestError(f"{expected}empty bytes.", code="invalid_value", param=param)
    if len(pcm) % 2:
        raise RequestError(
            f"{expected}an odd number of bytes.", code="invalid_value", param=param
        )
    return pcm


def parse_event(message: str | bytes) -> JsonObject:
    """Read one client message.

    Raises:
        RequestError: it is binary, not JSON, or not a JSON object.
    """
    if isinstance(message, bytes):
        raise RequestError("Events must be text messages.", code="invalid_event")
    try:
        event = json.loads(message)
    except (ValueError, RecursionError):
        raise RequestError(
            "The event is not valid JSON.", code="invalid_json"
        ) from None
    if not isinstance(event, dict):
        raise RequestError("The event is not a JSON object.", code="invalid_event")
    return event
