"""What a person reads when a Realtime server cannot be reached, refuses, or hangs up.

The `openai` client passes on the exceptions of three libraries as they are; each
kind seen is named here, with its next step.
"""

from __future__ import annotations

import json
import ssl
from typing import TYPE_CHECKING

from websockets.datastructures import Headers

from rt_widget.errors import ConnectError, ConnectionLostError, RealtimeWidgetError

if TYPE_CHECKING:
    from websockets.frames import Close

    from rt_widget.backends.key import Key

_BY_STATUS: dict[int, tuple[str, str, bool]] = {
    401: ("key_rejected", "Check OPENAI_API_KEY or `api_key=`.", False),
    403: ("forbidden", "This key may not use this model or address.", False),
    404: ("not_found", "Check the model's name and `base_url`.", False),
    429: ("rate_limited", "Wait a little, or check the plan and its limits.", True),
}

_TOO_LARGE = 1009

_BY_CLOSE_CODE: dict[int, tuple[str, str, bool]] = {
    1000: ("ended", "Connect again; what was said so far is kept.", True),
    1001: (
        "session_expired",
        "Sessions last 60 minutes at most. Connect again; the text is kept.",
        True,
    ),
    1008: ("refused", "The server does not allow this.", False),
    1009: ("too_large", "A message was larger than one side allows.", False),
    4000: (
        "beta_api_shape_disabled",
        "The server has switched the beta protocol off; use dialect='ga'.",
        False,
    ),
}


def explain(error: Exception, host: str, key: Key) -> RealtimeWidgetError:
    """The error to raise for a failed connect; holds no header and no key."""
    if isinstance(error, RealtimeWidgetError):
        return error
    response = getattr(error, "response", None)
    if response is not None and hasattr(response, "status_code"):
        return _refused(response, host, key)
    for kind, message, hint in _KINDS:
        if isinstance(error, kind):
            return ConnectError(message.format(host=host), hint=hint)
    said = key.scrub(str(error)) or type(error).__name__
    return ConnectError(
        f"{host} did not answer as a Realtime server: {said}.",
        hint="Check the address, and the key for stray characters.",
    )


def is_closed(error: Exception) -> bool:
    """Whether an exception of the socket says that the connection is gone."""
    return hasattr(error, "rcvd") or isinstance(error, ConnectionError | OSError)


def closed(error: Exception, key: Key) -> ConnectionLostError:
    """The error to raise for a connection that ended."""
    frame = getattr(error, "rcvd", None)
    if frame is None:
        return _broken_off(getattr(error, "sent", None))
    code, hint, retryable = _BY_CLOSE_CODE.get(
        frame.code, ("connection_lost", "Connect again; the text is kept.", True)
    )
    reason = key.scrub(frame.reason) or "no reason given"
    return ConnectionLostError(
        f"The server ended the session ({frame.code}: {reason}).",
        code=code,
        hint=hint,
        retryable=retryable,
    )


def _broken_off(sent: Close | None) -> ConnectionLostError:
    """The error for a connection that this side has ended, or nobody."""
    if sent is None:
        return ConnectionLostError("The connection broke off.")
    if sent.code == _TOO_LARGE:
        code, hint, retryable = _BY_CLOSE_CODE[_TOO_LARGE]
        message = "The server sent an event that is larger than this side takes."
        return ConnectionLostError(message, code=code, hint=hint, retryable=retryable)
    if "keepalive" in sent.reason:
        return ConnectionLostError("The server fell silent.")
    return ConnectionLostError("The server broke the rules of the connection.")


_KINDS: tuple[tuple[type[Exception], str, str], ...] = (
    (
        ssl.SSLCertVerificationError,
        "The certificate of {host} is not trusted.",
        "Behind a company proxy set SSL_CERT_FILE to its certificate.",
    ),
    (
        ConnectionRefusedError,
        "{host} refuses connections.",
        "Is the server running, and is the port right?",
    ),
    (TimeoutError, "{host} did not answer in 8 s.", "Check the network, try again."),
    (
        ConnectionResetError,
        "{host} broke the connection off.",
        "Is it https where http was meant, or the other way round?",
    ),
    (
        OSError,
        "{host} cannot be reached.",
        "Are you online? `backend='local'` works without a network.",
    ),
)


def _refused(response: object, host: str, key: Key) -> ConnectError:
    status = int(getattr(response, "status_code", 0))
    code, hint, retryable = _BY_STATUS.get(
        status,
        ("unavailable", "The service has trouble; try again in a moment.", True),
    )
    said = key.scrub(_server_text(getattr(response, "body", b"")))
    waits = getattr(response, "headers", Headers()).get_all("Retry-After")
    if waits and waits[0].isdecimal():
        hint = f"Try again in {waits[0]} s."
    message = f"{host} refused the connection ({status}{f': {said}' if said else ''})."
    return ConnectError(message, code=code, hint=hint, retryable=retryable)


def _server_text(body: bytes | None) -> str:
    """The message in an error body; empty when it holds none."""
    try:
        message = json.loads(body or b"")["error"]["message"]
    except (ValueError, KeyError, TypeError):
        return ""
    return message[:300] if isinstance(message, str) else ""
