"""What a client gets that asked by HTTP: JSON, in the service's shapes."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from websockets.datastructures import Headers
from websockets.http11 import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

RETRY_AFTER_S = 5


def reply(
    status: HTTPStatus, body: object, headers: Mapping[str, str] | None = None
) -> Response:
    """A whole answer, after which the connection ends."""
    text = json.dumps(body, indent=2).encode() + b"\n"
    fields = {
        "Content-Type": "application/json",
        "Content-Length": str(len(text)),
        "Cache-Control": "no-store",
        "Connection": "close",
        **(headers or {}),
    }
    return Response(status.value, status.phrase, Headers(fields), text)


def refusal(
    status: HTTPStatus,
    message: str,
    *,
    code: str | None = None,
    kind: str = "invalid_request_error",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An error as the service puts it."""
    error = {"message": message, "type": kind, "param": None, "code": code}
    return reply(status, {"error": error}, headers)


def no_session_left(most: int) -> Response:
    """All sessions are taken."""
    return _busy(
        HTTPStatus.TOO_MANY_REQUESTS,
        f"All sessions of this server are taken (--sessions {most}). End one, or "
        "start it with more.",
        "session_limit_reached",
    )


def no_connection_left(most: int) -> Response:
    """All connections are taken."""
    return _busy(
        HTTPStatus.SERVICE_UNAVAILABLE,
        f"All connections of this server are taken ({most}).",
        "connection_limit_reached",
    )


def _busy(status: HTTPStatus, message: str, code: str) -> Response:
    after = {"Retry-After": str(RETRY_AFTER_S)}
    return refusal(status, message, code=code, kind="rate_limit_error", headers=after)


def models(names: tuple[str, ...], created: int) -> Response:
    """The list of models; `created` is in seconds since 1970."""
    rows = [
        {"id": name, "object": "model", "created": created, "owned_by": "rt_widget"}
        for name in names
    ]
    return reply(HTTPStatus.OK, {"object": "list", "data": rows})
