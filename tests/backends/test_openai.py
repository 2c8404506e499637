from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from rt_widget import LocalBackend, OpenAIBackend, RealtimeWidget, events
from rt_widget.backends import choose_backend
from rt_widget.catalog import catalog
from rt_widget.config import SessionConfig
from rt_widget.errors import (
    ConnectionLostError,
    InputError,
    KeyMissingError,
    ServerError,
)

if TYPE_CHECKING:
    from tests.conftest import StartTalk, Wire
    from tests.servers.process import RealtimeServerProcess


def updates(wire: Wire) -> list[dict[str, object]]:
    return [event["session"] for event in wire.received("session.update")]


async def test_a_beta_server_is_spoken_to_in_its_shape(
    talk: StartTalk, beta_server: RealtimeServerProcess
) -> None:
    backend = OpenAIBackend(beta_server.url, dialect="beta")
    widget, wire = talk(on=beta_server, backend=backend, base_url=None, temperature=1.1)
    assert widget.capabilities["temperature"] == (0.6, 1.2)
    assert widget.capabilities["temperature_reason"] == ""
    reply = await widget.ask("Hello")

    assert reply.text == "You said: Hello"
    assert reply.audio.duration > 0
    assert [item.status for item in widget.conversation] == ["completed", "completed"]
    assert updates(wire)[0]["temperature"] == 1.1
    assert wire.sent("error") == []


async def test_temperature_is_live_on_a_beta_server(
    talk: StartTalk, beta_server: RealtimeServerProcess
) -> None:
    backend = OpenAIBackend(beta_server.url, dialect="beta")
    widget, wire = talk(on=beta_server, backend=backend, base_url=None)
    await widget.ask("Hello")
    widget.temperature = 0.65
    await widget.ask("Again")

    assert updates(wire)[1:] == [{"temperature": 0.65}]
    effective = wire.sent("session.updated")[-1]["session"]
    assert effective["temperature"] == 0.65
    assert wire.sent("error") == []


async def test_questions_wait_for_each_other_on_a_beta_server_too(
    talk: StartTalk, beta_server: RealtimeServerProcess
) -> None:
    backend = OpenAIBackend(beta_server.url, dialect="beta")
    widget, wire = talk(on=beta_server, backend=backend, base_url=None, voice="none")
    texts = ["one", "two", "three"]
    stream = [chunk["content"] async for chunk in widget.stream("zero")]
    replies = await asyncio.gather(*(widget.ask(text) for text in texts))

    assert "".join(stream) == "You said: zero"
    assert [reply.text for reply in replies] == [f"You said: {text}" for text in texts]
    assert wire.sent("error") == []


async def test_a_ga_client_at_a_beta_server_is_told(
    talk: StartTalk, beta_server: RealtimeServerProcess
) -> None:
    widget, _ = talk(on=beta_server)
    with pytest.raises(ServerError, match=r"session\.") as caught:
        await widget.ask("Hello")

    assert widget.error["message"] == caught.value.message
    assert caught.value.code == "unknown_parameter"


async def test_a_session_that_has_ended_says_so_to_whoever_uses_it(
    server: RealtimeServerProcess,
) -> None:
    backend = OpenAIBackend(server.url)
    connection = await backend.connect(SessionConfig(model="echo"))
    assert isinstance(await connection.receive(), events.SessionCreated)
    await connection.close()
    await connection.close()

    with pytest.raises(ConnectionLostError):
        await connection.receive()
    with pytest.raises(ConnectionLostError):
        await connection.send(events.InputAudioCommit())


@pytest.mark.parametrize(("scheme", "end"), [("ws", ""), ("ws", "/"), ("http", "")])
async def test_addresses_of_each_kind_reach_the_server(
    talk: StartTalk, server: RealtimeServerProcess, scheme: str, end: str
) -> None:
    widget, _ = talk(base_url=f"{scheme}{server.url.removeprefix('ws')}{end}")

    assert (await widget.ask("Hello")).text == "You said: Hello"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "host",
        "ftp://host/v1",
        "ws://",
        "file:///etc/passwd",
        "//host/v1",
        "ws://[::1/v1",
        "ws://host:99999/v1",
        "ws://host:0/v1",
        "ws://host:port/v1",
        5,
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InputError, match=r"base_url is .*Give a URL such as wss://"):
        OpenAIBackend(url)


def test_the_dialect_is_one_of_two() -> None:
    with pytest.raises(InputError, match="Give 'ga' or 'beta'"):
        OpenAIBackend(dialect="gamma")  # type: ignore[arg-type] # wrong on purpose


def test_what_openai_can_do() -> None:
    can = OpenAIBackend(api_key="key-of-a-test").capabilities

    assert (can.backend, can.label) == ("openai", "OpenAI")
    assert can.default_model == catalog().default_model
    assert can.default_model in [choice.value for choice in can.models]
    assert "alloy" in [choice.value for choice in can.voices]
    assert "nova" not in [choice.value for choice in can.voices]
    assert can.temperature is None
    assert can.temperature_reason
    assert can.speed == (0.25, 1.5)
    assert can.turn_detection == ("server_vad", "semantic_vad", "push_to_talk")
    assert can.voice_locked


def test_other_servers_models_are_their_own() -> None:
    can = OpenAIBackend("wss://voice.example/v1", "key-of-a-test").capabilities

    assert (can.label, can.models) == ("voice.example", ())
    assert repr(OpenAIBackend("wss://voice.example/v1")) == (
        "OpenAIBackend('voice.example', dialect='ga')"
    )


async def test_without_a_key_there_is_no_connection() -> None:
    widget = RealtimeWidget(backend="openai")
    with pytest.raises(KeyMissingError, match="Set OPENAI_API_KEY"):
        await widget.ask("Hello")

    assert widget.error["code"] == "key_missing"
    assert "backend='local'" in widget.error["hint"]
    widget.close()


@pytest.mark.parametrize(
    ("host", "key", "headers"),
    [
        ("me.openai.azure.com", "azure-key-1", {"api-key": "azure-key-1"}),
        ("me.openai.azure.com", "eyJ0eXAi.token", {}),
        ("api.example", "azure-key-1", {}),
    ],
)
def test_azure_takes_a_key_in_a_header_of_its_own(
    host: str, key: str, headers: dict[str, str]
) -> None:
    backend = OpenAIBackend(f"https://{host}/openai/v1", key)

    assert backend._extra_headers() == headers


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ({}, LocalBackend),
        ({"base_url": "ws://127.0.0.1:1/v1"}, OpenAIBackend),
        ({"api_key": "key-of-a-test"}, OpenAIBackend),
        ({"api_key": lambda: "key-of-a-test"}, OpenAIBackend),
    ],
)
def test_a_key_or_an_address_means_openai(
    arguments: dict[str, object], kind: type[object]
) -> None:
    assert isinstance(choose_backend("auto", **arguments), kind)  # type: ignore[arg-type] # of the test


def test_a_key_in_the_environment_means_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-a-test")

    assert isinstance(choose_backend("auto"), OpenAIBackend)
    assert isinstance(choose_backend("local"), LocalBackend)
    with pytest.raises(InputError, match="Give 'auto', 'openai', 'local'"):
        choose_backend("cloud")
