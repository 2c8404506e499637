"""Who may come in: judges what a client asks before it is a session."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from time import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from rt_widget.backends.local.requests.typed import MODEL
from rt_widget.backends.local.serving.replies import models, refusal
from rt_widget.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from websockets.datastructures import Headers
    from websockets.http11 import Request, Response

    from rt_widget.backends.local.serving.names import Names
    from rt_widget.backends.local.serving.token import Token

SUBPROTOCOL = "realtime"

_KEY_SUBPROTOCOL = "openai-insecure-api-key."
_BETA_SUBPROTOCOL = "openai-beta.realtime-v1"


@dataclass(frozen=True, slots=True)
class Door:
    """Judges requests in the order of what they could do harm with.

    Args:
        names: Under which names the server may be called.
        token: What a client has to bring.
        origins: Pages that may come in, as their browsers name them.
    """

    names: Names
    token: Token
    origins: frozenset[str] = frozenset()
    opened_at: int = field(default_factory=lambda: int(time()))

    def judge(self, request: Request) -> Response | None:
        """The answer to anyone who gets no session; None opens one."""
        headers = request.headers
        return self._stranger(headers) or self._elsewhere(request)

    def _stranger(self, headers: Headers) -> Response | None:
        hosts = headers.get_all("Host")
        if len(hosts) != 1 or not self.names.has(hosts[0]):
            message = (
                "The request is for another host. This server answers to "
                f"{self.names.authority} and localhost:{self.names.port}."
            )
            return refusal(HTTPStatus.MISDIRECTED_REQUEST, message, code="wrong_host")
        origins = headers.get_all("Origin")
        if not self.origins.issuperset(origins) or len(origins) > 1:
            message = (
                "Pages may not use this server. Start it with --allow-origin "
                "and the page's origin, if you trust the page."
            )
            return refusal(HTTPStatus.FORBIDDEN, message, code="origin_not_allowed")
        return self._without_token(headers)

    def _without_token(self, headers: Headers) -> Response | None:
        said = _keys(headers)
        if any(self.token.matches(key) for key in said):
            return None
        what = "Incorrect API key provided." if said else "No API key was provided."
        return refusal(
            HTTPStatus.UNAUTHORIZED,
            f"{what} The key is the token that the server printed when it started.",
            code="invalid_api_key",
            headers={"WWW-Authenticate": "Bearer"},
        )

    def _elsewhere(self, request: Request) -> Response | None:
        match request.path.partition("?")[0]:
            case "/v1/models":
                return models((MODEL,), self.opened_at)
            case "/v1/realtime":
                return _without_upgrade(request.headers)
            case path:
                message = (
                    f"Invalid URL (GET {path[:100]}). This server has /v1/realtime "
                    "and /v1/models."
                )
                return refusal(HTTPStatus.NOT_FOUND, message, code="unknown_url")


def check_origins(origins: Iterable[str]) -> frozenset[str]:
    """Origins as browsers write them: scheme, host, and a port that is not the usual.

    Raises:
        InputError: one is no origin.
    """
    checked = set()
    for given in origins:
        origin = given.strip().rstrip("/").lower()
        scheme, _, host = origin.partition("://")
        if scheme not in ("http", "https") or not host or "/" in host:
            raise InputError(
                f"An origin is {given!r:.100}.",
                hint="Give one such as http://localhost:3000, without a path.",
            )
        checked.add(origin)
    return frozenset(checked)


def asked_model(request: Request) -> str:
    """The model that a client names; any name will do, and the session bears it.

    Clients send the name again with their settings, and it may not have changed.
    """
    asked = parse_qs(request.path.partition("?")[2]).get("model", ())
    return next(iter(asked), MODEL)


def is_beta(headers: Headers) -> bool:
    """Whether a client asks for the shape that the service has switched off."""
    asked = (*headers.get_all("OpenAI-Beta"), *_subprotocols(headers))
    return any("realtime=v1" in text or text == _BETA_SUBPROTOCOL for text in asked)


def _keys(headers: Headers) -> list[str]:
    """The keys that a client says: in its header, and as pages' clients have to."""
    keys = [
        name.removeprefix(_KEY_SUBPROTOCOL)
        for name in _subprotocols(headers)
        if name.startswith(_KEY_SUBPROTOCOL)
    ]
    for value in headers.get_all("Authorization"):
        scheme, _, key = value.partition(" ")
        if scheme.lower() == "bearer":
            keys.append(key.strip())
    return keys


def _subprotocols(headers: Headers) -> list[str]:
    said = ",".join(headers.get_all("Sec-WebSocket-Protocol"))
    return [name.strip() for name in said.split(",") if name.strip()]


def _without_upgrade(headers: Headers) -> Response | None:
    if headers.get_all("Upgrade"):
        return None
    message = "This is a WebSocket: connect to it with a client of the Realtime API."
    return refusal(
        HTTPStatus.UPGRADE_REQUIRED,
        message,
        code="upgrade_required",
        headers={"Upgrade": "websocket"},
    )
