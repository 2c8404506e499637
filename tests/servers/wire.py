"""What crosses the socket: identifiers, base64 audio and errors."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from rt_widget.backends.local.requests.decoding import bad_audio, decode_audio
from rt_widget.backends.local.requests.values import RequestError

# Client events are JSON of any shape until the rules have judged them, and
# server events are built for JSON: there is no narrower type that is true.
JsonObject = dict[str, Any]

SAMPLE_RATE_HZ = 24_000
BYTES_PER_MS = SAMPLE_RATE_HZ * 2 // 1000


def error_event(
    message: str,
    *,
    code: str | None = None,
    kind: str = "invalid_request_error",
) -> JsonObject:
    """Build an `error` event that no client event has caused."""
    return RequestError(message, code=code, kind=kind).event()


def new_id(prefix: str) -> str:
    """Make an identifier such as `item_3f9c...`, at most 32 characters."""
    return f"{prefix}_{secrets.token_hex(11)}"


def pcm_ms(size: int) -> int:
    """Whole milliseconds in `size` bytes of 24 kHz PCM16."""
    return size // BYTES_PER_MS


def encode_audio(pcm: bytes) -> str:
    """Base64 of PCM16, as deltas and items carry it."""
    return base64.b64encode(pcm).decode("ascii")


def decode_pcm(text: str, param: str) -> bytes:
    """Give the PCM16 in a base64 field.

    Raises:
        RequestError: not base64, empty, half a sample, or above 15 MiB.
    """
    pcm = decode_audio(text, param)
    if len(pcm) % 2:
        raise bad_audio(param, "an odd number of bytes")
    return pcm
