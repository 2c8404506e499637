from __future__ import annotations

import json
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rt_widget.backends.local import weights
from rt_widget.backends.local.engines.base import (
    ChatMessage,
    LlmUsage,
    Offer,
    ToolCall,
)
from rt_widget.backends.local.engines.chat_server import ChatServerLlm
from rt_widget.config import ToolSpec
from rt_widget.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "sk-very-secret"
DOUBLE = Path(__file__).with_name("chat_double.py")
HELLO = [ChatMessage("system", "Be kind."), ChatMessage("user", "Hello.")]

REAL_SERVER = """
import sys
import xllamacpp

parameters = xllamacpp.CommonParams()
parameters.model.path, key = sys.argv[1:]
parameters.n_ctx = 512
parameters.verbosity = -1
parameters.api_keys = [key]
server = xllamacpp.Server(parameters)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@dataclass
class Double:
    process: subprocess.Popen[str]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def heard(self) -> dict[str, object]:
        """The next request."""
        assert self.process.stdout is not None
        request: dict[str, object] = json.loads(self.process.stdout.readline())
        return request

    def go_on(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("on\n")
        self.process.stdin.flush()


@pytest.fixture
def double() -> Iterator[Double]:
    command = [sys.executable, str(DOUBLE)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        try:
            yield Double(process, int(process.stdout.readline()))
        finally:
            process.kill()


def ask(llm: ChatServerLlm, pieces: list[str] | None = None) -> LlmUsage:
    heard = [] if pieces is None else pieces

    def take(piece: str) -> bool:
        heard.append(piece)
        return True

    return llm.chat(HELLO, temperature=0.7, max_tokens=20, on_delta=take)


def failure_of(llm: ChatServerLlm) -> BackendError:
    with pytest.raises(BackendError) as failure:
        ask(llm)
    return failure.value


def test_answer_streams_with_the_request_as_it_was_asked(double: Double) -> None:
    pieces: list[str] = []
    usage = ask(ChatServerLlm(double.url, model="m", api_key=KEY), pieces)
    assert [piece for piece in pieces if piece] == ["Grüße", ", ", "you", " 🙂"]
    assert usage == LlmUsage(input_tokens=5, output_tokens=4, finish_reason="length")
    request = double.heard()
    assert request["path"] == "/v1/chat/completions"
    assert request["key"] == f"Bearer {KEY}"
    assert request["temperature"] == 0.7
    assert request["max_tokens"] == 20
    assert request["messages"] == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hello."},
    ]


def test_first_listed_model_is_taken_and_remembered(double: Double) -> None:
    llm = ChatServerLlm(double.url)
    ask(llm)
    ask(llm)
    assert double.heard()["path"] == "/v1/models"
    assert [double.heard()["model"] for _ in range(2)] == ["talker", "talker"]
    assert str(llm) == "talker"


def test_server_without_a_model_says_so(double: Double) -> None:
    llm = ChatServerLlm(double.url.replace("/v1", "/empty/v1"))
    error = failure_of(llm)
    assert "lists no model" in error.message
    assert "llm_model" in error.hint


def test_server_that_counts_no_tokens_is_asked_again_without(double: Double) -> None:
    usage = ask(ChatServerLlm(double.url, model="old"))
    assert usage == LlmUsage(finish_reason="length")


def test_refusal_is_told_in_the_servers_words_without_the_key(double: Double) -> None:
    error = failure_of(ChatServerLlm(double.url, model="refuse", api_key=KEY))
    assert "No such model for Bearer ***." in error.message
    assert KEY not in repr(error)
    assert error.code == "llm_failed"
    error = failure_of(ChatServerLlm(double.url, model="ollama"))
    assert error.message.endswith("failed: model not found")


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("denied", "Incorrect key: Bearer ***."),
        ("busy", "Rate limit."),
        ("cut", "broke off in the middle of an answer"),
        ("breaks", "Out of memory."),
    ],
)
def test_every_failure_is_told_in_its_own_words(
    double: Double, model: str, words: str
) -> None:
    error = failure_of(ChatServerLlm(double.url, model=model, api_key=KEY))
    assert words in error.message
    assert error.code == "llm_failed"
    assert KEY not in repr(error)


@pytest.mark.parametrize("model", ["garbage", "page"])
def test_nonsense_is_an_error_and_no_answer(double: Double, model: str) -> None:
    error = failure_of(ChatServerLlm(double.url, model=model))
    assert "127.0.0.1" in error.message


def test_server_that_is_not_there_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    error = failure_of(ChatServerLlm(f"http://127.0.0.1:{port}/v1", model="m"))
    assert error.code == "llm_unreachable"
    assert error.retryable
    assert "127.0.0.1 cannot be reached" in error.message
    assert "llm_base_url" in error.hint


def test_stopping_does_not_wait_for_the_server(double: Double) -> None:
    llm = ChatServerLlm(double.url, model="stall")
    asked: list[str] = []

    def stop(piece: str) -> bool:
        asked.append(piece)
        return False

    usage = llm.chat(HELLO, temperature=1.0, max_tokens=20, on_delta=stop)
    assert asked == [""]
    assert usage.finish_reason is None
    double.go_on()


def test_stopping_between_two_pieces_gives_no_further_one(double: Double) -> None:
    pieces: list[str] = []

    def take(piece: str) -> bool:
        pieces.append(piece)
        return not piece

    llm = ChatServerLlm(double.url, model="m")
    llm.chat(HELLO, temperature=1.0, max_tokens=20, on_delta=take)
    assert [piece for piece in pieces if piece] == ["Grüße"]


def test_neither_repr_nor_text_holds_the_key() -> None:
    llm = ChatServerLlm("http://127.0.0.1:1/v1", api_key=KEY)
    assert KEY not in f"{llm!r} {llm}"


def calls_of(
    llm: ChatServerLlm, *messages: ChatMessage, must_call: bool = False
) -> list[tuple[str, str]]:
    """What it calls where two tools are offered."""
    calls: list[tuple[str, str]] = []
    tools = [ToolSpec("look", "Looks.", {}), ToolSpec("wait", "Waits.", {})]

    def note(name: str, arguments: str) -> None:
        calls.append((name, arguments))

    llm.chat(
        messages or HELLO,
        temperature=0.7,
        max_tokens=20,
        on_delta=lambda _: True,
        offer=Offer(tools, note, must_call),
    )
    return calls


@pytest.mark.parametrize("model", ["caller", "ollama caller"])
def test_calls_are_put_together(double: Double, model: str) -> None:
    calls = calls_of(ChatServerLlm(double.url, model=model))
    assert calls == [("look", '{"city": "Oslo"}'), ("wait", "{}")]
    look = {"name": "look", "description": "Looks.", "parameters": {}}
    tools = double.heard()["tools"]
    assert isinstance(tools, list)
    assert tools[0] == {"type": "function", "function": look}


@pytest.mark.parametrize("must_call", [False, True])
def test_a_call_is_a_must_only_where_it_is(double: Double, *, must_call: bool) -> None:
    calls_of(ChatServerLlm(double.url, model="caller"), must_call=must_call)
    assert double.heard().get("tool_choice") == ("required" if must_call else None)


def test_calls_and_outputs_are_told_in_the_words_of_the_api(double: Double) -> None:
    call = ToolCall("c1", "look", "{}")
    asked = ChatMessage("assistant", "", call)
    calls_of(
        ChatServerLlm(double.url, model="m"), asked, ChatMessage("tool", "7", call)
    )
    function = {"name": "look", "arguments": "{}"}
    assert double.heard()["messages"] == [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c1", "type": "function", "function": function}],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "7"},
    ]


def test_server_that_takes_no_tools_is_asked_again_without(double: Double) -> None:
    assert calls_of(ChatServerLlm(double.url, model="toolless")) == []
    assert "tools" in double.heard()
    assert "tools" not in double.heard()


@pytest.mark.weights
def test_llama_cpp_server_answers() -> None:
    models = weights.find()
    if models is None:
        pytest.fail("the model files are missing: run rt-widget fetch")
    command = [sys.executable, "-c", REAL_SERVER, str(models.llm), KEY]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        pieces: list[str] = []
        usage = ask(ChatServerLlm(f"{address}/v1", api_key=KEY), pieces)
        error = failure_of(ChatServerLlm(f"{address}/v1", api_key="wrong"))
    assert "".join(pieces).strip()
    assert usage.finish_reason in {"stop", "length"}
    assert usage.input_tokens
    assert "key" in error.message.lower()
