"""The thirteen defects of the workflow node that this widget's contract comes from.

Each has a test by its number, against a server in a process of its own.
"""

from __future__ import annotations

import asyncio
import base64
import io
import threading
import wave
from typing import TYPE_CHECKING

import pytest

from rt_widget import PushToTalk, ServerVad
from rt_widget.catalog import catalog
from rt_widget.chunks import make_chunk
from rt_widget.errors import ConnectionLostError, ResponseFailedError
from rt_widget.live_settings import MODEL_LATER
from tests.conftest import is_closing, silence, speech, tasks_of_sessions, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from rt_widget import RealtimeWidget
    from rt_widget.chunks import Chunk
    from tests.conftest import Recorder, StartTalk, Wire
    from tests.servers.process import RealtimeServerProcess


def say(widget: RealtimeWidget, pcm: bytes, *, done: bool = True) -> None:
    for at in range(0, len(pcm), 4_800):
        piece = base64.b64encode(pcm[at : at + 4_800]).decode()
        widget.send(make_chunk("audio", piece))
    if done:
        widget.send(make_chunk("audio", "", done=True))


def answered(count: int) -> Callable[[Wire], bool]:
    return lambda wire: len(wire.sent("response.done")) >= count


def chunks_of(widget: RealtimeWidget) -> list[Chunk]:
    chunks: list[Chunk] = []
    widget.observe(lambda change: chunks.append(change["new"]), names=["output_chunk"])
    return chunks


def outputs(wire: Wire) -> list[tuple[str, str]]:
    """What was answered to calls: their ids and the outputs."""
    items = [event["item"] for event in wire.received("conversation.item.create")]
    return [
        (item["call_id"], item["output"])
        for item in items
        if item["type"] == "function_call_output"
    ]


def calls(wire: Wire) -> list[str]:
    """Ids of the calls that the server has made."""
    done = wire.sent("response.function_call_arguments.done")
    return [event["call_id"] for event in done]


def test_01_the_voice_is_sent_and_none_means_text(talk: StartTalk) -> None:
    widget, wire = talk(voice="coral")
    widget.ask_sync("Hello")
    silent, text_wire = talk(voice="none")
    reply = silent.ask_sync("Hello")

    (update,) = wire.received("session.update")
    assert update["session"]["audio"]["output"]["voice"] == "coral"
    (update,) = text_wire.received("session.update")
    assert update["session"]["output_modalities"] == ["text"]
    assert (reply.text, reply.audio.duration) == ("You said: Hello", 0)


async def test_02_the_model_is_the_one_that_was_chosen(talk: StartTalk) -> None:
    widget, wire = talk()
    await widget.connect()
    (opened,) = [
        line for line in wire.server.log("opened") if line["model"] == wire.model
    ]
    assert opened["query"]["model"] == widget.model
    widget.model = "gpt-realtime-1.5"
    await until(widget, "notice", MODEL_LATER)
    await widget.ask("Hello")

    updates = wire.received("session.update")
    assert all("model" not in update["session"] for update in updates)
    assert wire.sent("error") == []


@pytest.mark.parametrize("voice", ["fable", "onyx", "nova"])
def test_03_voices_that_no_session_has_are_mapped_and_it_is_said(
    talk: StartTalk, voice: str
) -> None:
    widget, wire = talk(voice=voice)
    widget.ask_sync("Hello")

    spoken = wire.received("session.update")[0]["session"]["audio"]["output"]["voice"]
    assert spoken == catalog().fallback_voice
    assert f"using {spoken}" in widget.notice
    assert wire.sent("error") == []


def test_04_a_call_runs_once_and_with_its_arguments(talk: StartTalk) -> None:
    seen: list[str] = []

    def weather(city: str) -> str:
        """The weather in a city."""
        seen.append(city)
        return "sunny"

    widget, wire = talk("tool", tools=[weather])
    reply = widget.ask_sync('{"city": "Paris"}')

    assert seen == ["Paris"]
    assert "sunny" in reply.text
    added = [e["item"] for e in wire.sent("response.output_item.added")]
    assert [i["arguments"] for i in added if i["type"] == "function_call"] == [""]
    assert [call_id for call_id, _ in outputs(wire)] == calls(wire)
    assert wire.sent("error") == []


def test_05_every_call_is_answered_and_the_model_then_asked_to_go_on(
    talk: StartTalk,
) -> None:
    def weather(city: str) -> str:
        """The weather in a city."""
        return f"sunny in {city}"

    def broken() -> None:
        """Something that fails."""
        raise RuntimeError("out of order")

    widget, wire = talk("tool,calls=2", tools=[weather, broken])
    reply = widget.ask_sync('{"city": "Paris"}')

    assert sorted(call_id for call_id, _ in outputs(wire)) == sorted(calls(wire))
    assert len(calls(wire)) == 2
    assert reply.text.startswith("The tool said:")
    assert wire.types().count("response.create") == 2
    assert wire.sent("error") == []


async def test_06_a_tool_that_runs_holds_nothing_up(talk: StartTalk) -> None:
    goes_on = threading.Event()

    def slow() -> str:
        """Something that takes its time."""
        goes_on.wait()
        return "at last"

    widget, wire = talk("tool", tools=[slow], turn_detection=PushToTalk())
    question = asyncio.create_task(widget.ask("Go"))
    await wire.soon(lambda w: bool(calls(w)))
    try:
        say(widget, speech(0.3), done=False)
        await wire.soon(lambda w: len(w.received("input_audio_buffer.append")) == 3)
        assert outputs(wire) == []
    finally:
        goes_on.set()
    reply = await question

    assert "at last" in reply.text


@pytest.mark.parametrize(
    ("detection", "expected"),
    [
        (ServerVad(), []),
        (ServerVad(create_response=False), ["response.create"]),
        (PushToTalk(), ["input_audio_buffer.commit", "response.create"]),
    ],
)
async def test_07_the_end_of_spoken_input_never_races_the_servers_own_answer(
    talk: StartTalk, detection: ServerVad | PushToTalk, expected: list[str]
) -> None:
    widget, wire = talk("echo,heard=hello", turn_detection=detection)
    say(widget, speech(0.5))
    await wire.soon(answered(1))
    await until(widget, "status", "ready")

    kept = {"input_audio_buffer.commit", "response.create"}
    assert [name for name in wire.types() if name in kept] == expected
    assert len(wire.sent("response.created")) == 1
    assert wire.sent("error") == []
    assert widget.error == {}


async def test_08_nothing_ends_early_and_nothing_hangs(talk: StartTalk) -> None:
    widget, wire = talk("slow_text,words=3,interval=0.02,heard=hello")
    first = asyncio.create_task(widget.ask("one"))
    await until(widget, "status", "speaking")
    say(widget, speech(0.3) + silence(0.6), done=False)
    others = [asyncio.create_task(widget.ask(text)) for text in ("two", "three")]
    replies = await asyncio.gather(first, *others)

    assert len({reply.response_id for reply in replies}) == 3
    own = {e["response"]["id"] for e in wire.sent("response.done")}
    assert {reply.response_id for reply in replies} <= own
    # With no answer outstanding, the end of input asks for nothing and waits for none.
    widget.send(make_chunk("text", "", done=True))
    widget.send(make_chunk("audio", "", done=True))
    assert (await widget.ask("four")).status == "completed"


@pytest.mark.parametrize(
    "fault", ["error_rate_limit_exceeded", "error_server_error", "unknown", "malformed"]
)
async def test_09_an_error_is_not_the_end(talk: StartTalk, fault: str) -> None:
    widget, wire = talk(f"fault:{fault}")
    assert (await widget.ask("Count")).status == "completed"
    assert (await widget.ask("Again")).status == "completed"
    assert len(wire.connections) == 1


async def test_09_a_cancelled_answer_is_a_reply_and_a_failed_one_is_no_success(
    talk: StartTalk,
) -> None:
    widget, wire = talk("counter,duration=60,pace=1")
    question = asyncio.create_task(widget.ask("Count"))
    await until(widget, "status", "speaking")
    widget.interrupt()
    reply = await question
    assert (reply.status, reply.reason) == ("interrupted", "client_cancelled")
    assert len(wire.connections) == 1

    failing, _ = talk("fault:failed")
    with pytest.raises(ResponseFailedError, match="Rate limit"):
        await failing.ask("Count")
    half, _ = talk("fault:incomplete")
    reply = await half.ask("Count")
    assert (reply.status, reply.reason) == ("incomplete", "max_output_tokens")


async def test_10_an_interrupted_answer_is_cut_where_it_was_heard(
    talk: StartTalk,
) -> None:
    widget, wire = talk("counter,duration=60,pace=4")
    chunks = chunks_of(widget)
    question = asyncio.create_task(widget.ask("Count"))
    await wire.soon(lambda w: len(w.sent("response.output_audio.delta")) > 6)
    item_id = wire.sent("response.output_audio.delta")[0]["item_id"]
    position = {"item_id": item_id, "content_index": 0, "played_samples": 4_800}
    cut = {"type": "interrupt", "page": "p", "response_id": None}
    widget._handle_custom_msg({**cut, "positions": [position]}, [])
    reply = await question
    await wire.soon(lambda w: bool(w.sent("conversation.item.truncated")))
    await until(widget, "output_chunk", is_closing)

    (truncate,) = wire.received("conversation.item.truncate")
    assert (truncate["item_id"], truncate["audio_end_ms"]) == (item_id, 200)
    assert reply.status == "interrupted"
    assert reply.audio.duration < 60
    assert widget.conversation[-1].heard_ms == 200
    assert [chunk for chunk in chunks if chunk["done"]] == chunks[-1:]
    assert wire.sent("error") == []


async def test_11_the_audio_is_playable_and_what_is_kept_of_it_has_an_end(
    talk: StartTalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rt_widget.replies.SOUND_KEPT_S", 9.0)
    widget, _ = talk("counter,duration=4")
    for _ in range(4):
        reply = await widget.ask("Count")

    assert widget.audio is not None
    assert widget.audio.samples is reply.audio.samples
    with wave.open(io.BytesIO(widget.audio.to_wav())) as file:
        assert (file.getframerate(), file.getnchannels()) == (24_000, 1)
        assert file.getnframes() == 4 * 24_000
    assert "<audio controls" in widget.audio._repr_html_()
    assert [kept.audio.duration for kept in widget.replies] == [4.0, 4.0]
    assert "audio" not in widget.keys


async def test_12_spoken_answers_are_closed_and_the_person_is_read_too(
    talk: StartTalk, page: Recorder
) -> None:
    widget, wire = talk("echo,heard=hello there")
    chunks = chunks_of(widget)
    say(widget, speech(0.5))
    await wire.soon(answered(1))
    await until(widget, "output_chunk", is_closing)

    (response,) = (event["response"] for event in wire.sent("response.done"))
    closing = chunks[-1]
    assert closing["content_metadata"] == {"response_id": response["id"]}
    assert (closing["content"], closing["done"]) == ("", True)
    shown = [s["output_chunk"] for s in page.states() if "output_chunk" in s]
    assert shown[-1] == closing
    assert widget.transcript.startswith("user: hello there\n")
    await until(widget, "usage", lambda usage: usage["total_tokens"] > 0)


@pytest.mark.parametrize("fault", ["expired", "reset", "close_1001"])
async def test_12_after_a_loss_nothing_is_left_running_and_the_next_question_connects(
    talk: StartTalk, own_server: RealtimeServerProcess, fault: str
) -> None:
    widget, wire = talk(f"fault:{fault},times=1", on=own_server)
    with pytest.raises(ConnectionLostError):
        await widget.ask("Count")
    assert tasks_of_sessions() == []
    assert widget.status == "disconnected"
    reply = await widget.ask("Again")

    assert reply.text == "You said: Again"
    assert len(wire.connections) == 2
    assert len(tasks_of_sessions()) == 2


async def test_13_the_session_speaks_the_protocol_of_today(talk: StartTalk) -> None:
    widget, wire = talk("fault:unknown", voice="none")
    reply = await widget.ask("Hello")

    (opened,) = [
        line for line in wire.server.log("opened") if line["model"] == wire.model
    ]
    assert "openai-beta" not in opened["headers"]
    session = wire.received("session.update")[0]["session"]
    assert session["type"] == "realtime"
    assert {"modalities", "input_audio_format", "turn_detection"}.isdisjoint(session)
    assert wire.sent("response.output_text.delta")
    assert reply.text == "Counting for 3 seconds."
    assert wire.sent("error") == []
