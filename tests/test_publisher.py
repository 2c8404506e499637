from __future__ import annotations

import asyncio
import base64
import json
import typing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from rt_widget import events, updates
from rt_widget.audio import Audio
from rt_widget.calls import Call, ImageShown
from rt_widget.chunks import closing_chunk
from rt_widget.conversation import Conversation
from rt_widget.errors import ConnectionLostError
from rt_widget.messages import Resend
from rt_widget.meters import Latency
from rt_widget.publisher import RESENT_LIMIT, Publisher
from rt_widget.reply import Reply
from tests.conftest import PATIENCE_S, speech

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rt_widget.chunks import Chunk
    from rt_widget.messages import Content
    from tests.servers.wire import JsonObject


@dataclass
class Page:
    """Keeps what it is shown."""

    traits: dict[str, object] = field(default_factory=dict)
    synced: list[tuple[str, ...]] = field(default_factory=list)
    told: list[Content] = field(default_factory=list)
    chunks: list[Chunk] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def show(self, **traits: object) -> None:
        self.traits |= traits
        if "output_chunk" in traits:
            self.chunks.append(typing.cast("Chunk", traits["output_chunk"]))
        self._news.set()

    def sync(self, names: Iterable[str]) -> None:
        self.synced.append(tuple(names))

    def tell(self, content: Content) -> None:
        self.told.append(content)
        self._news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return once `condition()` is true."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                self._news.clear()
                await self._news.wait()

    @property
    def flushes(self) -> list[object]:
        return [c["response_id"] for c in self.told if c["type"] == "flush"]


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
def conversation() -> Conversation:
    return Conversation()


@pytest.fixture
async def publisher(page: Page, conversation: Conversation) -> Publisher:
    return Publisher(page, conversation)


def sound(pcm: bytes = b"\1\0") -> updates.AudioReceived:
    return updates.AudioReceived(pcm, "resp", "item", 0)


def reply(status: str = "completed") -> Reply:
    audio = Audio.from_pcm16(b"\1\0")
    return Reply("Hi", audio, status, None, Latency(), "resp")  # type: ignore[arg-type] # a parameter of the test


async def settled(publisher: Publisher) -> None:
    """Once nothing is left to be sent."""
    while publisher._timer is not None and not publisher._timer.cancelled():
        when = publisher._timer.when()
        passed = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_at(when, passed.set_result, None)
        await passed


async def test_an_answer_is_shown_and_closed(publisher: Publisher, page: Page) -> None:
    publisher.hear(updates.ReplyStarted("resp"))
    publisher.hear(updates.TextReceived("Hi", "resp", "item", 0))
    publisher.hear(sound())
    publisher.hear(updates.ReplyFinished(reply()))
    await settled(publisher)

    audio = page.traits["audio"]
    assert isinstance(audio, Audio)
    assert audio.to_pcm16() == b"\1\0"
    assert page.traits["text"] == "Hi"
    assert page.chunks[-1] == closing_chunk("resp")
    assert len(page.chunks) == 3


async def test_an_answer_is_closed_when_the_session_breaks_off(
    publisher: Publisher, page: Page
) -> None:
    publisher.hear(updates.ReplyStarted("resp"))
    publisher.hear(sound())
    publisher.hear(updates.Closed(ConnectionLostError("Gone.")))
    await settled(publisher)

    assert page.chunks[-1] == closing_chunk("resp")
    assert page.traits["error"] == {
        "code": "connection_lost",
        "message": "Gone.",
        "hint": "Connect again; what was said so far is kept.",
        "retryable": True,
    }


async def test_an_interrupted_answer_is_flushed_with_what_waits(
    publisher: Publisher, page: Page
) -> None:
    for _ in range(500):
        publisher.hear(sound(bytes(96_000)))
    publisher.hear(updates.Interrupted("resp"))
    await settled(publisher)

    assert page.flushes == ["resp"]
    assert len(page.chunks) < 100


async def test_silence_is_not_silenced_again(publisher: Publisher, page: Page) -> None:
    publisher.hear(updates.Interrupted("resp"))
    assert page.flushes == []
    publisher.hear(sound())
    publisher.hear(updates.Interrupted("resp"))
    publisher.silence()
    assert page.flushes == ["resp"]


async def test_sound_that_was_sent_again_can_be_silenced(
    publisher: Publisher, page: Page
) -> None:
    publisher.hear(sound())
    publisher.silence()
    publisher.show_again(Resend("p", publisher._feed.chunks.epoch, 0, 5))
    publisher.silence()

    assert page.flushes == [None, None]
    assert [c["type"] for c in page.told] == ["flush", "chunks", "flush"]


async def test_chunks_of_another_epoch_are_not_sent_again(
    publisher: Publisher, page: Page
) -> None:
    publisher.hear(sound())
    publisher.show_again(Resend("p", "epoch_old", 0, 5))

    assert page.told == []


async def test_changed_and_deleted_items_are_told(
    publisher: Publisher, page: Page, conversation: Conversation
) -> None:
    for name in ("one", "two"):
        item = events.WireItem(name, role="user", status="completed")
        changed = conversation.apply(events.ItemAdded(item))
        publisher.hear(updates.ItemsChanged(changed))
    publisher.hear(updates.ItemsChanged(conversation.apply(events.ItemDeleted("one"))))
    await settled(publisher)

    assert {"type": "removed", "item_ids": ["one"]} in page.told
    last = [c for c in page.told if c["type"] == "items"][-1]["items"]
    assert isinstance(last, list)
    assert [item["id"] for item in last] == ["two"]


async def test_a_new_page_is_shown_everything(
    publisher: Publisher, page: Page, conversation: Conversation
) -> None:
    for number in range(30):
        delta = events.TextDelta("resp", f"item_{number}", "word")
        publisher.hear(updates.ItemsChanged(conversation.apply(delta)))
        publisher.hear(updates.TextReceived("word", "resp", f"item_{number}", 0))
    publisher.show_all("p")

    snapshot = page.told[-1]
    items = snapshot["items"]
    assert isinstance(items, list)
    assert [item["text"] for item in items] == ["word"] * 30
    assert snapshot["next_seq"] == 30
    assert snapshot["owner"] == "p"
    assert len([chunk for chunk in page.chunks if not chunk["done"]]) == 30


async def test_a_page_that_comes_late_gets_every_picture(
    publisher: Publisher, page: Page, conversation: Conversation
) -> None:
    picture = ImageShown(bytes(1_200_000), "a plot")
    for number in range(8):
        name, call_id = f"item_{number}", f"call_{number}"
        item = events.WireItem(name, type="function_call", call_id=call_id)
        conversation.apply(events.OutputItemAdded("resp", item))
        call = Call(call_id, "plot", "{}", "completed", shown=(picture,))
        conversation.show_call(name, call, "completed")
    publisher.show_all("p")
    await settled(publisher)

    assert [content["type"] for content in page.told] == ["snapshot", *["items"] * 4]
    pictured = [
        item["id"]
        for content in told(page, "items")
        for item in typing.cast("list[JsonObject]", content["items"])
        if item["call"]["shown"][0]["kind"] == "image"
    ]
    assert pictured == [f"item_{number}" for number in range(8)]
    assert max(len(json.dumps(content)) for content in page.told) < 5_000_000


async def test_state_is_synced_as_it_stands(publisher: Publisher, page: Page) -> None:
    publisher.change_state("status")
    await settled(publisher)
    for _ in range(20):
        publisher.change_state("error")
        publisher.change_state("usage")
    await settled(publisher)

    assert page.synced == [("status",), ("error", "usage")]


async def test_a_page_that_is_gone_is_shown_nothing_more(
    publisher: Publisher, page: Page
) -> None:
    for _ in range(200):
        publisher.hear(sound(bytes(96_000)))
    shown = len(page.chunks)
    publisher.stop()
    publisher.hear(sound())
    publisher.change_state("status")
    await settled(publisher)

    assert len(page.chunks) == shown
    assert page.synced == []


async def test_meters_show_only_what_is_known(publisher: Publisher, page: Page) -> None:
    usage = events.Usage(total_tokens=7)
    publisher.hear(updates.MetersChanged(usage, Latency(first_text=0.5)))

    assert page.traits["latency"] == {"first_text": 0.5}
    shown = page.traits["usage"]
    assert isinstance(shown, dict)
    assert shown["total_tokens"] == 7


def told(page: Page, kind: str) -> list[Content]:
    return [content for content in page.told if content["type"] == kind]


async def test_a_person_who_may_be_speaking_is_given_way(
    publisher: Publisher, page: Page
) -> None:
    publisher.hear(updates.Held())
    assert told(page, "hold") == []
    publisher.hear(sound())
    publisher.hear(updates.Held())

    assert told(page, "hold") == [{"type": "hold"}]


async def test_captions_are_told_and_told_again_to_a_new_page(
    publisher: Publisher, page: Page, conversation: Conversation
) -> None:
    publisher.hear(updates.ReplyStarted("resp"))
    for event in (
        events.TranscriptDelta("resp", "item", "Well \U0001f600 yes."),
        events.AudioDelta("resp", "item", speech(1.0)),
        events.TranscriptDone("resp", "item", "Well \U0001f600 yes."),
        events.AudioDone("resp", "item"),
    ):
        conversation.apply(event)
        changed = conversation.captions.apply(event)
        if changed is not None:
            item_id, first = changed
            marks = conversation.captions.marks_from(item_id, first)
            publisher.hear(updates.CaptionsChanged(item_id, first, marks))
    await settled(publisher)
    publisher.show_all("p")

    *_, sent, again = told(page, "captions")
    assert sent["marks"] == again["marks"]
    pairs = again["marks"]
    assert isinstance(pairs, list)
    assert again["from"] == 0
    assert pairs[-1][0] == len("Well \U0001f600 yes.") + 1, "in UTF-16 units"
    assert page.told[-2]["type"] == "snapshot"

    publisher.hear(updates.ReplyStarted("next"))
    publisher.show_all("p")
    assert page.told[-1]["type"] == "snapshot"


async def test_an_answer_can_be_heard_once_more(
    publisher: Publisher, page: Page, conversation: Conversation
) -> None:
    delta = events.AudioDelta("resp", "item", speech(2.5))
    conversation.apply(delta)
    publisher.hear(sound(delta.delta))
    publisher.hear(updates.ItemsChanged(("item",)))
    await settled(publisher)
    publisher.replay("item")
    await settled(publisher)

    clips = told(page, "clip")
    pcm = b"".join(base64.b64decode(str(clip["audio"])) for clip in clips)
    assert pcm == delta.delta
    assert [clip["last"] for clip in clips] == [False, False, True]
    (item,) = typing.cast("list[Content]", told(page, "items")[-1]["items"])
    assert item["replayable"] is True


async def test_a_new_answer_ends_a_replay(publisher: Publisher, page: Page) -> None:
    publisher.hear(sound(speech(9.0)))
    publisher.replay("item")
    publisher.hear(updates.AudioReceived(b"\1\0", "resp2", "item2", 0))
    await settled(publisher)

    assert len(told(page, "clip")) == 1


async def test_what_was_deleted_cannot_be_heard_once_more(
    publisher: Publisher, page: Page, conversation: Conversation
) -> None:
    delta = events.AudioDelta("resp", "item", b"\1\0")
    publisher.hear(updates.ItemsChanged(conversation.apply(delta)))
    publisher.hear(sound())
    deleted = conversation.apply(events.ItemDeleted("item"))
    publisher.hear(updates.ItemsChanged(deleted))
    await settled(publisher)
    publisher.replay("item")
    await settled(publisher)

    (clip,) = told(page, "clip")
    assert clip == {"type": "clip", "item_id": "item", "audio": "", "last": True}


async def test_while_nobody_is_there_no_message_is_sent_and_python_sees_all(
    publisher: Publisher, page: Page, conversation: Conversation
) -> None:
    publisher.is_watched = False
    publisher.hear(updates.ReplyStarted("resp"))
    delta = events.TextDelta("resp", "item", "Hi")
    publisher.hear(updates.ItemsChanged(conversation.apply(delta)))
    publisher.hear(updates.TextReceived("Hi", "resp", "item", 0))
    publisher.hear(sound())
    publisher.hear(updates.Held())
    publisher.hear(updates.ReplyFinished(reply()))
    publisher.silence()
    await settled(publisher)

    assert page.told == []
    assert page.traits["text"] == "Hi"
    assert len(page.chunks) == 3


async def test_missed_chunks_come_in_messages_of_a_bearable_size(
    publisher: Publisher, page: Page
) -> None:
    for number in range(20):
        delta = updates.AudioReceived(bytes(96_000), "resp", f"item_{number}", 0)
        publisher.hear(delta)
    await settled(publisher)
    publisher.show_again(Resend("p", publisher._feed.chunks.epoch, 0, 19))

    portions = [typing.cast("list[Chunk]", c["chunks"]) for c in told(page, "chunks")]
    assert [chunk for portion in portions for chunk in portion] == page.chunks
    sizes = [sum(len(c["content"]) for c in portion) for portion in portions]
    assert max(sizes) <= RESENT_LIMIT
