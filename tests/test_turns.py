from __future__ import annotations

import asyncio
import base64
import os
import signal
from typing import TYPE_CHECKING

import pytest

from rt_widget import PushToTalk, ServerVad
from rt_widget._loop import background_loop
from rt_widget.audio import duration_ms
from rt_widget.chunks import make_chunk
from rt_widget.dialogue import SOUND_LOST
from tests.conftest import silence, speech, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget import RealtimeWidget
    from tests.conftest import Recorder, StartTalk, Wire
    from tests.servers.process import RealtimeServerProcess

TURN = speech(0.6) + silence(0.8)


def pieces(pcm: bytes, milliseconds: int = 100) -> Iterator[str]:
    size = 48 * milliseconds
    for at in range(0, len(pcm), size):
        yield base64.b64encode(pcm[at : at + size]).decode()


def send(widget: RealtimeWidget, pcm: bytes, *, done: bool = False) -> None:
    for piece in pieces(pcm):
        widget.send(make_chunk("audio", piece))
    if done:
        widget.send(make_chunk("audio", "", done=True))


def say_to_page(widget: RealtimeWidget, pcm: bytes, first: int = 0) -> int:
    """What a page sends while a microphone is on; returns the next number."""
    number = first
    for number, piece in enumerate(pieces(pcm), start=first):
        hand_over(widget, {"type": "audio", "seq": number, "at": 0, "audio": piece})
    return number + 1


def hand_over(widget: RealtimeWidget, content: dict[str, object]) -> None:
    widget._handle_custom_msg({"page": "page-1", **content}, [])


def switch(widget: RealtimeWidget, *, on: bool) -> None:
    microphone = {"type": "microphone", "label": "mic", "sample_rate": 48_000}
    hand_over(widget, {**microphone, "on": on})


def appended(wire: Wire) -> bytes:
    events = wire.received("input_audio_buffer.append")
    return b"".join(base64.b64decode(event["audio"]) for event in events)


def answers(wire: Wire) -> list[str]:
    return [e["response"]["status"] for e in wire.sent("response.done")]


async def test_a_spoken_turn_is_heard_shown_and_answered(talk: StartTalk) -> None:
    widget, wire = talk("echo,heard=hello there")
    states: list[str] = []
    widget.observe(lambda change: states.append(change["new"]), names=["status"])
    send(widget, TURN)
    await wire.soon(lambda w: bool(answers(w)))
    # It is ready before the turn too.
    said = "user: hello there\nassistant: You said: hello there"
    await until(widget, "transcript", said)
    await until(widget, "status", "ready")

    assert [item.status for item in widget.conversation] == ["completed", "completed"]
    assert states == [
        "connecting",
        "ready",
        "listening",
        "thinking",
        "speaking",
        "ready",
    ]
    assert "response.create" not in wire.types()
    assert appended(wire) == TURN
    assert wire.sent("error") == []


async def test_late_words_of_the_person_stand_before_the_answer(
    talk: StartTalk,
) -> None:
    widget, wire = talk("echo,heard=hello there,transcript=late")
    send(widget, TURN)
    done = "conversation.item.input_audio_transcription.completed"
    await wire.soon(lambda w: bool(w.sent(done)))
    await widget.ask("More")

    roles = [item.role for item in widget.conversation]
    assert roles == ["user", "assistant", "user", "assistant"]
    assert widget.conversation[0].text == "hello there"


async def test_words_that_could_not_be_made_out_are_a_failed_item(
    talk: StartTalk,
) -> None:
    widget, wire = talk("echo,transcript=failed")
    send(widget, TURN)
    await wire.soon(lambda w: bool(answers(w)))
    await until(widget, "status", "ready")

    assert [item.status for item in widget.conversation] == ["failed", "completed"]


async def test_the_servers_own_answer_is_not_a_questions(talk: StartTalk) -> None:
    widget, wire = talk("slow_text,words=3,interval=0.05,heard=hello")
    await widget.ask("First")
    send(widget, TURN)
    await until(widget, "status", "speaking")
    reply = await widget.ask("Second")

    own, mine = wire.sent("response.done")[-2:]
    assert own["response"]["metadata"] is None
    assert reply.response_id == mine["response"]["id"]
    assert answers(wire) == ["completed"] * 3
    assert widget.error == {}


async def test_speech_stops_the_answer(talk: StartTalk, page: Recorder) -> None:
    at_once = ServerVad(false_alarm_ms=0)
    widget, wire = talk("counter,duration=60,pace=1", turn_detection=at_once)
    question = asyncio.create_task(widget.ask("Count"))
    await until(widget, "output_chunk", lambda c: c["content_type"] == "audio")
    send(widget, speech(0.4))
    reply = await question

    assert (reply.status, reply.reason) == ("interrupted", "turn_detected")
    assert "response.cancel" not in wire.types()
    flushes = [c["response_id"] for c in page.customs() if c["type"] == "flush"]
    assert flushes == [reply.response_id]
    assert widget.status == "listening"


async def test_speech_that_lasts_stops_the_answer_from_here(
    talk: StartTalk, page: Recorder
) -> None:
    widget, wire = talk("counter,duration=60,pace=1")
    question = asyncio.create_task(widget.ask("Count"))
    await until(widget, "output_chunk", lambda c: c["content_type"] == "audio")
    send(widget, speech(0.4))
    await until(widget, "status", "listening")
    assert "flush" not in [custom["type"] for custom in page.customs()]
    send(widget, speech(2.0))
    reply = await question

    assert (reply.status, reply.reason) == ("interrupted", "client_cancelled")
    assert wire.types().count("response.cancel") == 1


async def test_speech_stops_nothing_where_it_must_not(talk: StartTalk) -> None:
    vad = ServerVad(interrupt_response=False, create_response=False)
    widget, wire = talk("slow_text,words=6,interval=0.05", turn_detection=vad)
    question = asyncio.create_task(widget.ask("Go"))
    await until(widget, "status", "speaking")
    send(widget, TURN)

    assert (await question).status == "completed"
    await wire.soon(lambda w: bool(w.sent("input_audio_buffer.committed")))
    assert answers(wire) == ["completed"]


@pytest.mark.parametrize("heard", [480, 12_000])
async def test_a_page_that_was_cut_off_truncates_at_what_was_heard(
    talk: StartTalk, heard: int
) -> None:
    widget, wire = talk("counter,duration=60,pace=4")
    question = asyncio.create_task(widget.ask("Count"))
    await wire.soon(lambda w: len(w.sent("response.output_audio.delta")) > 6)
    item_id = wire.sent("response.output_audio.delta")[0]["item_id"]
    position = {"item_id": item_id, "content_index": 0, "played_samples": heard}
    hand_over(
        widget, {"type": "interrupt", "response_id": None, "positions": [position]}
    )
    await question

    await wire.soon(lambda w: bool(w.sent("conversation.item.truncated")))
    assert wire.types()[-2:] == ["response.cancel", "conversation.item.truncate"]
    more = asyncio.create_task(widget.ask("More"))
    await wire.soon(lambda w: len(w.sent("response.created")) > 1)
    widget.interrupt()
    await more
    (item,) = (each for each in widget.conversation if each.id == item_id)
    assert (item.status, item.heard_ms) == ("interrupted", heard // 24)
    assert item.text
    assert wire.sent("error") == []


async def test_an_answer_of_which_nothing_was_heard_is_deleted(
    talk: StartTalk,
) -> None:
    widget, wire = talk("counter,duration=3,pace=4")
    question = asyncio.create_task(widget.ask("Count"))
    await wire.soon(lambda w: bool(w.sent("response.output_audio.delta")))
    item_id = wire.sent("response.output_audio.delta")[0]["item_id"]
    position = {"item_id": item_id, "content_index": 0, "played_samples": 0}
    hand_over(
        widget, {"type": "interrupt", "response_id": None, "positions": [position]}
    )
    await question
    await wire.soon(lambda w: bool(w.sent("conversation.item.deleted")))
    await widget.ask("More")

    assert [item.role for item in widget.conversation] == ["user", "user", "assistant"]


def push_to_talk(
    talk: StartTalk, scenario: str = "mirror"
) -> tuple[RealtimeWidget, Wire]:
    return talk(scenario, turn_detection=PushToTalk())


async def test_push_to_talk_ends_the_turn_by_hand(talk: StartTalk) -> None:
    widget, wire = push_to_talk(talk)
    send(widget, speech(0.5), done=True)
    await wire.soon(lambda w: bool(answers(w)))

    await until(widget, "audio", lambda audio: audio is not None)
    assert widget.audio is not None
    assert widget.audio.to_pcm16() == speech(0.5)
    assert wire.types()[-2:] == ["input_audio_buffer.commit", "response.create"]


async def test_a_touch_of_the_button_asks_nothing(talk: StartTalk) -> None:
    widget, wire = push_to_talk(talk)
    await widget.connect()
    send(widget, speech(0.05), done=True)
    await wire.soon(lambda w: bool(w.sent("input_audio_buffer.cleared")))
    send(widget, speech(0.2), done=True)
    await wire.soon(lambda w: bool(answers(w)))

    assert wire.types().count("input_audio_buffer.commit") == 1
    assert wire.sent("error") == []


async def test_a_microphone_that_is_let_go_ends_the_turn(talk: StartTalk) -> None:
    widget, wire = push_to_talk(talk)
    switch(widget, on=True)
    say_to_page(widget, speech(0.5))
    await until(widget, "status", "ready")
    switch(widget, on=False)
    await wire.soon(lambda w: bool(answers(w)))

    assert appended(wire) == speech(0.5)


async def test_what_was_said_while_connecting_is_not_lost(talk: StartTalk) -> None:
    said = bytes(6 * 48_000) + TURN
    widget, wire = talk("echo,heard=hello")
    switch(widget, on=True)
    say_to_page(widget, said)
    await wire.soon(lambda w: bool(answers(w)))

    assert appended(wire) == said


async def test_pieces_of_the_microphone_are_put_in_order(
    talk: StartTalk, page: Recorder
) -> None:
    widget, wire = talk()
    await widget.connect()
    switch(widget, on=True)
    sounds = [bytes([number, 0] * 2_400) for number in range(6)]
    for number in (0, 2, 3, 3, 1, 0, 4, 5):
        audio = base64.b64encode(sounds[number]).decode()
        hand_over(widget, {"type": "audio", "seq": number, "at": 0, "audio": audio})
    await wire.soon(lambda w: len(appended(w)) == 6 * 4_800)

    assert appended(wire) == b"".join(sounds)
    resends = [c for c in page.customs() if c["type"] == "resend"]
    assert resends == [{"type": "resend", "from": 1, "to": 1}]


async def test_empty_pieces_are_not_sent(talk: StartTalk) -> None:
    widget, wire = talk()
    await widget.connect()
    switch(widget, on=True)
    hand_over(widget, {"type": "audio", "seq": 0, "at": 0, "audio": ""})
    widget.send(make_chunk("audio", ""))
    await widget.ask("Hello")

    assert "input_audio_buffer.append" not in wire.types()


async def test_sound_sent_at_once_from_python_arrives_whole_and_in_order(
    talk: StartTalk,
) -> None:
    widget, wire = talk(turn_detection=PushToTalk())
    minute = b"".join(number.to_bytes(2, "little") * 2_400 for number in range(600))
    send(widget, minute)
    await wire.soon(lambda w: len(appended(w)) == len(minute))

    assert appended(wire) == minute


async def test_a_server_that_stops_reading_gets_the_newest_sound(
    talk: StartTalk, own_server: RealtimeServerProcess
) -> None:
    widget, wire = talk("echo", on=own_server, turn_detection=PushToTalk())
    await widget.connect()
    switch(widget, on=True)
    os.kill(own_server.pid, signal.SIGSTOP)
    try:
        number = 0
        while widget.notice != SOUND_LOST:
            number = say_to_page(widget, speech(1.0), number)
            # The sender has had its turn, and sockets have swallowed what they can.
            await asyncio.wrap_future(background_loop().submit(asyncio.sleep(0)))
    finally:
        os.kill(own_server.pid, signal.SIGCONT)
    last = bytes([7, 7] * 2_400)
    say_to_page(widget, last, number)
    await wire.soon(lambda w: appended(w).endswith(last))

    assert duration_ms(appended(wire)) < number * 100
