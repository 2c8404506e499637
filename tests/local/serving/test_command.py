"""The command `rt-widget serve`, as a person or a supervisor has it."""

from __future__ import annotations

import json
import signal
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from openai import AsyncOpenAI
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from rt_widget.cli import main
from tests.local.serving.command import Command, serve_command

if TYPE_CHECKING:
    from pathlib import Path

    from openai.resources.realtime.realtime import AsyncRealtimeConnection
    from websockets.asyncio.client import ClientConnection

MIB = 1024 * 1024
EVERYWHERE = "0.0.0.0"  # noqa: S104 - that it warns is the test
GIVEN = "a-token-that-a-person-gave"


async def attacker(server: Command) -> ClientConnection:
    """A session of a client that means no good."""
    key = {"Authorization": f"Bearer {server.token}"}
    return await connect(f"{server.url}/realtime", additional_headers=key, max_queue=1)


async def huge_event(server: Command) -> None:
    """An event of 100 MB, to the end."""
    socket = await attacker(server)
    socket.transport.write(b"\x81\xff" + (100 * MIB).to_bytes(8) + bytes(4))
    for _ in range(100):
        with suppress(ConnectionClosed):
            await socket.send(bytes(MIB))
        if socket.state is not State.OPEN:
            break
    await socket.wait_closed()


async def deaf_reader(server: Command) -> None:
    """It asks for 100 MB of events and reads none, until it is let go."""
    socket = await attacker(server)
    socket.transport.pause_reading()
    part = {"type": "input_text", "text": "x" * 100_000}
    item = {"id": "long", "type": "message", "role": "user", "content": [part]}
    await socket.send(json.dumps({"type": "conversation.item.create", "item": item}))
    retrieve = {"type": "conversation.item.retrieve", "item_id": "long"}
    for _ in range(1_000):
        await socket.send(json.dumps(retrieve))
    socket.transport.resume_reading()
    with pytest.raises(ConnectionClosed, match="Events were not read"):  # noqa: PT012 - after what was sent before
        while True:
            await socket.recv()


async def spoken(connection: AsyncRealtimeConnection) -> int:
    """Seconds of sound that answer a question, times ten."""
    text = "What is the capital of France?"
    await connection.conversation.item.create(
        item={
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": text}],
        }
    )
    await connection.response.create()
    characters = 0
    async for event in connection:
        if event.type == "response.output_audio.delta":
            characters += len(event.delta)
        if event.type == "response.done":
            assert event.response.status == "completed"
            break
    return characters // 6_400


@pytest.mark.weights
@pytest.mark.timeout(180)
async def test_it_stands_attacks_speaks_and_ends_with_ctrl_c() -> None:
    with serve_command() as server:
        memory = {"ready": server.megabytes()}
        for attack in (huge_event, deaf_reader):
            for _ in range(2):
                await attack(server)
            memory[attack.__name__] = server.megabytes()
        client = AsyncOpenAI(websocket_base_url=server.url, api_key=server.token)
        async with client, client.realtime.connect(model="local") as connection:
            assert await spoken(connection) > 5
            code = server.end(signal.SIGINT)
            with pytest.raises(ConnectionClosed, match=r"1001.*The server was stopped"):
                await connection.recv()

        assert code == 130
        said = server.said()
        assert "Session 1 begins" in said
        assert said.endswith("rt-widget: stopped.\n")
        assert "Traceback" not in said
        assert server.token not in said
        # Each of the attacks is of 100 MB or more, and is made twice.
        assert max(memory.values()) - memory["ready"] < 100, memory


@pytest.mark.weights
@pytest.mark.timeout(180)
async def test_elsewhere_it_warns_and_a_token_that_was_given_is_not_shown() -> None:
    # Without a language model of its own it is ready sooner.
    arguments = ("--llm-base-url", "http://127.0.0.1:9/v1", "--host", EVERYWHERE)
    with serve_command(*arguments, RT_WIDGET_TOKEN=GIVEN) as server:
        client = AsyncOpenAI(
            base_url=server.url.replace("ws://", "http://"), api_key=GIVEN
        )
        async with client:
            models = [model.id async for model in client.models.list()]
        code = server.end(signal.SIGTERM)

        assert models == ["local"]
        assert code == 0
        assert GIVEN not in server.greeting + server.said()
        assert "nothing on the way is encrypted" in server.said()
        assert "Traceback" not in server.said()


def test_a_port_that_is_taken_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code = main(["serve", "--quiet", "--port", str(port)])

    assert code == 1
    assert capsys.readouterr().err == (
        f"rt-widget: Port {port} of 127.0.0.1 is taken by another program. "
        "Give another port; 0 takes a free one.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "no.such.host.invalid"], "no.such.host.invalid is no address of"),
        (["--host", "192.0.2.1"], "192.0.2.1 is no address of this computer"),
        (["--host", ""], "The host is empty"),
        (["--port", "70000"], "The port is 70000. Give 0 to 65535."),
        (["--token", "secret"], "The token cannot be used. Give 16 or more"),
        (["--sessions", "0"], "sessions is 0. Give 1 or more."),
        (["--allow-origin", "*"], "An origin is '*'."),
        (["--threads", "0"], "threads is 0."),
        (["--llm-base-url", "ollama"], "llm_base_url is 'ollama'."),
    ],
)
def test_what_cannot_be_is_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--quiet", "--port", "0", *arguments]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"rt-widget: {said}")
    assert printed.err.count("\n") == 1


def test_without_the_model_files_it_says_how_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RT_WIDGET_MODELS", str(tmp_path))

    assert main(["serve", "--quiet", "--port", "0"]) == 1
    printed = capsys.readouterr().err
    assert printed.startswith("rt-widget: The model files of the local voice are not")
    assert "rt-widget fetch" in printed
    assert printed.count("\n") == 1
