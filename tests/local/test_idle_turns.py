"""Whoever says nothing after an answer, through the whole protocol."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from rt_widget import events
from rt_widget.backends.local.engines.base import VAD_FRAME, Engines
from rt_widget.backends.local.protocol.outcome import (
    Recognise,
    Respond,
    Wake,
)
from rt_widget.backends.local.protocol.pieces import Called, Finished, Sound, Words
from rt_widget.backends.local.requests.values import (
    CancelResponse,
    CreateResponse,
)
from rt_widget.backends.local.session import LocalSession
from rt_widget.backends.local.settings import Settings
from rt_widget.backends.local.workers import Workers
from rt_widget.events import new_id
from tests.local.client import Client
from tests.local.scripted import (
    PATIENCE_S,
    LoudnessVad,
    ScriptedAsr,
    ScriptedLlm,
    ToneTts,
    loud,
)

if TYPE_CHECKING:
    from rt_widget.backends.local.requests.values import Wire

TIMEOUT_MS = 6_000


def caller(**rules: object) -> Client:
    """Whoever is called up again when they say nothing."""
    detection = {"type": "server_vad", "idle_timeout_ms": TIMEOUT_MS, **rules}
    patch: Wire = {"audio": {"input": {"turn_detection": detection}}}
    return Client(Settings.new(("heart",)).updated(patch))


def answered(client: Client, seconds: float = 1.5) -> None:
    """A typed question, and an answer whose sound is so long."""
    client.send(events.ItemCreate(item_id=new_id("item"), text="hi"))
    client.ask(CreateResponse())
    client.make(Words("Hello."), Sound(loud(seconds), 6), Finished())


def wake(client: Client) -> None:
    client.keep(client.protocol.woke())


def test_who_says_nothing_after_an_answer_is_asked_again_and_again() -> None:
    client = caller()
    answered(client)
    assert client.asked[-1] == Wake(1_500)
    wake(client)
    for turn in range(2):
        assert client.asked[-1] == Wake(TIMEOUT_MS)
        client.hear(*[0.0] * 188)
        told = len(client.kinds)
        wake(client)
        assert client.kinds[told:] == [
            "input_audio_buffer.timeout_triggered",
            "input_audio_buffer.committed",
            "conversation.item.added",
            "conversation.item.done",
        ]
        triggered, committed, added, _ = client.raw[told:]
        assert triggered["audio_start_ms"] == turn * 6_016
        assert triggered["audio_end_ms"] == (turn + 1) * 6_016
        assert triggered["item_id"] == committed["item_id"]
        assert isinstance(added["item"], dict)
        assert added["item"]["id"] == triggered["item_id"]
        recognise, respond = client.asked[-2:]
        assert isinstance(recognise, Recognise)
        assert isinstance(respond, Respond)
        assert len(recognise.sound) == 188 * VAD_FRAME
        client.recognise_all("")
        assert client.kinds[-1] == "response.created"
        prompt = client.protocol.prompt_for(respond.response_id)
        assert prompt is not None
        assert prompt.messages[-1].content == "Are you there?"
        client.make(Words("Still there?"), Sound(loud(0.7), 12), Finished())
        assert client.asked[-1] == Wake(700)
        wake(client)


def test_words_that_were_too_soft_for_a_turn_are_answered() -> None:
    client = caller()
    answered(client)
    wake(client)
    client.hear(*[0.3] * 188)
    wake(client)
    client.recognise_all("what is up")
    respond = client.asked[-1]
    assert isinstance(respond, Respond)
    prompt = client.protocol.prompt_for(respond.response_id)
    assert prompt is not None
    assert prompt.messages[-1].content == "what is up"


@pytest.mark.parametrize("woken", [0, 1])
def test_who_speaks_in_time_is_answered_as_ever(woken: int) -> None:
    client = caller()
    answered(client)
    for _ in range(woken):
        wake(client)
    client.speak()
    wake(client)
    client.recognise_all("what is up")
    assert "input_audio_buffer.timeout_triggered" not in client.kinds
    assert client.kinds.count("input_audio_buffer.committed") == 1
    client.make(Words("Hello."), Sound(loud(0.5), 6), Finished())
    assert client.asked[-1] == Wake(500)


def test_a_noise_only_puts_the_question_off() -> None:
    client = caller()
    answered(client)
    wake(client)
    client.speak()
    client.recognise_all("")
    assert client.asked[-1] == Wake(0)
    wake(client)
    assert client.asked[-1] == Wake(TIMEOUT_MS)
    wake(client)
    assert "input_audio_buffer.timeout_triggered" in client.kinds


def test_another_response_is_not_disturbed() -> None:
    client = caller()
    answered(client)
    wake(client)
    client.ask(CreateResponse())
    wake(client)
    assert "input_audio_buffer.timeout_triggered" not in client.kinds
    client.ask(CancelResponse())
    assert client.asked[-1] == Wake(0)


def test_whoever_works_on_a_call_is_not_waited_for() -> None:
    client = caller()
    client.ask(CreateResponse())
    client.make(Called("look_up", "{}"), Finished())
    assert client.kinds[-1] == "response.done"
    assert "Wake" not in client.work


def test_what_is_said_beside_the_conversation_changes_nothing() -> None:
    client = caller()
    answered(client)
    wake(client)
    client.ask(CreateResponse(out_of_band=True))
    client.make(Words("Hello."), Finished())
    assert client.work.count("Wake") == 2
    wake(client)
    assert "input_audio_buffer.timeout_triggered" in client.kinds


def test_who_speaks_while_an_answer_ends_is_let_finish() -> None:
    client = caller(interrupt_response=False)
    client.ask(CreateResponse())
    client.hear(*[0.9] * 20)
    client.make(Words("Hello."), Sound(loud(0.5), 6), Finished())
    assert "Wake" not in client.work
    client.hear(*[0.0] * 20)
    client.recognise_all("what is up")
    client.make(Words("Hello."), Sound(loud(0.5), 6), Finished())
    assert client.asked[-1] == Wake(500)


def test_a_session_without_the_timeout_never_asks() -> None:
    client = Client()
    answered(client)
    wake(client)
    assert "Wake" not in client.work
    assert client.kinds[-1] == "response.done"


async def test_a_session_keeps_the_time() -> None:
    settings = replace(Settings.new(("heart",)), idle_timeout_ms=50)
    engines = Engines(LoudnessVad, ScriptedAsr([""]), ScriptedLlm(), ToneTts(), "")
    session = LocalSession(Workers(engines), settings)
    try:
        session.submit(CreateResponse())
        order: list[object] = []
        while order.count("response.done") < 2:
            async with asyncio.timeout(PATIENCE_S):
                order.append((await session.next())["type"])
        first = order.index("response.done")
        second = order[first + 1 :]
        assert second[:2] == [
            "input_audio_buffer.timeout_triggered",
            "input_audio_buffer.committed",
        ]
    finally:
        session.close()
