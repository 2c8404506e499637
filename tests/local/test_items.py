from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rt_widget import events
from rt_widget.backends.local import edits
from rt_widget.backends.local.engines.base import ChatMessage
from rt_widget.backends.local.items import Items, Message
from rt_widget.backends.local.outcome import Outcome, Recognise
from tests.local.scripted import loud

SECOND = loud(1.0)


def spoken_answer() -> Message:
    """Two seconds, a second for each of its two sentences."""
    text = "It is Paris now. It was Rome."
    message = Message("a", "assistant", is_audio=True, text=text)
    message.add_sound(SECOND, 16)
    message.add_sound(SECOND, 29)
    return message


def fault(outcome: Outcome) -> events.ServerFault:
    (event,) = outcome.events
    assert isinstance(event, events.ErrorReported)
    return event.error


@pytest.mark.parametrize(
    ("heard_ms", "kept"),
    [
        (0, ""),
        (500, "It is"),
        (1000, "It is Paris now."),
        (1500, "It is Paris now. It"),
        (2000, "It is Paris now. It was Rome."),
    ],
)
def test_of_a_cut_answer_the_words_that_were_heard_stay(
    heard_ms: int, kept: str
) -> None:
    message = spoken_answer()
    message.cut(heard_ms)
    assert message.text == kept
    assert message.audio_ms == heard_ms


def test_a_cut_answer_can_be_cut_again() -> None:
    message = spoken_answer()
    message.cut(1500)
    message.cut(1000)
    assert message.text == "It is Paris now."
    assert message.audio_ms == 1000


@settings(deadline=None)
@given(st.integers(0, 2000), st.integers(0, 2000))
def test_hearing_less_never_keeps_more(one: int, other: int) -> None:
    shorter, longer = spoken_answer(), spoken_answer()
    shorter.cut(min(one, other))
    longer.cut(max(one, other))
    assert longer.text.startswith(shorter.text)


def test_the_model_reads_instructions_messages_and_what_is_coming() -> None:
    items = Items()
    items.add(Message("u", "user", is_audio=True, text="hi"))
    items.add(Message("e", "user", is_audio=True, text="  "))
    items.begin(spoken_answer())
    assert items.chat("be kind", "so") == (
        ChatMessage("system", "be kind"),
        ChatMessage("user", "hi"),
        ChatMessage("assistant", "It is Paris now. It was Rome."),
        ChatMessage("user", "so"),
    )
    assert items.chat("") == items.chat("x")[1:]


def test_a_typed_message_is_added_at_the_end() -> None:
    items = Items()
    items.add(Message("first", "user", is_audio=False, text="one"))
    outcome = edits.create(items, events.ItemCreate(item_id="second", text="two"))
    added, done = outcome.events
    assert isinstance(added, events.ItemAdded)
    assert isinstance(done, events.ItemDone)
    assert added.item == done.item
    assert added.item.content == (events.ContentPart("input_text", text="two"),)
    assert added.previous_item_id == done.previous_item_id == "first"
    assert outcome.actions == ()


def test_a_recorded_message_is_recognised() -> None:
    items = Items()
    sent = events.ItemCreate(item_id="u", audio=SECOND)
    (action,) = edits.create(items, sent).actions
    assert isinstance(action, Recognise)
    assert action.item_id == "u"
    assert action.sound == SECOND


@pytest.mark.parametrize(
    "sent",
    [
        events.ItemCreate(item_id="new"),
        events.ItemCreate(item_id="new", text="x", audio=SECOND),
        events.ItemCreate(item_id="new", audio=b""),
        events.ItemCreate(item_id="new", audio=b"\0\0\0"),
        events.ItemCreate(item_id="old", text="x"),
    ],
)
def test_what_is_no_message_is_refused(sent: events.ItemCreate) -> None:
    items = Items()
    items.add(Message("old", "user", is_audio=False, text="one"))
    error = fault(edits.create(items, sent))
    assert error.code == "invalid_value"
    assert error.event_id == sent.event_id
    assert [message.id for message in items] == ["old"]


def test_truncation_is_confirmed() -> None:
    items = Items()
    items.begin(spoken_answer())
    cut = events.ItemTruncate(item_id="a", content_index=0, audio_end_ms=1000)
    outcome = edits.truncate(items, cut)
    assert outcome.events == (events.ItemTruncated("a", 0, 1000),)
    assert items.chat("")[0].content == "It is Paris now."


@pytest.mark.parametrize(
    ("item_id", "index", "end_ms", "code", "words"),
    [
        ("a", 0, 2001, "", "Audio content of 2000ms is already shorter than 2001ms"),
        ("u", 0, 1, "", "Only model output audio messages can be truncated"),
        ("t", 0, 1, "", "Only model output audio messages can be truncated"),
        ("gone", 0, 1, "item_not_found", "gone"),
        ("a", 1, 1, "invalid_value", "content_index"),
        ("a", 0, -1, "invalid_value", "audio_end_ms"),
    ],
)
def test_a_truncation_that_makes_no_sense_is_refused(
    item_id: str, index: int, end_ms: int, code: str, words: str
) -> None:
    items = Items()
    items.begin(spoken_answer())
    items.add(Message("u", "user", is_audio=True, text="hi"))
    items.begin(Message("t", "assistant", is_audio=False, text="hi"))
    sent = events.ItemTruncate(
        item_id=item_id, content_index=index, audio_end_ms=end_ms
    )
    error = fault(edits.truncate(items, sent))
    assert (error.code, error.event_id) == (code, sent.event_id)
    assert words in error.message
    assert spoken_answer().text in [m.text for m in items if isinstance(m, Message)]


def test_a_message_can_be_deleted_once() -> None:
    items = Items()
    items.begin(spoken_answer())
    sent = events.ItemDelete(item_id="a")
    assert edits.delete(items, sent).events == (events.ItemDeleted("a"),)
    assert fault(edits.delete(items, sent)).code == "item_not_found"
    assert items.chat("") == ()
