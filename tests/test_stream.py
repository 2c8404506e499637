from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

import pytest

from rt_widget.chunks import closing_chunk
from rt_widget.errors import ClosedError, NotFinishedError, ResponseFailedError
from tests.conftest import until

if TYPE_CHECKING:
    from rt_widget import RealtimeWidget
    from rt_widget.chunks import Chunk
    from rt_widget.reply import Reply
    from rt_widget.stream import Stream
    from tests.conftest import StartTalk, Wire

LONG = "slow_text,words=1200,interval=0.02"


def words(chunks: list[Chunk]) -> str:
    return "".join(c["content"] for c in chunks if c["content_type"] == "text")


async def cancelled(widget: RealtimeWidget, wire: Wire) -> None:
    """The answer was cancelled once, and another one is given."""
    await wire.soon(lambda w: bool(w.received("response.cancel")))
    await until(widget, "status", "ready")
    assert len(wire.received("response.cancel")) == 1
    assert wire.sent("error") == []


async def reply_of(stream: Stream) -> Reply:
    """What a loop that was cancelled has left, which it waits for only a moment."""
    while True:
        try:
            return stream.reply
        except NotFinishedError:
            await asyncio.sleep(0.01)


def test_a_script_loops_over_an_answer(talk: StartTalk) -> None:
    widget, wire = talk()
    stream = widget.stream("Hello")
    chunks = list(stream)

    (done,) = wire.sent("response.done")
    assert words(chunks) == "You said: Hello"
    assert chunks[-1] == closing_chunk(done["response"]["id"])
    assert stream.reply.text == "You said: Hello"
    assert stream.reply == widget.replies[-1]
    assert list(stream) == []


async def test_a_cell_loops_over_an_answer_with_await(talk: StartTalk) -> None:
    widget, _ = talk()
    stream = widget.stream("Hello")
    chunks = [chunk async for chunk in stream]

    assert words(chunks) == "You said: Hello"
    assert stream.reply.audio.duration > 0
    assert [chunk async for chunk in stream] == []


async def test_a_stream_is_an_iterator_too(talk: StartTalk) -> None:
    widget, _ = talk()
    stream = widget.stream("Hello")
    first = await anext(stream)
    rest = [chunk async for chunk in stream]

    assert words([first, *rest]) == "You said: Hello"


def test_nothing_is_asked_before_the_first_chunk_is_wanted(talk: StartTalk) -> None:
    widget, wire = talk()
    stream = widget.stream("Hello")
    with pytest.raises(NotFinishedError, match="Iterate over all"):
        _ = stream.reply
    del stream
    widget.ask_sync("Another")

    assert len(wire.received("conversation.item.create")) == 1


async def break_off(stream: Stream) -> None:
    async for _ in stream:
        break


async def raise_in_it(stream: Stream) -> None:
    kept: list[ZeroDivisionError] = []
    try:
        async for _ in stream:
            assert 1 // 0
    except ZeroDivisionError as error:
        kept.append(error)
    # Its traceback holds the frames that were left.
    assert kept[0].__traceback__ is not None


async def break_off_without_await(stream: Stream) -> None:
    for _ in stream:
        break


async def close_it(stream: Stream) -> None:
    await anext(stream)
    await stream.aclose()


async def close_it_without_await(stream: Stream) -> None:
    await anext(stream)
    stream.close()


async def _all(stream: Stream) -> list[Chunk]:
    return [chunk async for chunk in stream]


@pytest.mark.parametrize(
    "leave",
    [
        break_off,
        raise_in_it,
        break_off_without_await,
        close_it,
        close_it_without_await,
    ],
)
async def test_leaving_a_stream_that_is_kept_cancels_the_answer(
    talk: StartTalk, leave: type[object]
) -> None:
    widget, wire = talk(LONG, voice="none")
    stream = widget.stream("Go on")
    await leave(stream)  # type: ignore[call-arg, misc] # one of the functions above

    await cancelled(widget, wire)
    assert list(stream) == []
    await stream.aclose()
    assert len(wire.received("response.cancel")) == 1
    assert widget.replies[-1].status == "interrupted"


async def test_a_stream_that_nobody_keeps_is_given_up(talk: StartTalk) -> None:
    widget, wire = talk(LONG, voice="none")
    stream = widget.stream("Go on")
    await anext(stream)
    del stream
    gc.collect()

    await cancelled(widget, wire)


async def test_a_cancelled_loop_has_what_had_come_until_then(talk: StartTalk) -> None:
    widget, wire = talk(LONG, voice="none")
    stream = widget.stream("Go on")
    task = asyncio.create_task(_all(stream))
    await until(widget, "status", "speaking")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    await cancelled(widget, wire)
    reply = await reply_of(stream)
    assert reply.status == "interrupted"
    assert reply.text.startswith("word0")


async def test_a_loop_that_stops_where_the_answer_ends_cancels_nothing(
    talk: StartTalk,
) -> None:
    widget, wire = talk()
    async for chunk in widget.stream("Hello"):
        if chunk["done"]:
            break
    await widget.ask("Again")

    assert "response.cancel" not in wire.types()


async def test_streams_that_are_begun_at_once_are_answered_in_order(
    talk: StartTalk,
) -> None:
    widget, wire = talk()
    texts = [f"Number {number}" for number in range(5)]
    answers = await asyncio.gather(*(_all(widget.stream(text)) for text in texts))

    assert [words(each) for each in answers] == [f"You said: {t}" for t in texts]
    assert wire.sent("error") == []


async def test_an_answer_that_fails_ends_the_loop_with_the_reason(
    talk: StartTalk,
) -> None:
    widget, _ = talk("fault:failed")
    stream = widget.stream("Hello")
    with pytest.raises(ResponseFailedError):
        await _all(stream)
    assert [chunk async for chunk in stream] == []


async def test_a_widget_that_is_closed_in_mid_answer_ends_the_loop_with_that(
    talk: StartTalk,
) -> None:
    widget, _ = talk(LONG, voice="none")
    loop = asyncio.create_task(_all(widget.stream("Go on")))
    await until(widget, "status", "speaking")
    widget.close()

    with pytest.raises(ClosedError, match="Make a new"):
        await loop


async def test_a_question_asked_inside_the_loop_is_answered_after_it(
    talk: StartTalk,
) -> None:
    widget, wire = talk("slow_text,words=3,interval=0.02")
    inner = None
    async for chunk in widget.stream("Outer"):
        if chunk["content_type"] == "text" and inner is None:
            inner = await widget.ask("Inner")

    assert inner is not None
    assert [reply.status for reply in widget.replies] == ["completed"] * 2
    assert "response.cancel" not in wire.types()
