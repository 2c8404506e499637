from __future__ import annotations

import asyncio
import os
import signal
import time
import traceback
from typing import TYPE_CHECKING

import pytest

from rt_widget import RealtimeWidget, session
from rt_widget.errors import (
    ClosedError,
    ConnectError,
    ConnectionLostError,
    NotConnectedError,
    RealtimeWidgetError,
    ResponseFailedError,
    ServerError,
)
from tests.conftest import PATIENCE_S, is_closing, until
from tests.servers.chaos import ChaosProxy, Line
from tests.servers.signals import check_counter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Recorder, StartTalk
    from tests.servers.process import RealtimeServerProcess


def check_shown(widget: RealtimeWidget, error: RealtimeWidgetError) -> None:
    """What was raised is what the cell shows, with a next step; and it reads well."""
    assert widget.error == {
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
        "retryable": error.retryable,
    }
    assert error.hint
    assert str(error) == f"{error.message} {error.hint}"
    assert widget.status in ("disconnected", "ready")
    # None of the client libraries' own exceptions is told along.
    assert "The above exception" not in "".join(traceback.format_exception(error))


async def refused(widget: RealtimeWidget) -> ConnectError:
    with pytest.raises(ConnectError) as caught:
        await widget.connect()
    check_shown(widget, caught.value)
    assert widget.status == "disconnected"
    return caught.value


@pytest.mark.parametrize(
    ("status", "code", "retryable", "hint"),
    [
        (401, "key_rejected", False, "OPENAI_API_KEY"),
        (403, "forbidden", False, "may not use this model"),
        (404, "not_found", False, "Check the model's name"),
        (429, "rate_limited", True, "Try again in 7 s."),
        (500, "unavailable", True, "try again in a moment"),
        (503, "unavailable", True, "Try again in 7 s."),
    ],
)
async def test_a_refused_connection_says_why_and_what_to_do(
    talk: StartTalk, status: int, code: str, hint: str, *, retryable: bool
) -> None:
    widget, _ = talk(f"fault:http_{status},times=1")
    error = await refused(widget)

    assert (error.code, error.retryable) == (code, retryable)
    assert f"({status}: " in error.message
    assert hint in error.hint
    assert (await widget.ask("Hello")).text == "You said: Hello"
    assert widget.error == {}


async def test_a_port_that_nobody_listens_on(unconnected: RealtimeWidget) -> None:
    error = await refused(unconnected)

    assert error.message == "127.0.0.1 refuses connections."
    assert error.retryable


async def test_a_name_that_nobody_has() -> None:
    widget = RealtimeWidget(base_url="ws://no-such-host.invalid/v1", api_key="key")
    error = await refused(widget)
    widget.close()

    assert error.message == "no-such-host.invalid cannot be reached."


async def test_something_else_than_a_realtime_server() -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello")
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    async with listener:
        widget = RealtimeWidget(base_url=f"ws://127.0.0.1:{port}/v1")
        error = await refused(widget)
        widget.close()

    assert "200" in error.message


async def test_tls_where_there_is_none(
    talk: StartTalk, server: RealtimeServerProcess
) -> None:
    widget, _ = talk(base_url=server.url.replace("ws://", "wss://"))
    error = await refused(widget)

    assert "https where http was meant" in error.hint


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ("model_not_found", ServerError, "model_not_found"),
        ("gone", ConnectionLostError, "ended"),
        ("greet_close", ConnectionLostError, "ended"),
    ],
)
async def test_a_session_that_never_comes_to_be(
    talk: StartTalk, fault: str, kind: type[RealtimeWidgetError], code: str
) -> None:
    widget, wire = talk(f"fault:{fault},times=1")
    with pytest.raises(kind) as caught:
        await widget.ask("Hello")

    check_shown(widget, caught.value)
    assert caught.value.code == code
    assert len(wire.connections) == 1
    assert (await widget.ask("Hello")).status == "completed"


async def test_a_server_that_says_nothing_is_given_up(
    talk: StartTalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "OPENING_TIMEOUT_S", 0.2)
    widget, wire = talk("fault:mute")
    error = await refused(widget)

    assert "did not set the session up" in error.message
    await wire.soon(lambda w: bool(w.closings))
    widget.model = "echo"
    assert (await widget.ask("Hello")).status == "completed"


async def test_an_attempt_to_connect_can_be_given_up(talk: StartTalk) -> None:
    widget, wire = talk("fault:mute")
    question = asyncio.create_task(widget.ask("Hello"))
    await wire.soon(lambda w: bool(w.connections))
    await widget.disconnect()

    with pytest.raises(NotConnectedError):
        await question
    assert widget.status == "disconnected"
    await wire.soon(lambda w: bool(w.closings))


CLOSES = [
    ("close_1000", "ended", True),
    ("close_1001", "session_expired", True),
    ("expired", "session_expired", True),
    ("close_1003", "connection_lost", True),
    ("close_1008", "refused", False),
    ("close_1009", "too_large", False),
    ("close_1011", "connection_lost", True),
    ("close_1012", "connection_lost", True),
    ("close_4000", "beta_api_shape_disabled", False),
    ("reset", "connection_lost", True),
    ("fin", "connection_lost", True),
    ("garbage", "connection_lost", True),
    ("huge", "too_large", False),
]


@pytest.mark.parametrize(("fault", "code", "retryable"), CLOSES)
async def test_a_connection_lost_in_mid_answer(
    talk: StartTalk, fault: str, code: str, *, retryable: bool
) -> None:
    widget, wire = talk(f"fault:{fault},times=1")
    with pytest.raises(ConnectionLostError) as caught:
        await widget.ask("Count")
    check_shown(widget, caught.value)
    await until(widget, "output_chunk", is_closing)

    assert (caught.value.code, caught.value.retryable) == (code, retryable)
    asked, answer = widget.conversation
    assert (asked.text, asked.status) == ("Count", "completed")
    assert answer.status == "incomplete"
    assert "Counting for 3 seconds.".startswith(answer.text)
    assert answer.text
    assert answer.audio_ms == 300

    assert (await widget.ask("Again")).text == "You said: Again"
    assert len(wire.connections) == 2
    assert widget.conversation[1] == answer
    assert widget.error == {}


async def test_a_stream_yields_what_came_and_then_fails(talk: StartTalk) -> None:
    widget, _ = talk("fault:close_3001,after=3")
    came: list[str] = []

    async def listen() -> None:
        async for chunk in widget.stream("Count"):
            came.append(chunk["content_type"])  # noqa: PERF401 - what came before it fails

    with pytest.raises(ConnectionLostError):
        await listen()
    assert came.count("audio") == 3


async def test_all_questions_that_wait_fail_with_the_connection(
    talk: StartTalk,
) -> None:
    widget, _ = talk("fault:close_3002,after=3")
    asked = [widget.ask(text) for text in ("one", "two")]
    results = await asyncio.gather(*asked, return_exceptions=True)

    assert [type(result) for result in results] == [ConnectionLostError] * 2


@pytest.mark.parametrize(
    "fault", ["malformed", "unknown", "late", "null_usage", "bad_audio"]
)
async def test_what_no_server_should_send_harms_nothing(
    talk: StartTalk, fault: str
) -> None:
    widget, wire = talk(f"fault:{fault}")
    reply = await widget.ask("Count")

    assert reply.status == "completed"
    assert reply.text == "Counting for 3 seconds."
    assert check_counter(reply.audio.samples, expected=72_000).intact
    assert (await widget.ask("Again")).status == "completed"
    assert widget.audio is not None
    assert widget.audio.duration >= 3
    assert len(wire.connections) == 1
    assert [item.role for item in widget.conversation] == ["user", "assistant"] * 2


async def test_answers_that_never_began_are_left_out(talk: StartTalk) -> None:
    widget, _ = talk("fault:orphans")
    heard: list[object] = []
    widget.observe(lambda change: heard.append(change["new"]), names=["audio"])
    replies = [await widget.ask(text) for text in ("One", "Two")]

    for reply in replies:
        assert check_counter(reply.audio.samples, expected=72_000).intact
    # Observers are told beside the one who asks.
    assert await asyncio.to_thread(widget._observers.lane.wait, PATIENCE_S)
    assert heard == [reply.audio for reply in replies]
    assert widget.error == {}


@pytest.mark.parametrize("code", ["rate_limit_exceeded", "server_error"])
async def test_an_error_beside_the_answer_is_shown_and_the_answer_goes_on(
    talk: StartTalk, code: str
) -> None:
    widget, _ = talk(f"fault:error_{code}")
    reply = await widget.ask("Count")

    assert reply.status == "completed"
    assert widget.error["code"] == code
    assert widget.error["hint"]


@pytest.mark.parametrize(
    "code", ["response_cancel_not_active", "conversation_already_has_active_response"]
)
async def test_errors_that_only_tell_of_a_lost_race_are_not_shown(
    talk: StartTalk, code: str
) -> None:
    widget, _ = talk(f"fault:error_{code}")

    assert (await widget.ask("Count")).status == "completed"
    assert widget.error == {}


async def test_a_failed_answer_is_an_error_with_the_servers_code(
    talk: StartTalk,
) -> None:
    widget, _ = talk("fault:failed,code=insufficient_quota")
    with pytest.raises(
        ResponseFailedError, match="exceeded your current quota"
    ) as caught:
        await widget.ask("Count")

    assert caught.value.code == "insufficient_quota"
    check_shown(widget, caught.value)
    assert widget.conversation[-1].status == "incomplete"


async def test_an_answer_that_was_too_long_is_a_reply_that_says_so(
    talk: StartTalk,
) -> None:
    widget, _ = talk("fault:incomplete")
    reply = await widget.ask("Count")

    assert (reply.status, reply.reason) == ("incomplete", "max_output_tokens")
    assert reply.text


async def test_an_answer_without_an_end_can_be_left(talk: StartTalk) -> None:
    widget, wire = talk("fault:no_done,times=1")
    question = asyncio.create_task(widget.ask("Count"))
    await wire.soon(lambda w: len(w.sent("response.output_audio.delta")) == 3)
    await widget.disconnect()

    with pytest.raises(ConnectionLostError):
        await question
    assert (await widget.ask("Again")).text == "You said: Again"


@pytest.fixture
def proxy(server: RealtimeServerProcess) -> Iterator[ChaosProxy]:
    with ChaosProxy(server.port) as running:
        yield running


async def test_a_line_that_is_cut(talk: StartTalk, proxy: ChaosProxy) -> None:
    widget, _ = talk("counter,duration=60,pace=1", base_url=proxy.url)
    question = asyncio.create_task(widget.ask("Count"))
    await until(widget, "status", "speaking")
    proxy.reset()

    with pytest.raises(ConnectionLostError, match="broke off"):
        await question


async def test_a_line_that_delivers_crumbs(talk: StartTalk, proxy: ChaosProxy) -> None:
    proxy.set_line(Line(slice_bytes=701, jitter=0.001))
    widget, _ = talk("counter,duration=5", base_url=proxy.url)
    reply = await widget.ask("Count")

    assert check_counter(reply.audio.samples, expected=120_000).intact


async def test_a_server_that_is_stuck_holds_nobody(
    talk: StartTalk, own_server: RealtimeServerProcess
) -> None:
    widget, _ = talk("counter,duration=60,pace=1", on=own_server)
    question = asyncio.create_task(widget.ask("Count"))
    await until(widget, "status", "speaking")
    os.kill(own_server.pid, signal.SIGSTOP)
    try:
        await asyncio.to_thread(widget.close)
        with pytest.raises(ClosedError):
            async with asyncio.timeout(PATIENCE_S):
                await question
    finally:
        os.kill(own_server.pid, signal.SIGCONT)


async def test_a_server_that_floods_does_not_flood_the_page(
    talk: StartTalk, page: Recorder
) -> None:
    widget, wire = talk()
    started = time.monotonic()
    await widget.connect()
    for number in range(1_000):
        error = {"type": "server_error", "code": "oops", "message": f"Error {number}."}
        wire.server.command("send", event={"type": "error", "error": error})
        for name in ("started", "stopped"):
            kind = f"input_audio_buffer.speech_{name}"
            wire.server.command("send", event={"type": kind, "item_id": f"i{number}"})
    await until(widget, "error", lambda error: error.get("message") == "Error 999.")
    reply = await widget.ask("Hello")

    assert reply.text == "You said: Hello"
    # 3,000 events have come, of which the page needs the outcome.
    seconds = time.monotonic() - started
    assert len(page.messages) <= 50 * (seconds + 1)
