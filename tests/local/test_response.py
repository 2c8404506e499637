from __future__ import annotations

import pytest

from rt_widget import events
from rt_widget.backends.local.engines.base import LlmUsage
from rt_widget.backends.local.items import Items, Message
from rt_widget.backends.local.outcome import Outcome, Respond, Stop
from rt_widget.backends.local.response import Failed, Finished, Piece, Sound, Words
from rt_widget.backends.local.responses import Responses
from tests.local.scripted import loud

HALF_SECOND = loud(0.5)


class Spoken:
    """Responses over a conversation with one question, and what was told."""

    def __init__(self, *, spoken: bool = True) -> None:
        self.items = Items()
        self.items.add(Message("q", "user", is_audio=False, text="and?"))
        self.responses = Responses(self.items)
        self.spoken = spoken
        self.told: list[events.ServerEvent] = []

    def take(self, outcome: Outcome) -> Outcome:
        self.told += outcome.events
        return outcome

    def create(self, **metadata: str) -> Outcome:
        event = events.ResponseCreate(metadata=metadata)
        return self.take(self.responses.create(event, spoken=self.spoken))

    def make(self, *pieces: Piece) -> None:
        for piece in pieces:
            self.take(self.responses.progress(piece))

    @property
    def order(self) -> list[str]:
        return [type(event).__name__ for event in self.told]

    @property
    def done(self) -> events.WireResponse:
        last = self.told[-1]
        assert isinstance(last, events.ResponseDone)
        return last.response


def error_of(outcome: Outcome) -> events.ServerFault:
    event = outcome.events[-1]
    assert isinstance(event, events.ErrorReported)
    return event.error


def test_a_spoken_answer_is_told_in_the_order_of_the_protocol() -> None:
    talk = Spoken()
    assert talk.create(a="b").actions == (Respond(),)
    usage = LlmUsage(30, 5, 20, "stop")
    talk.make(Words("Oh "), Words("yes."), Sound(HALF_SECOND, 7), Finished(usage))
    assert talk.order == [
        "ResponseCreated",
        "OutputItemAdded",
        "ItemAdded",
        "TranscriptDelta",
        "TranscriptDelta",
        "AudioDelta",
        "AudioDone",
        "TranscriptDone",
        "ItemDone",
        "OutputItemDone",
        "ResponseDone",
    ]
    created, _, added, *_ = talk.told
    assert isinstance(created, events.ResponseCreated)
    assert created.response == events.WireResponse(talk.done.id, metadata={"a": "b"})
    assert isinstance(added, events.ItemAdded)
    assert (added.previous_item_id, added.item.content) == ("q", ())
    item = talk.told[-2]
    assert isinstance(item, events.OutputItemDone)
    part = events.ContentPart("output_audio", transcript="Oh yes.")
    assert item.item == events.WireItem(
        added.item.id, role="assistant", status="completed", content=(part,)
    )
    assert talk.done.status == "completed"
    assert talk.done.metadata == {"a": "b"}
    assert talk.done.usage == events.Usage(
        total_tokens=35,
        input_tokens=30,
        output_tokens=5,
        input_text_tokens=30,
        cached_tokens=20,
        output_text_tokens=5,
    )


def test_a_text_answer_has_text_events_only() -> None:
    talk = Spoken(spoken=False)
    talk.create()
    talk.make(Words("Oh "), Words("yes."), Finished(LlmUsage()))
    assert talk.order == [
        "ResponseCreated",
        "OutputItemAdded",
        "ItemAdded",
        "TextDelta",
        "TextDelta",
        "TextDone",
        "ItemDone",
        "OutputItemDone",
        "ResponseDone",
    ]
    item = talk.told[-2]
    assert isinstance(item, events.OutputItemDone)
    assert item.item.content == (events.ContentPart("output_text", text="Oh yes."),)


def test_an_answer_that_ran_into_its_limit_is_incomplete() -> None:
    talk = Spoken()
    talk.create()
    talk.make(Words("Oh"), Finished(LlmUsage(1, 2, 0, "length")))
    assert (talk.done.status, talk.done.reason) == ("incomplete", "max_output_tokens")


def test_a_failure_keeps_what_was_said() -> None:
    talk = Spoken()
    talk.create()
    talk.make(Words("Oh"), Failed("engine_failed", "it broke"))
    done = talk.done
    assert (done.status, done.error_code, done.error_message) == (
        "failed",
        "engine_failed",
        "it broke",
    )
    assert "ItemDone" in talk.order
    assert talk.responses.is_idle


def test_a_second_request_is_refused_with_its_event_id() -> None:
    talk = Spoken()
    talk.create()
    event = events.ResponseCreate()
    outcome = talk.responses.create(event, spoken=True)
    error = error_of(outcome)
    assert error.code == "conversation_already_has_active_response"
    assert error.event_id == event.event_id
    assert outcome.actions == ()


def test_cancelling_ends_the_answer_and_late_pieces_are_lost() -> None:
    talk = Spoken()
    talk.create()
    talk.make(Words("Oh "), Sound(HALF_SECOND, 3))
    outcome = talk.take(talk.responses.cancel(events.ResponseCancel()))
    assert outcome.actions == (Stop(),)
    assert (talk.done.status, talk.done.reason) == ("cancelled", "client_cancelled")
    assert talk.order[-5:] == [
        "AudioDone",
        "TranscriptDone",
        "ItemDone",
        "OutputItemDone",
        "ResponseDone",
    ]
    item = talk.told[-2]
    assert isinstance(item, events.OutputItemDone)
    assert item.item.status == "incomplete"
    told = len(talk.told)
    talk.make(Words("more"), Sound(HALF_SECOND, 7), Finished())
    assert len(talk.told) == told


def test_cancelling_before_a_word_leaves_no_message() -> None:
    talk = Spoken()
    talk.create()
    talk.take(talk.responses.cancel(events.ResponseCancel()))
    assert talk.order == ["ResponseCreated", "ResponseDone"]
    assert [message.id for message in talk.items] == ["q"]


@pytest.mark.parametrize("response_id", [None, "resp_other"])
def test_cancelling_nothing_is_refused(response_id: str | None) -> None:
    talk = Spoken()
    event = events.ResponseCancel(response_id=response_id)
    error = error_of(talk.responses.cancel(event))
    assert error.code == "response_cancel_not_active"
    assert error.event_id == event.event_id


def test_cancelling_another_response_leaves_the_active_one() -> None:
    talk = Spoken()
    talk.create()
    outcome = talk.responses.cancel(events.ResponseCancel(response_id="resp_other"))
    assert error_of(outcome).code == "response_cancel_not_active"
    assert outcome.actions == ()
    talk.make(Finished())
    assert talk.done.status == "completed"


def test_speech_interrupts() -> None:
    talk = Spoken()
    assert talk.responses.interrupt() == Outcome()
    talk.create()
    talk.make(Words("Oh "))
    talk.take(talk.responses.interrupt())
    assert (talk.done.status, talk.done.reason) == ("cancelled", "turn_detected")


def test_a_turn_is_answered_once_its_words_are_known() -> None:
    talk = Spoken()
    assert talk.responses.await_words("q").actions == (Respond("q"),)
    assert not talk.responses.is_idle
    talk.take(talk.responses.begin("q", spoken=True))
    assert talk.order == ["ResponseCreated"]


def test_a_turn_without_words_is_not_answered() -> None:
    talk = Spoken()
    talk.items.add(Message("empty", "user", is_audio=True))
    talk.responses.await_words("empty")
    assert talk.responses.begin("empty", spoken=True) == Outcome()
    assert talk.responses.is_idle


def test_a_turn_that_ends_during_an_answer_is_not_answered() -> None:
    talk = Spoken()
    talk.create()
    outcome = talk.responses.await_words("q")
    assert error_of(outcome).code == "conversation_already_has_active_response"
    assert error_of(outcome).event_id == ""


def test_a_request_takes_the_place_of_the_answer_that_was_awaited() -> None:
    talk = Spoken()
    talk.responses.await_words("q")
    assert talk.create().actions == (Respond(),)
    assert talk.responses.begin("q", spoken=True) == Outcome()
