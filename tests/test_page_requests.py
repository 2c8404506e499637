"""What pages may ask of a widget: its sound by lease, and a microphone in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from rt_widget import events, messages
from rt_widget.chunk_turn import Spoken
from rt_widget.config import PushToTalk, SessionConfig
from rt_widget.live import Live
from rt_widget.page_requests import PageRequests
from rt_widget.playback import PlaybackPosition
from tests.test_live import Gate, pcm, sounds, until_sent
from tests.test_publisher import Page

if TYPE_CHECKING:
    from rt_widget.events import AnyClientEvent


class Desk(NamedTuple):
    """A widget's live side, and what is around it."""

    requests: PageRequests
    live: Live
    backend: Gate
    page: Page

    def say(self, *said: messages.PageMessage) -> None:
        for message in said:
            self.requests.handle(message)

    @property
    def owners(self) -> list[object]:
        """Who has had microphone and sound, as pages are told."""
        return [c["owner"] for c in self.page.told if c["type"] == "lease"]

    def sent(self, kind: type[AnyClientEvent]) -> list[AnyClientEvent]:
        return [event for event in self.backend.sent if isinstance(event, kind)]

    async def until_sent(self, kind: type[AnyClientEvent]) -> AnyClientEvent:
        """The first event of that kind, once it is sent."""
        while not self.sent(kind):
            self.backend.has_sent.clear()
            await self.backend.has_sent.wait()
        return self.sent(kind)[0]

    async def close(self) -> None:
        self.requests.stop()
        await self.live.close()


def desk(config: SessionConfig | None = None) -> Desk:
    backend, page = Gate(), Page()
    live = Live(backend, lambda: config or SessionConfig(), page)
    return Desk(PageRequests(live, backend, page), live, backend, page)


def switch(page: str, *, on: bool) -> messages.Microphone:
    return messages.Microphone(page, on=on)


def piece(page: str, number: int) -> messages.AudioPiece:
    return messages.AudioPiece(page, number, pcm(number))


def answer(desk: Desk, size: int = 48_000) -> None:
    """The server begins an answer of so many bytes of sound."""
    news = desk.backend._news
    news.put_nowait(events.ResponseCreated(events.WireResponse("resp")))
    item = events.WireItem("item", role="assistant")
    news.put_nowait(events.OutputItemAdded("resp", item))
    news.put_nowait(events.AudioDelta("resp", "item", bytes(size)))


async def until_sounding(desk: Desk) -> None:
    chunks = desk.page.chunks
    await desk.page.until(lambda: any(c["content_type"] == "audio" for c in chunks))


async def test_a_microphone_is_heard_from_its_first_piece_on() -> None:
    it = desk()
    it.say(messages.Hello("p"), switch("p", on=True))
    it.say(*(piece("p", number) for number in range(10)))
    it.backend.opened.set()
    await it.live.connect()
    it.say(*(piece("p", number) for number in range(10, 20)))
    await until_sent(it.backend, 20)

    assert sounds(it.backend) == list(range(20))
    await it.close()


async def test_a_turn_by_hand_that_ends_while_the_session_opens_is_committed() -> None:
    it = desk(SessionConfig(turn_detection=PushToTalk()))
    it.say(messages.Hello("p"), switch("p", on=True))
    long = messages.AudioPiece("p", 0, bytes(9_600))
    it.say(long, switch("p", on=False))
    it.backend.opened.set()
    await it.until_sent(events.ResponseCreate)

    assert len(it.sent(events.InputAudioAppend)) == 1
    assert len(it.sent(events.InputAudioCommit)) == 1
    await it.close()


async def test_without_a_session_a_microphone_is_not_heard() -> None:
    it = desk()
    it.say(piece("p", 7))
    it.backend.opened.set()
    await it.live.put(Spoken(pcm(9)))
    await until_sent(it.backend, 1)

    assert sounds(it.backend) == [9]
    await it.close()


async def test_pieces_that_are_missed_are_asked_for_once() -> None:
    it = desk()
    it.say(messages.Hello("p"), switch("p", on=True), piece("p", 3), piece("p", 4))

    asked = [c for c in it.page.told if c["type"] == "resend"]
    assert asked == [{"type": "resend", "from": 0, "to": 2}]
    await it.close()


async def test_only_the_owner_is_heard() -> None:
    it = desk()
    it.backend.opened.set()
    await it.live.connect()
    it.say(messages.Hello("a"), messages.Hello("b"))
    it.say(switch("b", on=True), piece("b", 50))
    it.say(switch("a", on=True), piece("a", 0), piece("b", 1), switch("b", on=False))
    it.say(piece("a", 1))
    await until_sent(it.backend, 2)

    assert sounds(it.backend) == [0, 1]
    await it.close()


@pytest.mark.parametrize(
    "end", [messages.Leave("a"), messages.TakeOver("b")], ids=["left", "taken over"]
)
async def test_the_open_microphone_of_who_loses_it_is_switched_off(
    end: messages.PageMessage,
) -> None:
    it = desk(SessionConfig(turn_detection=PushToTalk()))
    it.backend.opened.set()
    await it.live.connect()
    it.say(messages.Hello("a"), messages.Hello("b"), switch("a", on=True))
    it.say(messages.AudioPiece("a", 0, bytes(9_600)), end)
    await it.until_sent(events.InputAudioCommit)
    it.say(piece("a", 1))

    assert it.owners == ["a", "b"]
    assert len(it.sent(events.InputAudioAppend)) == 1
    await it.close()


async def test_positions_are_taken_from_the_owner_only() -> None:
    it = desk()
    it.backend.opened.set()
    await it.live.connect()
    it.say(messages.Hello("a"), messages.Hello("b"))
    answer(it)
    await until_sounding(it)
    where = PlaybackPosition("item", 0, 12_000)
    it.say(messages.Cut("b", (PlaybackPosition("item", 0, 240),)))
    it.say(messages.Played("b", PlaybackPosition("item", 0, 24_000), ended=True))
    it.say(messages.Interrupt("a", "resp", (where,)))

    truncated = await it.until_sent(events.ItemTruncate)
    assert isinstance(truncated, events.ItemTruncate)
    assert truncated.audio_end_ms == 500
    await it.close()


async def test_who_does_not_own_the_sound_can_stop_it_and_the_owner_reports() -> None:
    it = desk()
    it.backend.opened.set()
    await it.live.connect()
    it.say(messages.Hello("a"), messages.Hello("b"))
    answer(it)
    await until_sounding(it)
    it.say(messages.Interrupt("b", None, (PlaybackPosition("item", 0, 9),)))
    await it.until_sent(events.ResponseCancel)
    assert it.page.flushes == ["resp"]
    assert it.sent(events.ItemTruncate) == []
    it.say(messages.Cut("a", (PlaybackPosition("item", 0, 6_000),)))

    truncated = await it.until_sent(events.ItemTruncate)
    assert isinstance(truncated, events.ItemTruncate)
    assert truncated.audio_end_ms == 250
    await it.close()


async def test_python_interrupts_like_a_page_that_does_not_own_the_sound() -> None:
    it = desk()
    it.backend.opened.set()
    await it.live.connect()
    it.say(messages.Hello("a"))
    answer(it)
    await until_sounding(it)
    it.live.interrupt()
    await it.until_sent(events.ResponseCancel)
    it.say(messages.Cut("a", (PlaybackPosition("item", 0, 6_000),)))
    await it.until_sent(events.ItemTruncate)

    item = it.live.conversation.item("item")
    assert item is not None
    assert (item.status, item.heard_ms) == ("interrupted", 250)
    assert it.page.flushes == ["resp"]
    await it.close()


async def test_an_answer_can_be_had_again_and_its_end_too() -> None:
    it = desk()
    it.say(messages.Hello("a"), messages.Replay("a", "item"), messages.Replay("a", ""))
    clips = [c for c in it.page.told if c["type"] == "clip"]

    assert clips == [{"type": "clip", "item_id": "item", "audio": "", "last": True}]
    await it.close()


async def test_what_was_let_go_goes_to_the_next_who_uses_it() -> None:
    it = desk()
    it.backend.opened.set()
    it.say(messages.Hello("a"), switch("a", on=True))
    it.requests.let_go()
    assert it.owners == ["a", None]
    it.say(messages.Pong("a"), piece("a", 0))
    assert it.owners == ["a", None]
    it.say(switch("a", on=True))

    assert it.owners == ["a", None, "a"]
    await it.close()
