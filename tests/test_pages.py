"""The lease, kept with real timers: pings, lost pages, and silence after them."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from rt_widget import lease, messages, pages, updates
from rt_widget.conversation import Conversation
from rt_widget.pages import Pages
from rt_widget.publisher import Publisher
from tests.conftest import PATIENCE_S
from tests.test_publisher import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from rt_widget.messages import Content


SAID = updates.TextReceived("Hi", "resp", "item", 0)


@dataclass
class Notebook(Page):
    """A page's side of the comm; `answers` are the pages that answer pings."""

    answers: list[str] = field(default_factory=list)
    said: Callable[[messages.PageMessage], None] = print

    def tell(self, content: Content) -> None:
        super().tell(content)
        if content["type"] == "ping":
            for page in self.answers:
                loop = asyncio.get_running_loop()
                loop.call_soon(self.said, messages.Pong(page))

    def count(self, kind: str) -> int:
        return sum(content["type"] == kind for content in self.told)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are lost in a quarter of a second, also when the machine is busy."""
    monkeypatch.setattr(pages, "PING_INTERVAL_S", 0.08)
    monkeypatch.setattr(pages, "CALM_S", 1.5)
    monkeypatch.setattr(lease, "LOST_AFTER_S", 0.25)
    monkeypatch.setattr(lease, "LONGEST_PAUSE_S", 0.2)


@pytest.fixture
async def notebook() -> Notebook:
    return Notebook()


@pytest.fixture
async def publisher(notebook: Notebook) -> Publisher:
    return Publisher(notebook, Conversation())


async def test_nobody_is_pinged_before_a_page_has_come(
    publisher: Publisher, notebook: Notebook
) -> None:
    room = Pages(publisher, lambda: None)

    assert room._timer is None
    assert publisher.is_watched, "a page may be on its way"
    assert notebook.told == []


async def test_a_page_that_answers_stays(
    publisher: Publisher, notebook: Notebook
) -> None:
    room = Pages(publisher, lambda: None)
    notebook.said, notebook.answers = room.hear, ["a"]
    room.hear(messages.Hello("a"))
    await notebook.until(lambda: notebook.count("ping") >= 7)

    assert room.owns("a")
    room.stop()


async def test_nothing_is_pinged_while_nothing_goes_on_and_nobody_is_lost(
    publisher: Publisher, notebook: Notebook
) -> None:
    room = Pages(publisher, lambda: None)
    notebook.said, notebook.answers = room.hear, ["a"]
    room.hear(messages.Hello("a"))
    await calm(room)

    assert room.owns("a")
    before = notebook.count("ping")
    publisher.hear(SAID)
    await notebook.until(lambda: notebook.count("ping") > before)
    assert room.owns("a")
    room.stop()


async def test_a_page_that_went_unseen_is_lost_once_something_goes_on(
    publisher: Publisher, notebook: Notebook
) -> None:
    lost = asyncio.Event()
    room = Pages(publisher, lambda: lost.set() if not room.owns("a") else None)
    notebook.said, notebook.answers = room.hear, ["a"]
    room.hear(messages.Hello("a"))
    await calm(room)
    notebook.answers = []
    publisher.hear(SAID)
    await asyncio.wait_for(lost.wait(), PATIENCE_S)

    assert not publisher.is_watched


async def test_a_page_that_does_not_is_lost_and_nothing_more_is_said(
    publisher: Publisher, notebook: Notebook
) -> None:
    lost = asyncio.Event()
    room = Pages(publisher, lambda: lost.set() if not room.owns("a") else None)
    room.hear(messages.Hello("a"))
    await asyncio.wait_for(lost.wait(), PATIENCE_S)

    assert not publisher.is_watched
    assert room._timer is None
    said = len(notebook.told)
    publisher.tell({"type": "anything"})
    assert len(notebook.told) == said


async def test_another_page_gets_what_a_lost_one_had(
    publisher: Publisher, notebook: Notebook
) -> None:
    room = Pages(publisher, lambda: None)
    notebook.said, notebook.answers = room.hear, ["b"]
    room.hear(messages.Hello("a"))
    room.hear(messages.Hello("b"))
    lease_of_b: Content = {"type": "lease", "owner": "b"}
    await notebook.until(lambda: lease_of_b in notebook.told)

    assert room.owns("b")
    assert publisher.is_watched
    room.stop()


async def test_a_lost_page_that_is_heard_again_is_shown_everything(
    publisher: Publisher, notebook: Notebook
) -> None:
    lost = asyncio.Event()
    room = Pages(publisher, lambda: lost.set() if not room.owns("a") else None)
    room.hear(messages.Hello("a"))
    await asyncio.wait_for(lost.wait(), PATIENCE_S)
    room.hear(messages.Pong("a"))

    assert notebook.count("snapshot") == 2
    assert room.owns("a")
    assert publisher.is_watched
    room.stop()


async def test_what_a_page_says_after_it_has_left_brings_nobody_back(
    publisher: Publisher, notebook: Notebook
) -> None:
    room = Pages(publisher, lambda: None)
    room.hear(messages.Hello("a"))
    room.hear(messages.Leave("a"))
    room.hear(messages.Microphone("a", on=False))

    assert notebook.count("snapshot") == 1
    assert not publisher.is_watched
    assert room._timer is None
    room.hear(messages.Hello("b"))
    assert room.owns("b")
    room.stop()


async def test_no_page_is_lost_while_a_cell_keeps_the_kernels_ear_busy(
    publisher: Publisher, notebook: Notebook
) -> None:
    ear = asyncio.new_event_loop()
    thread = threading.Thread(target=ear.run_forever)
    thread.start()
    is_free = threading.Event()
    ear.call_soon_threadsafe(is_free.wait)
    lost = asyncio.Event()
    room = Pages(publisher, lambda: lost.set() if not room.owns("a") else None)
    room.hear(messages.Hello("a"), ear)
    try:
        await notebook.until(lambda: notebook.count("ping") >= 8)
        assert room.owns("a")
    finally:
        is_free.set()
    publisher.hear(SAID)
    await asyncio.wait_for(lost.wait(), PATIENCE_S)
    ear.call_soon_threadsafe(ear.stop)
    thread.join()
    ear.close()


async def calm(room: Pages) -> None:
    """Return once nothing is pinged any more."""
    async with asyncio.timeout(PATIENCE_S):
        while room._timer is not None:
            due = room._timer.when() - asyncio.get_running_loop().time()
            await asyncio.sleep(max(due, 0))
