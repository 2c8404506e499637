from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import numpy as np

from rt_widget import Audio, Reply
from rt_widget.meters import Latency
from rt_widget.replies import REPLIES_KEPT, SOUND_KEPT_S, Replies
from rt_widget.updates import ReplyFinished
from tests.conftest import silence, speech, until
from tests.test_turns import send

if TYPE_CHECKING:
    from tests.conftest import StartTalk


def reply(text: str, seconds: float = 0.0) -> Reply:
    sound = Audio(np.zeros(round(seconds * 8_000), np.float32), 8_000)
    return Reply(text, sound, "completed", None, Latency())


async def test_answers_are_kept_in_order_whoever_asked(talk: StartTalk) -> None:
    widget, wire = talk("echo,heard=spoken")
    assert list(widget.replies) == []
    first = await widget.ask("One")
    send(widget, speech(0.6) + silence(0.8))
    await wire.soon(lambda w: len(w.sent("response.done")) == 2)
    await until(widget, "status", "ready")
    last = await widget.ask("Two")

    texts = [f"You said: {each}" for each in ("One", "spoken", "Two")]
    assert [each.text for each in widget.replies] == texts
    assert (widget.replies[0], widget.replies[-1]) == (first, last)


async def test_an_answer_that_was_cut_is_kept_too(talk: StartTalk) -> None:
    widget, _ = talk("counter,duration=60,pace=1")
    question = asyncio.create_task(widget.ask("Count"))
    await until(widget, "status", "speaking")
    widget.interrupt()

    assert await question == widget.replies[-1]
    assert widget.replies[-1].status == "interrupted"


def test_the_oldest_go_when_there_are_too_many() -> None:
    replies = Replies()
    for number in range(REPLIES_KEPT + 50):
        replies.hear(ReplyFinished(reply(str(number))))

    kept = [each.text for each in replies.kept]
    assert kept == [str(number) for number in range(50, REPLIES_KEPT + 50)]


def test_the_oldest_go_when_their_sound_takes_too_much_memory() -> None:
    replies = Replies()
    for number in range(5):
        replies.hear(ReplyFinished(reply(str(number), SOUND_KEPT_S / 4 + 1)))

    assert [each.text for each in replies.kept] == ["2", "3", "4"]
    replies.hear(ReplyFinished(reply("long", SOUND_KEPT_S + 1)))
    assert [each.text for each in replies.kept] == ["long"]
