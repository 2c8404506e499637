from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from rt_widget.errors import ClosedError
from rt_widget.listening import SAID_KEPT, Ear, Said
from tests.conftest import silence, speech
from tests.test_turns import send

if TYPE_CHECKING:
    from rt_widget import RealtimeWidget
    from rt_widget.listening import Listening
    from tests.conftest import StartTalk

TURN = speech(0.6) + silence(0.8)


async def heard(listening: Listening, turns: int = 1) -> list[str]:
    """The final words of so many turns."""
    texts: list[str] = []
    async for said in listening:
        if said.is_final:
            texts.append(said.text)
        if len(texts) == turns:
            break
    return texts


async def test_what_the_person_says_is_heard_by_all_who_listen(talk: StartTalk) -> None:
    widget, _ = talk("echo,heard=hello there|goodbye")
    ears = [widget.listen() for _ in range(3)]
    tasks = [asyncio.create_task(heard(each, turns=2)) for each in ears]
    for _ in range(2):
        send(widget, TURN)

    assert await asyncio.gather(*tasks) == [["hello there", "goodbye"]] * 3


async def test_words_are_heard_as_they_are_recognised(talk: StartTalk) -> None:
    widget, _ = talk("echo,heard=hello there")
    listening = widget.listen()
    send(widget, TURN)
    stages = []
    async for said in listening:
        stages.append(said)
        if said.is_final:
            break

    assert stages[-1].text == "hello there"
    assert [said.is_final for said in stages[:-1]] == [False] * (len(stages) - 1)
    assert all(stages[-1].text.startswith(said.text) for said in stages)
    (item,) = (item for item in widget.conversation if item.role == "user")
    assert {said.item_id for said in stages} == {item.id}


async def test_what_is_typed_is_not_said(talk: StartTalk) -> None:
    widget, _ = talk("echo,heard=spoken")
    listening = widget.listen()
    await widget.ask("Typed")
    send(widget, TURN)

    assert await heard(listening) == ["spoken"]


def test_a_script_listens_without_await(talk: StartTalk) -> None:
    widget, _ = talk("echo,heard=hello there")
    listening = widget.listen()
    send(widget, TURN)
    said = next(said for said in listening if said.is_final)

    assert said.text == "hello there"


async def test_what_is_said_between_two_loops_is_kept_for_the_second(
    talk: StartTalk,
) -> None:
    widget, wire = talk("echo,heard=one|two")
    listening = widget.listen()
    send(widget, TURN)
    assert await heard(listening) == ["one"]
    send(widget, TURN)
    done = "conversation.item.input_audio_transcription.completed"
    await wire.soon(lambda w: len(w.sent(done)) == 2)

    assert await heard(listening) == ["two"]


@pytest.mark.parametrize("ending", ["widget", "listening"])
async def test_a_loop_ends_when_the_widget_or_the_listener_is_closed(
    unconnected: RealtimeWidget, ending: str
) -> None:
    listening = unconnected.listen()
    task = asyncio.create_task(heard(listening))
    await asyncio.sleep(0)
    if ending == "widget":
        unconnected.close()
    else:
        listening.close()

    assert await task == []
    assert await heard(listening) == []


async def test_a_closed_widget_has_nothing_to_listen_to(
    unconnected: RealtimeWidget,
) -> None:
    unconnected.close()
    with pytest.raises(ClosedError):
        unconnected.listen()


async def test_a_listener_that_nobody_keeps_is_forgotten(
    unconnected: RealtimeWidget,
) -> None:
    ears = unconnected._live.ears
    listening = unconnected.listen()
    other = unconnected.listen()
    del listening
    await other.aclose()

    assert ears._ears == ()


async def test_who_does_not_keep_up_gets_the_latest_words_of_each_turn() -> None:
    ear = Ear()
    for turn in range(SAID_KEPT + 10):
        for length in range(4):
            ear.hear(Said("ha" * length, is_final=length == 3, item_id=str(turn)))
    taken = await ear.take()

    assert len(taken) == SAID_KEPT
    assert {said.text for said in taken} == {"hahaha"}
    assert taken[-1].item_id == str(SAID_KEPT + 9)
