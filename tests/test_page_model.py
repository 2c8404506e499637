"""What a page asks for by message, and what it gets."""

from __future__ import annotations

import asyncio
import base64
from functools import partial
from typing import TYPE_CHECKING, Any

from rt_widget._waiting import wait_for
from rt_widget.page_model import PACED
from tests.conftest import is_closing, until

if TYPE_CHECKING:
    import pytest

    from rt_widget import RealtimeWidget
    from tests.conftest import Recorder, StartTalk


def say(widget: RealtimeWidget, **content: object) -> None:
    """A custom message of the page, as the comm delivers it."""
    data = {"method": "custom", "content": {"page": "page-1", **content}}
    widget._handle_msg({"content": {"data": data}, "buffers": []})


def told(page: Recorder, kind: str) -> list[dict[str, Any]]:
    return [content for content in page.customs() if content["type"] == kind]


async def test_the_button_connects_and_disconnects(talk: StartTalk) -> None:
    widget, wire = talk()
    say(widget, type="connect")
    await until(widget, "status", "ready")
    say(widget, type="connect")
    say(widget, type="disconnect")
    await until(widget, "status", "disconnected")

    assert len(wire.connections) == 1
    assert widget.error == {}


async def test_a_button_that_fails_shows_why(
    unconnected: RealtimeWidget, caplog: pytest.LogCaptureFixture
) -> None:
    say(unconnected, type="connect")
    await until(unconnected, "error", bool)

    assert unconnected.error["code"] == "connect_failed"
    assert unconnected.status == "disconnected"
    assert caplog.text == ""


async def test_a_typed_message_is_asked(talk: StartTalk) -> None:
    widget, wire = talk()
    say(widget, type="text", text="Hello <b>you</b>")
    await until(widget, "text", "You said: Hello <b>you</b>")
    say(widget, type="text", text="  \n")
    await widget.ask("More")

    assert len(wire.received("conversation.item.create")) == 2


async def test_a_new_page_gets_all_that_there_is(
    talk: StartTalk, page: Recorder
) -> None:
    widget, _ = talk("echo,duration=1")
    await widget.ask("Hello")
    await until(widget, "output_chunk", is_closing)
    say(widget, type="hello")
    await page.soon(lambda p: bool(told(p, "snapshot")))

    (snapshot,) = told(page, "snapshot")
    assert [item["text"] for item in snapshot["items"]] == ["Hello", "You said: Hello"]
    chunks = [s["output_chunk"] for s in page.states() if "output_chunk" in s]
    numbers = [c["content_metadata"]["seq"] for c in chunks if not c["done"]]
    assert snapshot["next_seq"] == max(numbers) + 1
    assert {c["content_metadata"].get("epoch") for c in chunks} == {
        snapshot["epoch"],
        None,
    }


async def test_a_page_can_have_missed_chunks_again(
    talk: StartTalk, page: Recorder
) -> None:
    widget, _ = talk()
    await widget.ask("Hello")
    await until(widget, "output_chunk", is_closing)
    chunks = [s["output_chunk"] for s in page.states() if "output_chunk" in s]
    (first, *_) = (chunk for chunk in chunks if chunk["content_metadata"])
    epoch = first["content_metadata"]["epoch"]
    say(widget, type="resend", epoch=epoch, **{"from": 0, "to": 0})
    await page.soon(lambda p: bool(told(p, "chunks")))

    (again,) = told(page, "chunks")
    assert again["chunks"] == [first]


async def test_what_is_no_message_is_left_out(
    talk: StartTalk, caplog: pytest.LogCaptureFixture
) -> None:
    widget, _ = talk()
    contents: list[dict[str, object]] = [
        {"type": "reboot"},
        {"type": "audio", "seq": -1, "audio": ""},
        {"type": "interrupt", "response_id": None, "positions": []},
        {"type": "fetch"},
        {},
        {"type": "connect", "page": None},
    ]
    for content in contents:
        say(widget, **content)
    reply = await widget.ask("Hello")

    assert reply.text == "You said: Hello"
    assert caplog.text.count("A message of the page was left out.") == 4


async def test_when_the_last_page_is_gone_nothing_of_an_answer_is_pushed(
    talk: StartTalk, page: Recorder
) -> None:
    widget, _ = talk("echo,duration=1")
    say(widget, type="hello")
    await widget.ask("Hello")
    await until(widget, "output_chunk", is_closing)
    say(widget, type="leave")
    await background()
    pushed = len(page.messages)
    reply = await widget.ask("Is anybody there?")
    await until(widget, "text", reply.text)
    await until(widget, "output_chunk", is_closing)
    await until(widget, "status", "ready")
    await background()

    later = page.messages[pushed:]
    assert {m["method"] for m in later} <= {"update"}
    assert {name for m in later for name in m["state"]} <= PACED
    say(widget, type="hello", page="page-2")
    await page.soon(lambda p: len(told(p, "snapshot")) == 2)
    snapshot = told(page, "snapshot")[-1]
    assert snapshot["owner"] == "page-2"
    assert [item["text"] for item in snapshot["items"]][-1] == reply.text
    assert snapshot["items"][-1]["replayable"] is True


async def test_what_an_answer_sounded_like_can_be_had_again(
    talk: StartTalk, page: Recorder
) -> None:
    widget, _ = talk("echo,duration=2.5")
    say(widget, type="hello")
    reply = await widget.ask("Hello")
    item_id = widget.conversation[-1].id
    say(widget, type="replay", item_id=item_id)
    await page.soon(lambda p: any(clip["last"] for clip in told(p, "clip")))

    clips = told(page, "clip")
    pcm = b"".join(base64.b64decode(clip["audio"]) for clip in clips)
    assert pcm == reply.audio.to_pcm16()
    assert {clip["item_id"] for clip in clips} == {item_id}


async def test_python_interrupts_and_the_page_says_what_was_heard(
    talk: StartTalk, page: Recorder
) -> None:
    widget, wire = talk("echo,duration=30")
    say(widget, type="hello")
    await widget.ask("Tell me a story.")
    (first, *_) = (c for c in chunks(page) if c["content_type"] == "audio")
    item_id = first["content_metadata"]["item_id"]
    widget.interrupt()
    await page.soon(lambda p: bool(told(p, "flush")))
    heard = {"item_id": item_id, "content_index": 0, "played_samples": 2_400}
    say(widget, type="cut", positions=[heard])
    await wire.soon(lambda w: bool(w.received("conversation.item.truncate")))

    (cut,) = wire.received("conversation.item.truncate")
    assert (cut["item_id"], cut["audio_end_ms"]) == (item_id, 100)
    item = widget.conversation[-1]
    assert (item.status, item.heard_ms) == ("interrupted", 100)


def chunks(page: Recorder) -> list[Any]:
    found = [s["output_chunk"] for s in page.states() if "output_chunk" in s]
    return [chunk for chunk in found if chunk["content"]]


async def background() -> None:
    """Once the background loop has done what it was asked until now."""
    await wait_for(partial(asyncio.sleep, 0))
