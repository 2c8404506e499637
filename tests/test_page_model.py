"""What a page asks for by message, and what it gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rt_widget.chunks import empty_chunk
from tests.conftest import until

if TYPE_CHECKING:
    import pytest

    from rt_widget import RealtimeWidget
    from tests.conftest import Recorder, StartTalk


def say(widget: RealtimeWidget, **content: object) -> None:
    """A custom message of the page, as the comm delivers it."""
    data = {"method": "custom", "content": content}
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
    await until(widget, "output_chunk", empty_chunk())
    say(widget, type="hello", page="page-1")
    await page.soon(lambda p: bool(told(p, "snapshot")))

    (snapshot,) = told(page, "snapshot")
    assert [item["text"] for item in snapshot["items"]] == ["Hello", "You said: Hello"]
    chunks = [s["output_chunk"] for s in page.states() if "output_chunk" in s]
    numbers = [c["content_metadata"]["seq"] for c in chunks if c["content_metadata"]]
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
    await until(widget, "output_chunk", empty_chunk())
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
    for content in (
        {"type": "reboot"},
        {"type": "audio", "seq": -1, "audio": ""},
        {"type": "interrupt", "position": None},
        {"type": "fetch"},
        {},
    ):
        say(widget, **content)
    reply = await widget.ask("Hello")

    assert reply.text == "You said: Hello"
    assert caplog.text.count("A message of the page was left out.") == 3
