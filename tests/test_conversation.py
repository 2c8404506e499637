from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rt_widget import events
from rt_widget.calls import Call
from rt_widget.conversation import Conversation, Item

if TYPE_CHECKING:
    from collections.abc import Iterable

RESPONSE = "resp_1"


def conversation_after(*news: events.ServerEvent) -> Conversation:
    conversation = Conversation()
    feed(conversation, news)
    return conversation


def feed(conversation: Conversation, news: Iterable[events.ServerEvent]) -> None:
    for event in news:
        conversation.apply(event)


def item(conversation: Conversation, item_id: str) -> Item:
    found = conversation.item(item_id)
    assert found is not None
    return found


def ids(conversation: Conversation) -> list[str]:
    return [each.id for each in conversation]


def message(
    item_id: str, role: str, text: str = "", status: str = "completed"
) -> events.WireItem:
    content = (events.ContentPart("input_text", text),) if text else ()
    return events.WireItem(item_id, role=role, status=status, content=content)


def spoken(item_id: str) -> events.WireItem:
    content = (events.ContentPart("input_audio"),)
    return events.WireItem(item_id, role="user", status="completed", content=content)


def answer(item_id: str, *, status: str = "in_progress") -> events.OutputItemAdded:
    return events.OutputItemAdded(RESPONSE, message(item_id, "assistant", "", status))


def words(item_id: str, *deltas: str) -> list[events.ServerEvent]:
    return [events.TranscriptDelta(RESPONSE, item_id, delta) for delta in deltas]


def done(status: str = "completed", response_id: str = RESPONSE) -> events.ResponseDone:
    return events.ResponseDone(events.WireResponse(response_id, status))


def test_items_stand_where_the_server_says_and_not_where_they_came() -> None:
    conversation = conversation_after(
        events.ItemAdded(message("second", "user", "two")),
        events.ItemAdded(message("third", "user", "three"), "second"),
        events.ItemAdded(message("between", "user", "two and a half"), "second"),
    )

    assert ids(conversation) == ["second", "between", "third"]
    assert item(conversation, "third").previous_item_id == "between"
    assert item(conversation, "second").previous_item_id is None


def test_late_words_of_the_person_stay_before_the_answer() -> None:
    conversation = conversation_after(
        events.SpeechStarted("said"),
        events.InputCommitted("said"),
        events.ItemAdded(spoken("said")),
        events.ItemDone(spoken("said")),
        answer("answer"),
        *words("answer", "Hi."),
        done(),
        events.InputTranscriptDelta("said", "hel"),
        events.InputTranscriptDelta("said", "lo"),
        events.InputTranscriptDone("said", " hello\n"),
    )

    assert conversation.transcript == "user: hello\nassistant: Hi."
    assert item(conversation, "said").status == "completed"


def test_a_placeholder_stands_as_soon_as_the_person_speaks() -> None:
    conversation = conversation_after(
        events.ItemAdded(message("before", "assistant", "Well?")),
        events.SpeechStarted("said"),
    )

    assert item(conversation, "said") == Item(
        "said", "before", "user", "", "in_progress"
    )


def test_a_spoken_item_is_open_until_its_words_have_come() -> None:
    conversation = conversation_after(
        events.InputCommitted("said"), events.ItemDone(spoken("said"))
    )
    assert item(conversation, "said").status == "in_progress"

    feed(conversation, [events.InputTranscriptFailed("said")])
    assert item(conversation, "said").status == "failed"


def test_a_spoken_question_that_was_sent_whole_awaits_no_words() -> None:
    conversation = conversation_after(
        events.ItemAdded(spoken("asked")), events.ItemDone(spoken("asked"))
    )

    assert item(conversation, "asked").status == "completed"


def test_servers_that_add_items_and_never_finish_them_leave_none_open() -> None:
    conversation = conversation_after(events.ItemAdded(message("asked", "user", "hi")))

    assert item(conversation, "asked").status == "completed"


def test_words_that_come_before_their_item_are_kept() -> None:
    conversation = conversation_after(
        *words("answer", "Hel", "lo"),
        events.ItemAdded(message("asked", "user", "hi")),
        events.ItemAdded(message("answer", "assistant", "", "in_progress"), "asked"),
        *words("answer", "."),
    )

    assert conversation.transcript == "user: hi\nassistant: Hello."


def test_items_and_words_in_any_order_give_the_servers_conversation() -> None:
    news: list[events.ServerEvent] = [
        events.InputTranscriptDone("said_2", "And you?"),
        *words("answer_1", "Fine."),
        events.ItemAdded(message("answer_2", "assistant", "", "in_progress"), "said_2"),
        events.InputCommitted("said_2", "answer_1"),
        *words("answer_2", "Well."),
        events.InputTranscriptDone("said_1", "How is it?"),
        events.ItemAdded(message("answer_1", "assistant", "", "in_progress"), "said_1"),
        events.InputCommitted("said_1"),
    ]
    conversation = conversation_after(*news)

    assert ids(conversation) == ["said_1", "answer_1", "said_2", "answer_2"]
    assert conversation.transcript == (
        "user: How is it?\nassistant: Fine.\nuser: And you?\nassistant: Well."
    )


def test_an_item_that_must_not_be_seen_never_is() -> None:
    conversation = conversation_after(*words("answer", "One"))

    assert conversation.forget("answer")
    assert not conversation.forget("coming")
    feed(conversation, [*words("answer", "two"), answer("coming")])
    assert ids(conversation) == []


def test_equal_deltas_are_two_deltas() -> None:
    conversation = conversation_after(*words("answer", "ha", "ha"))

    assert item(conversation, "answer").text == "haha"


def test_the_final_words_replace_the_deltas() -> None:
    conversation = conversation_after(
        *words("answer", "Helo"), events.TranscriptDone(RESPONSE, "answer", "Hello.")
    )

    assert item(conversation, "answer").text == "Hello."


def test_a_cut_item_keeps_the_words_that_it_had() -> None:
    conversation = conversation_after(
        answer("answer"),
        *words("answer", "One, two, three"),
        events.AudioDelta(RESPONSE, "answer", bytes(4_800)),
        events.ItemTruncated("answer", 0, 60),
        events.ItemDone(message("answer", "assistant", "One", "incomplete")),
        done("cancelled"),
    )

    cut = item(conversation, "answer")
    assert (cut.text, cut.status) == ("One, two, three", "interrupted")
    assert (cut.audio_ms, cut.heard_ms) == (100, 60)


def test_items_of_a_cancelled_response_are_interrupted() -> None:
    conversation = conversation_after(
        answer("answer"),
        *words("answer", "One"),
        events.ItemDone(message("answer", "assistant", "One", "incomplete")),
        done("cancelled"),
    )

    assert item(conversation, "answer").status == "interrupted"


@pytest.mark.parametrize(
    ("status", "shown"),
    [("completed", "completed"), ("incomplete", "incomplete"), ("failed", "failed")],
)
def test_open_items_end_as_their_response_does(status: str, shown: str) -> None:
    conversation = conversation_after(answer("answer"), done(status))

    assert item(conversation, "answer").status == shown


def test_another_response_ends_no_item() -> None:
    conversation = conversation_after(answer("answer"), done("failed", "resp_other"))

    assert item(conversation, "answer").status == "in_progress"


def test_a_deleted_item_is_gone_and_said_to_have_changed() -> None:
    conversation = conversation_after(
        events.ItemAdded(message("first", "user", "one")),
        events.ItemAdded(message("second", "user", "two"), "first"),
    )

    assert conversation.apply(events.ItemDeleted("first")) == ("first",)
    assert conversation.item("first") is None
    assert item(conversation, "second").previous_item_id is None


def test_nothing_brings_a_deleted_item_back() -> None:
    conversation = conversation_after(
        answer("answer"), *words("answer", "One"), events.ItemDeleted("answer")
    )

    for event in (
        *words("answer", ", two"),
        events.ItemDone(message("answer", "assistant", "One", "incomplete")),
        answer("answer"),
        done("cancelled"),
    ):
        assert conversation.apply(event) == ()
    assert ids(conversation) == []


def test_a_function_call_is_an_item_of_a_tool() -> None:
    call = events.WireItem(
        "call", type="function_call", status="completed", name="add", call_id="call_1"
    )
    conversation = conversation_after(events.ItemAdded(message("asked", "user", "hi")))

    changed = conversation.apply(events.OutputItemAdded(RESPONSE, call))
    feed(
        conversation,
        [
            events.ItemAdded(call, "asked"),
            events.ItemDone(call, "asked"),
            events.ItemAdded(message("answer", "assistant", "3"), "call"),
        ],
    )

    assert changed == ("call",)
    shown = item(conversation, "call")
    assert (shown.role, shown.text, shown.status) == ("tool", "", "in_progress")
    assert shown.call == Call("call_1", "add", "", "running")
    assert item(conversation, "answer").previous_item_id == "call"
    assert conversation.transcript == "user: hi\nassistant: 3"


def test_what_a_function_has_given_is_no_item_of_its_own() -> None:
    output = events.WireItem("output", type="function_call_output", call_id="call_1")
    conversation = conversation_after(events.ItemAdded(message("asked", "user", "hi")))

    assert conversation.apply(events.ItemAdded(output, "asked")) == ()
    assert conversation.item("output") is None


def test_a_call_that_comes_twice_is_shown_once() -> None:
    first, again = (
        events.WireItem(name, type="function_call", name="add", call_id="call_1")
        for name in ("first", "again")
    )
    conversation = conversation_after(
        events.OutputItemAdded(RESPONSE, first), events.OutputItemAdded(RESPONSE, again)
    )

    assert ids(conversation) == ["first"]


def test_a_call_that_is_told_only_at_the_end_of_its_response_is_an_item() -> None:
    call = events.WireItem(
        "call", type="function_call", name="add", call_id="call_1", arguments="{}"
    )
    response = events.WireResponse(RESPONSE, "completed", calls=(call,))
    conversation = conversation_after()

    assert conversation.apply(events.ResponseDone(response)) == ("call",)
    assert item(conversation, "call").call == Call("call_1", "add", "{}", "running")
    conversation.forget("call")
    assert conversation.apply(events.ResponseDone(response)) == ()


def test_a_call_is_shown_as_it_stands() -> None:
    call = events.WireItem("call", type="function_call", name="add", call_id="call_1")
    conversation = conversation_after(events.OutputItemAdded(RESPONSE, call))
    ended = Call("call_1", "add", "{}", "completed", output="3")

    assert conversation.show_call("call", ended, "completed")
    assert not conversation.show_call("nothing", ended, "completed")
    assert item(conversation, "call").call == ended


def test_unknown_items_and_events_harm_nothing() -> None:
    conversation = conversation_after(events.ItemAdded(message("asked", "user", "hi")))
    before = list(conversation)

    for event in (
        events.ItemDeleted("nobody"),
        events.ItemTruncated("nobody", 0, 10),
        done("completed", "resp_nobody"),
        events.SpeechStarted(""),
        events.Unhandled("rt.weather"),
        events.ErrorReported(events.ServerFault("oh")),
    ):
        assert conversation.apply(event) == ()

    assert list(conversation) == before


def test_an_item_that_follows_an_unknown_one_comes_last() -> None:
    conversation = conversation_after(
        events.ItemAdded(message("one", "user", "1")),
        events.ItemAdded(message("two", "user", "2"), "nobody"),
    )

    assert ids(conversation) == ["one", "two"]


def test_the_end_leaves_what_was_growing_incomplete() -> None:
    conversation = conversation_after(
        events.ItemAdded(message("asked", "user", "hi")),
        answer("answer"),
        *words("answer", "Once upon"),
    )

    assert conversation.end() == ("answer",)
    assert item(conversation, "answer").status == "incomplete"
    assert item(conversation, "answer").text == "Once upon"


def test_a_new_session_goes_on_below_the_old_one() -> None:
    conversation = conversation_after(events.ItemAdded(message("old", "user", "hi")))
    conversation.end()
    feed(conversation, [events.ItemAdded(message("new", "user", "again"))])

    assert ids(conversation) == ["old", "new"]


def test_reading_changes_nothing() -> None:
    """Or what another thread reads would lose what comes in just then."""
    conversation = conversation_after(*words("answer", "One", ", two"))
    before = repr(list(conversation._drafts))

    assert conversation.transcript == "assistant: One, two"
    assert repr(list(conversation._drafts)) == before


def test_items_may_come_and_go_while_another_thread_reads() -> None:
    names = ["a", "b", "c"]
    conversation = conversation_after(
        *(events.ItemAdded(message(name, "user", name)) for name in names)
    )
    reading = iter(conversation)
    seen = [next(reading).id]
    feed(
        conversation,
        [events.ItemDeleted("b"), events.ItemAdded(message("d", "user", "d"), "a")],
    )

    assert [*seen, *(each.id for each in reading)] == ["a", "c"]
    assert ids(conversation) == ["a", "d", "c"]
