"""Sound whose item is deleted before anybody has listened to it."""

from __future__ import annotations

import pytest

from rt_widget.backends.local.requests.values import (
    AudioPart,
    CreateResponse,
    DeleteItem,
    InsertItem,
    NewMessage,
    TextPart,
)
from tests.local.scripted import loud, talk

SOUND = AudioPart(audio=loud(0.3))
TEXT = TextPart(text="and?")


def insert(name: str, part: TextPart | AudioPart) -> InsertItem:
    return InsertItem(item=NewMessage(id=name, role="user", parts=(part,)))


@pytest.mark.parametrize("again", [False, True])
async def test_nobody_waits_for_words_of_an_item_that_is_deleted_at_once(
    *, again: bool
) -> None:
    """All of it is taken in at one go: nothing of the work has begun."""
    asked: list[InsertItem | DeleteItem] = [insert("a", SOUND), DeleteItem(item_id="a")]
    if again:
        asked.append(insert("a", SOUND))
    async with talk() as session:
        session.submit(*asked, insert("q", TEXT), CreateResponse())
        done = await session.wire("response.done")
    assert isinstance(done["response"], dict)
    assert done["response"]["status"] == "completed"
