"""The upgrade: who may come in, and what the others are told."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from websockets.datastructures import Headers
from websockets.http11 import Response

from tests.servers.faults import is_known

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from websockets.asyncio.server import ServerConnection
    from websockets.http11 import Request

    from tests.servers.journal import Journal
    from tests.servers.scenarios import Plan
    from tests.servers.wire import JsonObject

_SECRET_HEADERS = ("authorization", "api-key")
_BODIES = {
    401: ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
    403: (
        "invalid_request_error",
        "model_not_found",
        "Project does not have access to this model.",
    ),
    404: ("invalid_request_error", "not_found", "Invalid URL."),
    429: ("requests", "rate_limit_exceeded", "Rate limit reached for requests."),
    500: ("server_error", "server_error", "The server had an error."),
    503: ("server_error", "service_unavailable", "The engine is overloaded."),
}


class Door:
    """Judges upgrade requests.

    Args:
        arguments: The server's command line.
        journal: Where refusals are noted.
        plan: Gives the scenario of a model name.
        strikes: Tells whether a fault shall strike (again).
    """

    def __init__(
        self,
        arguments: argparse.Namespace,
        journal: Journal,
        plan: Callable[[str], Plan],
        strikes: Callable[[Plan], bool],
    ) -> None:
        self._arguments = arguments
        self._journal = journal
        self._plan = plan
        self._strikes = strikes

    async def process(
        self, socket: ServerConnection, request: Request
    ) -> Response | None:
        """Give a refusal, or None to let the client in."""
        refusal = self._judge(request)
        if refusal is not None:
            self._journal.write(
                "refused",
                0,
                status=refusal.status_code,
                headers=self._headers(request.headers),
            )
            return refusal
        plan = self._plan(_query(request)["model"])
        if plan.name == "fault" and plan.argument == "hang" and self._strikes(plan):
            await socket.wait_closed()
        return None

    def entry(self, socket: ServerConnection) -> JsonObject:
        """Give what the log keeps of a client that was let in; no key is in it."""
        if socket.request is None:
            raise RuntimeError("the handshake is not over")
        query = _query(socket.request)
        return {
            "model": query["model"],
            "query": query,
            "headers": self._headers(socket.request.headers),
        }

    def is_beta_call(self, socket: ServerConnection) -> bool:
        """Tell whether a client asks a GA server for the beta shape."""
        asked = socket.request is not None and "realtime=v1" in (
            socket.request.headers.get("OpenAI-Beta", "")
        )
        return asked and self._arguments.dialect == "ga"

    def _judge(self, request: Request) -> Response | None:
        if self._arguments.refuse is not None:
            return self._refusal(self._arguments.refuse)
        if not urlsplit(request.path).path.endswith("/realtime"):
            return self._refusal(404)
        key = _key(request.headers)
        if not self._right(key):
            return self._refusal(401, f"Incorrect API key provided: {_masked(key)}.")
        if not _query(request).get("model"):
            return _response(
                400, "invalid_request_error", "missing_model", "No model was given."
            )
        return self._named_refusal(self._plan(_query(request)["model"]))

    def _named_refusal(self, plan: Plan) -> Response | None:
        if plan.name != "fault":
            return None
        if not is_known(plan.argument):
            message = f"No such fault: {plan.argument}."
            return _response(400, "invalid_request_error", "model_not_found", message)
        match = re.fullmatch(r"http_(\d{3})", plan.argument)
        if match is None or not self._strikes(plan):
            return None
        return self._refusal(int(match[1]))

    def _right(self, key: str) -> bool:
        expected = self._arguments.key
        return bool(key) if expected is None else key == expected

    def _refusal(self, status: int, message: str | None = None) -> Response:
        kind, code, text = _BODIES.get(status, ("server_error", None, "Refused."))
        response = _response(status, kind, code, message or text)
        if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            response.headers["Retry-After"] = str(self._arguments.retry_after)
        return response

    def _headers(self, headers: Headers) -> JsonObject:
        found: JsonObject = {name.lower(): value for name, value in headers.raw_items()}
        for name in _SECRET_HEADERS:
            if name in found:
                right = self._right(_key(headers))
                found[name] = "<the right key>" if right else "<a wrong key>"
        return found


def _query(request: Request) -> dict[str, str]:
    pairs = parse_qs(urlsplit(request.path).query)
    return {name: values[0] for name, values in pairs.items()}


def _key(headers: Headers) -> str:
    scheme, _, key = headers.get("Authorization", "").partition(" ")
    return headers.get("api-key", "") if scheme != "Bearer" else key


def _masked(key: str) -> str:
    shown = 4
    if len(key) <= 2 * shown:
        return "*" * len(key)
    return key[:shown] + "*" * (len(key) - 2 * shown) + key[-shown:]


def _response(status: int, kind: str, code: str | None, message: str) -> Response:
    error = {"message": message, "type": kind, "param": None, "code": code}
    body = json.dumps({"error": error}, indent=2).encode()
    headers = Headers()
    headers["Content-Type"] = "application/json"
    headers["Content-Length"] = str(len(body))
    headers["Connection"] = "close"
    return Response(status, HTTPStatus(status).phrase, headers, body)
