from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rt_widget.audio import SAMPLE_RATE_HZ
from rt_widget.backends.local.conversation import edits
from rt_widget.backends.local.conversation.items import Items, Message
from rt_widget.backends.local.conversation.parts import Part
from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ, ChatMessage
from rt_widget.backends.local.hearing.listening import Turn
from rt_widget.backends.local.protocol.outcome import Forget, Recognise
from rt_widget.backends.local.requests.values import (
    AudioPart,
    DeleteItem,
    InsertItem,
    NewCall,
    NewMessage,
    NewOutput,
    RequestError,
    RetrieveItem,
    TextPart,
    TruncateItem,
)
from tests.local.scripted import loud
from tests.local.test_parts import spoken

if TYPE_CHECKING:
    from rt_widget.backends.local.hearing.g711 import AudioFormat

SECOND = loud(1.0)
PCM: AudioFormat = "audio/pcm"


def spoken_answer() -> Message:
    """Two seconds, a second for each of its two sentences."""
    return Message("a", "assistant", (spoken(),))


def heard(name: str, words: str) -> Message:
    return Message(name, "user", (Part(is_audio=True, text=words, audio_ms=900.0),))


def written(name: str, words: str) -> NewMessage:
    return NewMessage(id=name, role="user", parts=(TextPart(text=words),))


def conversation(*names: str) -> Items:
    items = Items()
    for name in names:
        edits.insert(items, InsertItem(item=written(name, name)), PCM)
    return items


def ids(items: Items) -> list[str]:
    return [entry.id for entry in items]


def test_the_model_reads_instructions_messages_and_what_is_coming() -> None:
    items = Items()
    note = NewMessage(id="s", role="system", parts=(TextPart(text="be brief"),))
    items.add(heard("u", "hi"))
    items.add(heard("e", "  "))
    items.begin(spoken_answer())
    edits.insert(items, InsertItem(item=note), PCM)
    assert items.chat("be kind", "so") == (
        ChatMessage("system", "be kind"),
        ChatMessage("user", "hi"),
        ChatMessage("assistant", "It is Paris now. It was Rome."),
        ChatMessage("system", "be brief"),
        ChatMessage("user", "so"),
    )
    assert items.chat("") == items.chat("x")[1:]


@pytest.mark.parametrize(
    ("after", "order", "previous"),
    [
        (None, "abcx", "c"),
        ("c", "abcx", "c"),
        ("root", "xabc", None),
        ("a", "axbc", "a"),
    ],
)
def test_an_item_is_put_at_its_place(
    after: str | None, order: str, previous: str | None
) -> None:
    items = conversation("a", "b", "c")
    asked = InsertItem(item=written("x", "new"), previous_item_id=after)
    outcome = edits.insert(items, asked, PCM)
    assert "".join(ids(items)) == order
    assert [m.content for m in items.chat("")] == [
        "new" if name == "x" else name for name in order
    ]
    added, done = outcome.events
    assert added["type"] == "conversation.item.added"
    assert done["type"] == "conversation.item.done"
    entry = items.entry("x")
    assert entry is not None
    assert added["item"] == done["item"] == entry.told()
    assert added["previous_item_id"] == done["previous_item_id"] == previous
    assert outcome.actions == ()


def test_a_message_of_several_parts_is_read_as_one_and_each_sound_recognised() -> None:
    items = Items()
    parts = (
        TextPart(text="Compare:"),
        AudioPart(audio=SECOND),
        AudioPart(audio=SECOND, transcript="said before"),
        AudioPart(audio=SECOND),
    )
    message = NewMessage(id="u", role="user", parts=parts)
    work = edits.insert(items, InsertItem(item=message), PCM).actions
    assert [(w.item_id, w.content_index) for w in work if isinstance(w, Recognise)] == [
        ("u", 1),
        ("u", 3),
    ]
    assert items.chat("")[0].content == "Compare:\nsaid before"
    assert items.audio_ms == 3000.0


@pytest.mark.parametrize(
    ("item", "code", "param"),
    [
        (NewMessage(id="new", role="user", parts=()), "invalid_value", "item.content"),
        (
            NewMessage(id="new", role="user", parts=(AudioPart(audio=b""),)),
            "invalid_value",
            "item.content",
        ),
        (
            NewMessage(id="new", role="user", parts=(AudioPart(audio=b"\0\0\0"),)),
            "invalid_value",
            "item.content",
        ),
        (written("old", "x"), "item_create_duplicate_item_id", "item.id"),
        (
            NewOutput(id="new", call_id="call_none", output="1"),
            "invalid_tool_call_id",
            "item.call_id",
        ),
    ],
)
def test_what_is_no_item_is_refused(
    item: NewMessage | NewOutput, code: str, param: str
) -> None:
    items = conversation("old")
    with pytest.raises(RequestError) as refusal:
        edits.insert(items, InsertItem(item=item), PCM)
    assert (refusal.value.code, refusal.value.param) == (code, param)
    assert ids(items) == ["old"]


def test_a_place_after_an_item_that_is_not_there_is_refused() -> None:
    items = conversation("old")
    asked = InsertItem(item=written("x", "new"), previous_item_id="gone")
    with pytest.raises(RequestError, match="'gone' does not exist") as refusal:
        edits.insert(items, asked, PCM)
    assert refusal.value.code == "item_create_invalid_previous_item_id"
    assert ids(items) == ["old"]


def test_a_call_of_an_earlier_session_is_read_with_its_output() -> None:
    items = conversation("q")
    call = NewCall(id="c", name="look", call_id="call_1", arguments="{}")
    edits.insert(items, InsertItem(item=call), PCM)
    given = NewOutput(id="o", call_id="call_1", output="a tree")
    edits.insert(items, InsertItem(item=given), PCM)
    assert [m.role for m in items.chat("")] == ["user", "assistant", "tool"]
    with pytest.raises(RequestError, match="has an output already"):
        edits.insert(
            items,
            InsertItem(item=NewOutput(id="p", call_id="call_1", output="")),
            PCM,
        )


def test_a_turn_is_retrieved_with_its_sound_and_words() -> None:
    items = Items()
    samples = np.full(SPEECH_RATE_HZ, 1000, np.int16)
    edits.take(items, Turn("u", samples))
    message = items.get("u")
    assert message is not None
    message.parts[0].transcript = "hello"
    (retrieved,) = edits.retrieve(items, RetrieveItem(item_id="u"), PCM).events
    assert retrieved["type"] == "conversation.item.retrieved"
    item = retrieved["item"]
    assert isinstance(item, dict)
    (part,) = item["content"]
    assert (part["type"], part["transcript"]) == ("input_audio", "hello")
    sound = np.frombuffer(base64.b64decode(part["audio"]), "<i2")
    assert len(sound) == SAMPLE_RATE_HZ
    assert abs(np.median(sound) - 1000) < 10


def test_sound_that_was_sent_or_said_is_retrieved_as_it_was() -> None:
    items = Items()
    message = NewMessage(id="u", role="user", parts=(AudioPart(audio=SECOND),))
    edits.insert(items, InsertItem(item=message), PCM)
    items.begin(spoken_answer())
    items.sound.add("a", SECOND * 2, PCM)
    cut = TruncateItem(item_id="a", content_index=0, audio_end_ms=500)
    edits.truncate(items, cut)
    for name, length in (("u", 48_000), ("a", 24_000)):
        (retrieved,) = edits.retrieve(items, RetrieveItem(item_id=name), PCM).events
        item = retrieved["item"]
        assert isinstance(item, dict)
        assert base64.b64decode(item["content"][0]["audio"]) == SECOND[:length]


def test_truncation_is_confirmed() -> None:
    items = Items()
    items.begin(spoken_answer())
    cut = TruncateItem(item_id="a", content_index=0, audio_end_ms=1000)
    (event,) = edits.truncate(items, cut).events
    assert event == {
        "type": "conversation.item.truncated",
        "item_id": "a",
        "content_index": 0,
        "audio_end_ms": 1000,
    }
    assert items.chat("")[0].content == "It is Paris now."


@pytest.mark.parametrize(
    ("item_id", "index", "end_ms", "code", "words"),
    [
        ("a", 0, 2001, None, "Audio content of 2000ms is already shorter than 2001ms"),
        ("u", 0, 1, None, "Only model output audio messages can be truncated"),
        ("t", 0, 1, None, "Only model output audio messages can be truncated"),
        ("gone", 0, 1, "item_truncate_invalid_item_id", "gone"),
        ("a", 1, 1, "invalid_value", "content_index"),
        ("a", 0, -1, "invalid_value", "audio_end_ms"),
    ],
)
def test_a_truncation_that_makes_no_sense_is_refused(
    item_id: str, index: int, end_ms: int, code: str | None, words: str
) -> None:
    items = Items()
    items.begin(spoken_answer())
    items.add(heard("u", "hi"))
    items.begin(Message("t", "assistant", (Part(is_audio=False, text="hi"),)))
    sent = TruncateItem(item_id=item_id, content_index=index, audio_end_ms=end_ms)
    with pytest.raises(RequestError, match=words) as refusal:
        edits.truncate(items, sent)
    assert refusal.value.code == code
    assert items.chat("")[0].content == spoken_answer().text


def test_an_item_can_be_deleted_once() -> None:
    items = Items()
    items.begin(spoken_answer())
    outcome = edits.delete(items, DeleteItem(item_id="a"))
    assert outcome.events == ({"type": "conversation.item.deleted", "item_id": "a"},)
    assert outcome.actions == (Forget("a"),)
    with pytest.raises(RequestError) as refusal:
        edits.delete(items, DeleteItem(item_id="a"))
    assert refusal.value.code == "item_delete_invalid_item_id"
    with pytest.raises(RequestError) as refusal:
        edits.retrieve(items, RetrieveItem(item_id="a"), PCM)
    assert refusal.value.code == "item_retrieve_invalid_item_id"
    assert items.chat("") == ()
