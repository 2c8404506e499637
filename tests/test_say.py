from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from rt_widget import OpenAIBackend
from rt_widget.errors import ClosedError, InputError, RealtimeWidgetError
from tests.conftest import until

if TYPE_CHECKING:
    from rt_widget import RealtimeWidget
    from tests.conftest import StartTalk
    from tests.servers.process import RealtimeServerProcess

TEXT = 'Welcome to "the lecture".'


async def test_the_server_is_told_to_say_just_these_words_beside_the_conversation(
    talk: StartTalk,
) -> None:
    widget, wire = talk()
    reply = await widget.say(f" {TEXT} ")

    (request,) = wire.received("response.create")
    response = request["response"]
    assert response["instructions"].endswith(f"\n\n{TEXT}")
    assert (response["conversation"], response["input"]) == ("none", [])
    assert response["tool_choice"] == "none"
    assert "conversation.item.create" not in wire.types()
    assert wire.sent("conversation.item.added") == []
    assert wire.sent("error") == []
    assert reply == widget.replies[-1]
    assert reply.audio.duration > 0
    assert [item.role for item in widget.conversation] == ["assistant"]


async def test_a_server_of_the_flat_dialect_gets_what_it_knows(
    talk: StartTalk, beta_server: RealtimeServerProcess
) -> None:
    backend = OpenAIBackend(beta_server.url, dialect="beta")
    widget, wire = talk(on=beta_server, backend=backend, base_url=None)
    await widget.say(TEXT)

    (request,) = wire.received("response.create")
    assert set(request["response"]) == {"instructions"}
    assert wire.sent("error") == []


async def test_it_is_said_without_being_awaited_and_in_order(talk: StartTalk) -> None:
    widget, wire = talk()
    sayings = [widget.say(f"Line {number}") for number in range(3)]
    await widget.ask("Hello")

    tails = [
        event["response"].get("instructions", "ask")[-6:]
        for event in wire.received("response.create")
    ]
    assert tails == ["Line 0", "Line 1", "Line 2", "ask"]
    assert [await each for each in sayings] == list(widget.replies[:3])
    assert repr(sayings[0]) == "Saying('Line 0')"


async def test_the_answers_after_it_go_on_with_the_conversation(
    talk: StartTalk,
) -> None:
    widget, wire = talk()
    await widget.ask("One")
    await widget.say(TEXT)
    reply = await widget.ask("Two")

    assert reply.text == "You said: Two"
    assert "instructions" not in wire.received("response.create")[-1]["response"]
    texts = [item.text for item in widget.conversation if item.role == "user"]
    assert texts == ["One", "Two"]


async def test_cancelling_who_waits_for_it_stops_the_voice(talk: StartTalk) -> None:
    widget, wire = talk("as_asked,words=1200,interval=0.02", voice="none")
    saying = asyncio.ensure_future(widget.say("slowly"))
    await until(widget, "status", "speaking")
    saying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await saying

    await wire.soon(lambda w: bool(w.received("response.cancel")))
    await until(widget, "status", "ready")
    assert wire.sent("error") == []


async def test_it_can_be_interrupted(talk: StartTalk) -> None:
    widget, _ = talk("as_asked,words=1200,interval=0.02", voice="none")
    saying = widget.say("slowly")
    await until(widget, "status", "speaking")
    widget.interrupt()

    assert (await saying).status == "interrupted"


async def test_what_cannot_be_said_is_refused_at_once(
    unconnected: RealtimeWidget,
) -> None:
    with pytest.raises(InputError, match="nothing to say"):
        unconnected.say(" ")
    with pytest.raises(RealtimeWidgetError):
        await unconnected.say("Hello")
    unconnected.close()
    with pytest.raises(ClosedError):
        unconnected.say("Hello")
