from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING

import pytest

from rt_widget import Audio
from rt_widget.chunks import closing_chunk, empty_chunk, make_chunk
from rt_widget.errors import ClosedError, InputError
from tests.conftest import is_closing, make_widget, speech, until
from tests.servers.signals import check_counter

if TYPE_CHECKING:
    from rt_widget import RealtimeWidget
    from rt_widget.chunks import Chunk
    from tests.conftest import Recorder, StartTalk


def sound_of(chunks: list[Chunk]) -> bytes:
    return b"".join(
        base64.b64decode(c["content"]) for c in chunks if c["content_type"] == "audio"
    )


def words_of(chunks: list[Chunk]) -> str:
    return "".join(c["content"] for c in chunks if c["content_type"] == "text")


def heard_chunks(widget: RealtimeWidget) -> list[Chunk]:
    """The values that `output_chunk` takes from now on."""
    heard: list[Chunk] = []
    widget.observe(lambda change: heard.append(change["new"]), names=["output_chunk"])
    return heard


def test_a_script_asks_and_gets_a_reply(talk: StartTalk) -> None:
    widget, wire = talk()
    reply = widget.ask_sync("What is new?")

    assert reply.text == "You said: What is new?"
    assert reply.status == "completed"
    assert reply.audio.duration > 1
    assert reply.usage is not None
    assert reply.usage.output_audio_tokens > 0
    assert reply.latency.first_audio is not None
    assert widget.text == reply.text
    assert widget.audio is reply.audio
    assert [item.role for item in widget.conversation] == ["user", "assistant"]
    assert [item.status for item in widget.conversation] == ["completed", "completed"]
    assert widget.transcript == "user: What is new?\nassistant: You said: What is new?"
    assert wire.types() == [
        "session.update",
        "conversation.item.create",
        "response.create",
    ]
    assert wire.sent("error") == []


async def test_a_cell_asks_and_the_traits_follow(talk: StartTalk) -> None:
    widget, _ = talk()
    reply = await widget.ask("Hello")

    assert widget.audio is not None
    assert widget.audio.to_pcm16() == reply.audio.to_pcm16()
    assert reply.usage is not None
    assert widget.usage["total_tokens"] == reply.usage.total_tokens
    assert set(widget.latency) == {"first_text", "first_audio"}
    await until(widget, "text", "You said: Hello")
    await until(widget, "output_chunk", is_closing)
    assert widget.status == "ready"
    assert widget.error == {}


async def test_questions_are_answered_one_after_the_other(talk: StartTalk) -> None:
    widget, wire = talk()
    texts = ["one", "two", "three", "four"]
    replies = await asyncio.gather(*(widget.ask(text) for text in texts))

    assert [reply.text for reply in replies] == [f"You said: {t}" for t in texts]
    assert wire.sent("error") == []
    items = [event["item"] for event in wire.received("conversation.item.create")]
    assert [item["content"][0]["text"] for item in items] == texts


async def test_the_next_question_is_sent_while_the_last_is_answered(
    talk: StartTalk,
) -> None:
    widget, wire = talk("slow_text,words=3,interval=0.05")
    first = asyncio.create_task(widget.ask("one"))
    await until(widget, "status", "speaking")
    others = [asyncio.create_task(widget.ask(text)) for text in ("two", "three")]
    await asyncio.gather(first, *others)

    kinds = {"conversation.item.create": "item", "response.create": "ask"}
    sent = [kinds[name] for name in wire.types() if name in kinds]
    assert sent == ["item", "ask", "item", "ask", "item", "ask"]
    begun = [item.text for item in widget.conversation if item.role == "user"]
    assert begun == ["one", "two", "three"]


async def test_a_spoken_question_arrives_bit_for_bit(talk: StartTalk) -> None:
    widget, _ = talk("mirror")
    reply = await widget.ask(Audio.from_pcm16(speech(0.5)))

    assert reply.audio.to_pcm16() == speech(0.5)
    assert [item.status for item in widget.conversation] == ["completed", "completed"]


@pytest.mark.parametrize("question", ["", " \n", None, Audio([])])
async def test_there_must_be_something_to_ask(
    unconnected: RealtimeWidget, question: str
) -> None:
    with pytest.raises(InputError, match="nothing to ask"):
        await unconnected.ask(question)
    with pytest.raises(InputError, match="nothing to ask"):
        unconnected.ask_sync(question)
    with pytest.raises(InputError, match="nothing to ask"):
        async for _ in unconnected.stream(question):
            pass


async def test_a_stream_yields_each_delta_as_it_was_sent(talk: StartTalk) -> None:
    widget, wire = talk("equal,count=200,delta_ms=20")
    chunks = [chunk async for chunk in widget.stream("Go on")]

    sent = wire.sent("response.output_audio.delta")
    audio = [chunk for chunk in chunks if chunk["content_type"] == "audio"]
    assert len(sent) == len(audio) == 200
    assert len({chunk["content"] for chunk in audio}) == 1
    assert words_of(chunks) == "The same, again and again."
    assert not any(chunk["done"] for chunk in chunks[:-1])
    (answer,) = {chunk["content_metadata"]["response_id"] for chunk in audio}
    assert chunks[-1] == closing_chunk(answer)
    assert answer == sent[0]["response_id"]


async def test_equal_deltas_all_reach_the_page(talk: StartTalk) -> None:
    widget, _ = talk("equal,count=200,delta_ms=20")
    heard = heard_chunks(widget)
    reply = await widget.ask("Go on")
    await until(widget, "output_chunk", is_closing)

    assert sound_of(heard) == reply.audio.to_pcm16()
    assert reply.audio.duration == 4.0


@pytest.mark.parametrize(
    "scenario", ["counter,duration=60", "burst,gap=0,duration=120"]
)
async def test_long_answers_arrive_whole(
    talk: StartTalk, page: Recorder, scenario: str
) -> None:
    widget, _ = talk(scenario)
    heard = heard_chunks(widget)
    reply = await widget.ask("Count")
    await until(widget, "output_chunk", is_closing)

    count = len(reply.audio.samples)
    assert check_counter(reply.audio.samples, expected=count).intact
    assert sound_of(heard) == reply.audio.to_pcm16()
    assert words_of(heard) == reply.text
    numbers = [c["content_metadata"]["seq"] for c in heard if not c["done"]]
    assert numbers == list(range(len(numbers)))
    shown = [s["output_chunk"] for s in page.states() if "output_chunk" in s]
    assert sound_of(shown) == sound_of(heard)


async def test_leaving_a_stream_early_stops_the_answer(talk: StartTalk) -> None:
    widget, wire = talk("counter,duration=60,pace=1")
    async for _ in widget.stream("Count"):
        break

    await wire.soon(lambda w: bool(w.received("response.cancel")))
    await until(widget, "status", "ready")
    assert wire.sent("error") == []


async def test_cancelling_a_question_stops_its_answer(talk: StartTalk) -> None:
    widget, wire = talk("counter,duration=60,pace=1")
    question = asyncio.create_task(widget.ask("Count"))
    await until(widget, "status", "speaking")
    question.cancel()
    with pytest.raises(asyncio.CancelledError):
        await question

    await wire.soon(lambda w: bool(w.received("response.cancel")))
    (begun,) = wire.sent("response.created")
    (cancel,) = wire.received("response.cancel")
    assert cancel["response_id"] == begun["response"]["id"]
    await until(widget, "status", "ready")
    assert widget.conversation[-1].status == "interrupted"


async def test_after_a_cancelled_question_the_next_is_answered(
    talk: StartTalk,
) -> None:
    widget, wire = talk("slow_text,words=4,interval=0.05")
    first = asyncio.create_task(widget.ask("One"))
    await until(widget, "status", "thinking")
    first.cancel()
    reply = await widget.ask("Two")

    assert reply.text == "word0 word1 word2 word3"
    assert wire.sent("error") == []


async def test_an_interrupted_answer_is_a_reply_that_says_so(talk: StartTalk) -> None:
    widget, wire = talk("counter,duration=60,pace=1")
    question = asyncio.create_task(widget.ask("Count"))
    await until(widget, "status", "speaking")
    widget.interrupt()
    reply = await question

    assert reply.status == "interrupted"
    assert 0 <= reply.audio.duration < 60
    assert len(wire.received("response.cancel")) == 1
    assert wire.sent("error") == []


async def test_an_interrupted_page_is_told_to_fall_silent(
    talk: StartTalk, page: Recorder
) -> None:
    widget, _ = talk("counter,duration=60,pace=1")
    question = asyncio.create_task(widget.ask("Count"))
    await until(widget, "output_chunk", lambda c: c["content_type"] == "audio")
    widget.interrupt()
    reply = await question

    flushes = [c for c in page.customs() if c["type"] == "flush"]
    assert flushes[0]["response_id"] == reply.response_id


async def test_interrupting_nothing_harms_nothing(talk: StartTalk) -> None:
    widget, wire = talk()
    widget.interrupt()
    await widget.connect()
    widget.interrupt()
    await widget.ask("Hello")

    assert "response.cancel" not in wire.types()


def test_the_voice_none_answers_in_text(talk: StartTalk) -> None:
    widget, wire = talk(voice="none")
    reply = widget.ask_sync("Hello")

    assert reply.text == "You said: Hello"
    assert len(reply.audio.samples) == 0
    assert wire.sent("response.output_audio.delta") == []
    assert "<audio" not in reply._repr_html_()


def test_a_reply_shows_itself_and_no_markup_of_its_text(talk: StartTalk) -> None:
    widget, _ = talk()
    shown = widget.ask_sync("<script>alert(1)</script>")._repr_html_()

    assert "<audio" in shown
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


async def test_text_sent_by_the_piece_is_asked_when_it_is_done(talk: StartTalk) -> None:
    widget, wire = talk()
    for piece in ("What ", "is ", "", "new?"):
        widget.send(make_chunk("text", piece))
    widget.chunk = make_chunk("text", "", done=True)

    await wire.soon(lambda w: bool(w.sent("response.done")))
    (item,) = (event["item"] for event in wire.received("conversation.item.create"))
    assert item["content"][0]["text"] == "What is new?"


async def test_equal_pieces_assigned_to_the_trait_are_two_pieces(
    talk: StartTalk,
) -> None:
    widget, wire = talk()
    for _ in range(3):
        widget.chunk = make_chunk("text", "ha")
    widget.chunk = make_chunk("text", "", done=True)

    await wire.soon(lambda w: bool(w.received("conversation.item.create")))
    (item,) = (event["item"] for event in wire.received("conversation.item.create"))
    assert item["content"][0]["text"] == "hahaha"


def test_what_is_no_chunk_is_refused_and_the_old_one_stays(
    unconnected: RealtimeWidget,
) -> None:
    with pytest.raises(InputError):
        unconnected.send({"content_type": "vidoe"})
    with pytest.raises(InputError):
        unconnected.chunk = {"content_type": "vidoe"}
    assert unconnected.chunk == empty_chunk()


async def test_blank_text_is_not_asked(talk: StartTalk) -> None:
    widget, wire = talk()
    await widget.connect()
    widget.send(make_chunk("text", " \n", done=True))
    await widget.ask("Hello")

    assert len(wire.received("conversation.item.create")) == 1


async def test_a_closed_widget_says_so(unconnected: RealtimeWidget) -> None:
    widget = unconnected
    widget.close()
    widget.close()

    for use in (
        lambda: widget.ask_sync("Hello"),
        lambda: widget.stream("Hello"),
        lambda: widget.send(make_chunk("text", "Hello")),
        widget.interrupt,
    ):
        with pytest.raises(ClosedError, match=r"closed\. Make a new"):
            use()
    for start in (widget.connect, widget.disconnect, lambda: widget.ask("Hello")):
        with pytest.raises(ClosedError):
            await start()
    with pytest.raises(ClosedError):
        widget.speed = 1.2
    assert widget.conversation == ()


async def test_a_context_connects_and_closes(talk: StartTalk) -> None:
    widget, wire = talk()
    async with widget as entered:
        assert entered is widget
        assert widget.status == "ready"
    with pytest.raises(ClosedError):
        await widget.ask("Hello")
    await wire.soon(lambda w: bool(w.closings))

    again, _ = talk()
    with again:
        assert again.ask_sync("Hello").text == "You said: Hello"
    with pytest.raises(ClosedError):
        again.interrupt()


def test_a_widget_that_cannot_be_made_leaves_no_noise() -> None:
    wrongs: list[dict[str, object]] = [
        {"backend": "cloud"},
        {"base_url": "ftp://host"},
        {"speed": 9.0},
        {"spede": 1.0},
        {"turn_detection": "vad"},
    ]
    for wrong in wrongs:
        with pytest.raises(InputError):
            make_widget(**{"base_url": "ws://127.0.0.1:1/v1", **wrong})
