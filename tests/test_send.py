"""Input by the piece, on the wire: text and sound, whoever ends the turn."""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING, Any

import pytest

from rt_widget import PushToTalk, SemanticVad, ServerVad
from rt_widget.chunks import make_chunk
from rt_widget.errors import InputError
from tests.conftest import speech, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from rt_widget import RealtimeWidget
    from rt_widget.config import TurnDetection
    from tests.conftest import StartTalk, Wire

LISTENING = [
    ServerVad(silence_duration_ms=300),
    ServerVad(silence_duration_ms=1_500),
    SemanticVad("low"),
]


def say(widget: RealtimeWidget, pcm: bytes) -> None:
    for at in range(0, len(pcm), 4_800):
        piece = base64.b64encode(pcm[at : at + 4_800]).decode()
        widget.send(make_chunk("audio", piece))


def write(widget: RealtimeWidget, text: str, *, done: bool = False) -> None:
    widget.send(make_chunk("text", text, done=done))


def end(widget: RealtimeWidget) -> None:
    widget.send(make_chunk("audio", "", done=True))


def asked(wire: Wire) -> int:
    return wire.types().count("response.create")


def answered(count: int) -> Callable[[Wire], bool]:
    return lambda wire: len(wire.sent("response.done")) >= count


def user_items(wire: Wire) -> list[str]:
    """What the person's items are of, in the server's order."""
    items = [e["item"] for e in wire.sent("conversation.item.added")]
    parts = [item["content"][0] for item in items if item.get("role") == "user"]
    return [part.get("text") or part["type"] for part in parts]


@pytest.mark.parametrize("detection", LISTENING)
async def test_a_spoken_turn_is_answered_once_by_the_server_itself(
    talk: StartTalk, detection: TurnDetection
) -> None:
    widget, wire = talk("echo,heard=hello", turn_detection=detection)
    for turn in (1, 2):
        say(widget, speech(0.5))
        end(widget)
        await wire.soon(answered(turn))
    reply = await widget.ask("Was that all?")

    assert reply.text == "You said: Was that all?"
    assert asked(wire) == 1
    assert len(wire.sent("response.done")) == 3
    assert "input_audio_buffer.commit" not in wire.types()
    assert wire.sent("error") == []


@pytest.mark.parametrize(
    "detection",
    [ServerVad(create_response=False), SemanticVad(create_response=False)],
)
async def test_a_server_that_answers_nothing_unasked_is_asked_once(
    talk: StartTalk, detection: TurnDetection
) -> None:
    widget, wire = talk("echo,heard=hello", turn_detection=detection)
    say(widget, speech(0.5))
    end(widget)
    await wire.soon(lambda w: bool(w.sent("response.done")))

    assert widget.transcript == "user: hello\nassistant: You said: hello"
    assert asked(wire) == 1
    assert "input_audio_buffer.commit" not in wire.types()
    assert wire.sent("error") == []


async def test_push_to_talk_commits_and_asks(talk: StartTalk) -> None:
    widget, wire = talk("mirror", turn_detection=PushToTalk())
    say(widget, speech(0.5))
    write(widget, "", done=True)
    await wire.soon(lambda w: bool(w.sent("response.done")))

    assert wire.types()[-2:] == ["input_audio_buffer.commit", "response.create"]
    assert wire.sent("error") == []


@pytest.mark.parametrize(
    ("detection", "order"),
    [
        (PushToTalk(), ["What is", "input_audio", "in French?"]),
        (ServerVad(), ["What is", "in French?", "input_audio"]),
        (
            ServerVad(create_response=False),
            ["What is", "in French?", "input_audio"],
        ),
    ],
)
async def test_text_and_sound_of_a_turn_get_one_answer(
    talk: StartTalk, detection: TurnDetection, order: list[str]
) -> None:
    widget, wire = talk("echo,heard=a cat", turn_detection=detection)
    write(widget, "What ")
    write(widget, "is")
    say(widget, speech(0.5))
    write(widget, "in French?", done=True)
    await wire.soon(lambda w: bool(w.sent("response.done")))
    await until(widget, "status", "ready")

    assert user_items(wire) == order
    assert len(wire.sent("response.created")) == 1
    assert asked(wire) == (detection != ServerVad())
    assert wire.sent("error") == []


async def test_sound_is_passed_on_before_its_turn_is_done(talk: StartTalk) -> None:
    widget, wire = talk("record", turn_detection=PushToTalk())
    say(widget, speech(0.3))
    await wire.soon(
        lambda w: w.types().count("input_audio_buffer.append") == 3,
    )

    assert set(wire.types()) == {"session.update", "input_audio_buffer.append"}


async def test_text_is_not_sent_before_its_turn_is_done(talk: StartTalk) -> None:
    widget, wire = talk()
    await widget.connect()
    write(widget, "Never mind")
    say(widget, b"")
    reply = await widget.ask("Hello")

    assert reply.text == "You said: Hello"
    assert user_items(wire) == ["Hello"]


async def test_a_chunk_that_is_none_says_so_and_sends_nothing(talk: StartTalk) -> None:
    widget, wire = talk()
    await widget.connect()
    write(widget, "What is ")
    wrongs: list[Any] = [
        {"content_type": "vidoe", "content": "x", "done": True},
        {"content_type": "audio", "content": "AAA", "done": True},
        {"content": 5, "done": True},
        None,
    ]
    for wrong in wrongs:
        with pytest.raises(InputError, match=r"[cC]hunk|audio"):
            widget.send(wrong)
        with pytest.raises(InputError):
            widget.chunk = wrong
    assert set(wire.types()) == {"session.update"}
    write(widget, "new?", done=True)
    await wire.soon(lambda w: bool(w.sent("response.done")))

    assert user_items(wire) == ["What is new?"]
    assert wire.sent("error") == []


async def test_turns_sent_at_once_are_answered_in_their_order(talk: StartTalk) -> None:
    widget, wire = talk()
    texts = [f"number {n}" for n in range(6)]
    for text in texts:
        write(widget, text, done=True)
    await wire.soon(lambda w: len(w.sent("response.done")) == len(texts))
    await asyncio.wait_for(until(widget, "status", "ready"), 10)

    answers = [item.text for item in widget.conversation if item.role == "assistant"]
    assert answers == [f"You said: {text}" for text in texts]
    assert wire.sent("error") == []
