"""Who may come in, and what the others are told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.servers.dialogue import KEY, talk
from tests.servers.process import RealtimeServerProcess

if TYPE_CHECKING:
    from tests.servers.wire import JsonObject


async def refusal(url: str, model: str, key: str = KEY) -> tuple[int, JsonObject, str]:
    with pytest.raises(InvalidStatus) as caught:
        async with talk(url, model, key=key):
            pass
    response = caught.value.response
    body: JsonObject = json.loads(response.body or b"")["error"]
    return response.status_code, body, response.headers.get("Retry-After", "")


async def test_a_wrong_key_is_refused_and_masked(url: str) -> None:
    status, body, _ = await refusal(url, "echo", key="sk-quite-wrong")
    assert (status, body["code"]) == (401, "invalid_api_key")
    assert "sk-q" in body["message"]
    assert "sk-quite-wrong" not in body["message"]


async def test_a_model_is_required(url: str) -> None:
    status, body, _ = await refusal(url, "")
    assert (status, body["code"]) == (400, "missing_model")


async def test_another_path_is_not_found(url: str) -> None:
    status, _, _ = await refusal(f"{url}/elsewhere/realtime/x?", "echo")
    assert status == 404


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
async def test_a_model_can_ask_for_a_refusal(url: str, status: int) -> None:
    found, body, retry_after = await refusal(url, f"fault:http_{status}")
    assert found == status
    assert body["message"]
    assert retry_after == ("7" if status in (429, 503) else "")


async def test_all_upgrades_can_be_refused() -> None:
    with RealtimeServerProcess(refuse=429, retry_after=3) as server:
        assert (await refusal(server.url, "echo"))[::2] == (429, "3")
        assert server.log("refused")[0]["status"] == 429


async def test_the_beta_header_ends_the_session(url: str) -> None:
    async with talk(url, headers={"OpenAI-Beta": "realtime=v1"}) as dialogue:
        error = (await dialogue.expect("error"))["error"]
        assert error["code"] == "beta_api_shape_disabled"
        with pytest.raises(ConnectionClosed) as caught:
            await dialogue.next()
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 4000
