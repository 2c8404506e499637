"""Who comes in, and what the others are told."""

from __future__ import annotations

import pytest
from openai import AsyncOpenAI, AuthenticationError
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from rt_widget.backends.local.serving.names import Names
from rt_widget.backends.local.serving.token import Token
from rt_widget.errors import InputError
from tests.local.serving.house import (
    KEY,
    TOKEN,
    answers,
    client,
    error_of,
    exchange,
    hear,
    port_of,
    serving,
)

UPGRADE = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


@pytest.mark.parametrize(
    ("lines", "status", "code"),
    [
        (("Host: {host}",), 401, "invalid_api_key"),
        (("Host: {host}", "Authorization: Bearer wrong"), 401, "invalid_api_key"),
        (("Host: {host}", f"Authorization: Basic {TOKEN}"), 401, "invalid_api_key"),
        (("Host: {host}", KEY[:-1]), 401, "invalid_api_key"),
        (("Host: {host}", "Authorization: Bearer café"), 401, "invalid_api_key"),
        (("Host: rebound.example:{port}", KEY), 421, "wrong_host"),
        (("Host: 127.0.0.1:1", KEY), 421, "wrong_host"),
        (("Host: 127.0.0.1.rebound.example:{port}", KEY), 421, "wrong_host"),
        (("Host: {host}", "Host: rebound.example", KEY), 421, "wrong_host"),
        ((KEY,), 421, "wrong_host"),
        (("Host: {host}", KEY, "Origin: http://{host}"), 403, "origin_not_allowed"),
        (("Host: {host}", KEY, "Origin: null"), 403, "origin_not_allowed"),
        (
            (
                "Host: {host}",
                "Origin: http://localhost:9",
                f"Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.{TOKEN}",
            ),
            403,
            "origin_not_allowed",
        ),
    ],
)
async def test_a_stranger_is_refused_and_told_why(
    lines: tuple[str, ...], status: int, code: str
) -> None:
    async with serving() as server:
        port = port_of(server)
        said = [line.format(host=f"127.0.0.1:{port}", port=port) for line in lines]
        for path in ("realtime?model=local", "models", "nothing"):
            answer = await exchange(port, f"GET /v1/{path} HTTP/1.1", *UPGRADE, *said)

            error = error_of(answer[1])
            assert (answer[0], error["code"]) == (status, code)
            assert set(error) == {"message", "type", "param", "code"}
            assert TOKEN not in str(answer)


@pytest.mark.parametrize(
    ("request_line", "status", "code"),
    [
        ("GET /v1/realtime HTTP/1.1", 426, "upgrade_required"),
        ("GET /realtime HTTP/1.1", 404, "unknown_url"),
        ("GET //[ HTTP/1.1", 404, "unknown_url"),
        ("POST /v1/realtime/client_secrets HTTP/1.1", 405, "method_not_allowed"),
        ("OPTIONS /v1/models HTTP/1.1", 405, "method_not_allowed"),
    ],
)
async def test_what_it_does_not_have_is_said(
    request_line: str, status: int, code: str
) -> None:
    async with serving() as server:
        host = f"Host: localhost:{port_of(server)}"
        answer = await exchange(port_of(server), request_line, host, KEY)

        error = error_of(answer[1])
        assert (answer[0], error["code"]) == (status, code)


async def test_the_stock_client_comes_in_with_the_token() -> None:
    async with serving() as server:
        stock = AsyncOpenAI(
            base_url=server.url.replace("ws://", "http://"), api_key=server.token
        )
        models = [model.id async for model in stock.models.list()]
        async with stock.realtime.connect(model="gpt-realtime") as connection:
            created = await connection.recv()
        await stock.close()

        assert models == ["local"]
        assert created.type == "session.created"
        assert created.session.type == "realtime"
        assert created.session.model == "gpt-realtime"


async def test_the_stock_client_is_told_of_a_wrong_token() -> None:
    async with (
        serving() as server,
        AsyncOpenAI(
            base_url=server.url.replace("ws://", "http://"),
            api_key="sk-of-someone",
        ) as stock,
    ):
        with pytest.raises(AuthenticationError, match="the token that the server"):
            await stock.models.list()
        with pytest.raises(InvalidStatus, match="401"):
            await stock.realtime.connect(model="local").enter()


async def test_clients_of_pages_bring_the_token_as_a_subprotocol() -> None:
    page = "http://localhost:3000"
    offered = [Subprotocol("realtime")]
    offered.append(Subprotocol(f"openai-insecure-api-key.{TOKEN}"))
    async with serving(origins=(f"{page}/",)) as server:
        headers = {"Authorization": "", "Origin": page}
        async with client(server, headers, subprotocols=offered) as socket:
            assert socket.subprotocol == "realtime"
            assert (await hear(socket))["type"] == "session.created"
            assert await answers(socket)
        with pytest.raises(InvalidStatus, match="403"):
            await client(server, {"Origin": "http://localhost:3001"})


@pytest.mark.parametrize(
    "beta",
    [
        {"OpenAI-Beta": "realtime=v1"},
        {"Sec-WebSocket-Protocol": "openai-beta.realtime-v1"},
    ],
)
async def test_the_beta_shape_is_refused_as_the_service_refuses_it(
    beta: dict[str, str],
) -> None:
    async with serving() as server, client(server, beta) as socket:
        error = error_of(await hear(socket))
        with pytest.raises(ConnectionClosed) as end:
            await socket.recv()

    assert error["code"] == "beta_api_shape_disabled"
    assert end.value.rcvd is not None
    assert end.value.rcvd.code == 4000


@pytest.mark.parametrize(
    ("host", "said", "is_ours"),
    [
        ("127.0.0.1", "localhost:80", True),
        ("127.0.0.1", "LOCALHOST", True),
        ("127.0.0.1", "[::1]:80", True),
        ("127.0.0.1", "10.0.0.7:80", False),
        ("127.0.0.1", "user@localhost:80", False),
        ("0.0.0.0", "10.0.0.7:80", True),  # noqa: S104 - nobody listens here
        ("0.0.0.0", "page.example:80", False),  # noqa: S104 - same
        ("::", "[fe80::1]:80", True),
        ("voice.example", "voice.example:80", True),
    ],
)
def test_a_server_knows_its_names(host: str, said: str, *, is_ours: bool) -> None:
    assert Names(host, 80).has(said) is is_ours


@pytest.mark.parametrize("given", ["", "short", "with a space in between", "né" * 9])
def test_a_token_that_clients_cannot_send_or_others_can_guess_is_refused(
    given: str,
) -> None:
    with pytest.raises(InputError, match="16 or more of the characters"):
        Token(given)


def test_a_token_is_made_anew_and_does_not_show_itself() -> None:
    one, other = Token(), Token()

    assert one.reveal() != other.reveal()
    assert len(one.reveal()) >= 256 / 6
    assert one.reveal() not in f"{one!r} {one!s}"


@pytest.mark.parametrize("given", ["*", "localhost:3000", "http://a/path", "ws://a"])
async def test_an_origin_that_is_none_is_refused(given: str) -> None:
    with pytest.raises(InputError, match="without a path"):
        async with serving(origins=(given,)):
            pass
