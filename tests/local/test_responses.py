"""Which responses there may be at once, and what they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rt_widget.backends.local.conversation.items import Message
from rt_widget.backends.local.conversation.parts import Part
from rt_widget.backends.local.engines.base import LlmUsage
from rt_widget.backends.local.protocol.outcome import Outcome, Recognise, Respond, Stop
from rt_widget.backends.local.protocol.pieces import (
    Called,
    Finished,
    Sound,
    Words,
)
from rt_widget.backends.local.protocol.responses import MOST_BESIDE
from rt_widget.backends.local.requests.values import (
    AudioPart,
    CancelResponse,
    CreateResponse,
    ItemReference,
    NewCall,
    NewMessage,
    NewOutput,
    RequestError,
    TextPart,
)

if TYPE_CHECKING:
    from rt_widget.backends.local.requests.values import Wire

from tests.local.asked import HALF_SECOND, SPOKEN, TEXT, Asked, error_of, response_in


def test_a_second_request_is_refused_with_its_event_id() -> None:
    talk = Asked()
    talk.create()
    outcome = talk.responses.create(CreateResponse(event_id="mine"), SPOKEN)
    error = error_of(outcome)
    assert error["code"] == "conversation_already_has_active_response"
    assert error["event_id"] == "mine"
    assert outcome.actions == ()


def test_cancelling_ends_the_answer_and_late_pieces_are_lost() -> None:
    talk = Asked()
    name = talk.create()
    talk.make(name, Words("Oh "), Sound(HALF_SECOND, 3))
    outcome = talk.take(talk.responses.cancel(CancelResponse()))
    assert outcome.actions == (Stop(name),)
    details = {"type": "cancelled", "reason": "client_cancelled"}
    assert (talk.done["status"], talk.done["status_details"]) == ("cancelled", details)
    assert talk.order[-6:] == [
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
    ]
    item = talk.only_item
    assert item["status"] == "incomplete"
    before = len(talk.told)
    talk.make(name, Words("more"), Sound(HALF_SECOND, 7), Finished())
    assert len(talk.told) == before


def test_cancelling_before_a_word_leaves_no_message() -> None:
    talk = Asked()
    talk.create()
    talk.take(talk.responses.cancel(CancelResponse()))
    assert talk.order == ["response.created", "response.done"]
    assert [message.id for message in talk.items] == ["q"]


@pytest.mark.parametrize("response_id", [None, "resp_other"])
def test_cancelling_nothing_is_refused(response_id: str | None) -> None:
    talk = Asked()
    cancel = CancelResponse(event_id="mine", response_id=response_id)
    error = error_of(talk.responses.cancel(cancel))
    assert error["code"] == "response_cancel_not_active"
    assert error["event_id"] == "mine"


def test_cancelling_another_response_leaves_the_active_one() -> None:
    talk = Asked()
    name = talk.create()
    outcome = talk.responses.cancel(CancelResponse(response_id="resp_other"))
    assert error_of(outcome)["code"] == "response_cancel_not_active"
    assert outcome.actions == ()
    talk.make(name, Finished())
    assert talk.done["status"] == "completed"


def test_speech_interrupts() -> None:
    talk = Asked()
    assert talk.responses.interrupt() == Outcome()
    talk.make(talk.create(), Words("Oh "))
    talk.take(talk.responses.interrupt())
    assert talk.done["status_details"] == {
        "type": "cancelled",
        "reason": "turn_detected",
    }


def awaited(talk: Asked, item_id: str, *, even_silence: bool = False) -> str:
    outcome = talk.responses.await_words(item_id, even_silence=even_silence)
    (respond,) = outcome.actions
    assert isinstance(respond, Respond)
    assert respond.is_turn
    return respond.response_id


def test_a_turn_is_answered_once_its_words_are_known() -> None:
    talk = Asked()
    name = awaited(talk, "q")
    assert not talk.responses.is_idle
    talk.take(talk.responses.begin(name, SPOKEN))
    assert talk.order == ["response.created"]
    assert response_in(talk.told[0])["id"] == name


@pytest.mark.parametrize("even_silence", [False, True])
def test_a_turn_without_words_is_answered_only_where_silence_is(
    *, even_silence: bool
) -> None:
    talk = Asked()
    talk.items.add(Message("empty", "user", (Part(is_audio=True),)))
    name = awaited(talk, "empty", even_silence=even_silence)
    outcome = talk.responses.begin(name, SPOKEN)
    assert bool(outcome.events) == even_silence
    assert talk.responses.is_idle != even_silence


def test_a_turn_that_ends_during_an_answer_is_not_answered() -> None:
    talk = Asked()
    talk.create()
    error = error_of(talk.responses.await_words("q"))
    assert error["code"] == "conversation_already_has_active_response"
    assert error["event_id"] is None


def test_a_request_takes_the_place_of_the_answer_that_was_awaited() -> None:
    talk = Asked()
    before = awaited(talk, "q")
    talk.create()
    assert talk.responses.begin(before, SPOKEN) == Outcome()


ASIDE = CreateResponse(out_of_band=True, metadata={"topic": "mood"}, overrides=TEXT)


def test_a_response_beside_the_conversation_runs_along_and_leaves_no_trace() -> None:
    talk = Asked()
    spoken, aside = talk.create(), talk.create(ASIDE)
    talk.make(spoken, Words("Oh "))
    before = len(talk.told)
    talk.make(aside, Words("happy"), Called("look", "{}"), Finished(LlmUsage()))
    own = talk.told[before:]
    assert [str(e["type"]) for e in own if "conversation" in str(e["type"])] == []
    assert {e["response_id"] for e in own[:-1]} == {aside}
    assert (talk.done["conversation_id"], talk.done["metadata"]) == (
        None,
        {"topic": "mood"},
    )
    talk.make(spoken, Words("yes."), Finished(LlmUsage()))
    assert talk.done["id"] == spoken
    assert len(list(talk.items)) == 2


def test_responses_beside_it_are_bounded_and_cancelled_by_their_ids() -> None:
    talk = Asked()
    names = [talk.create(ASIDE) for _ in range(MOST_BESIDE)]
    refused = talk.responses.create(ASIDE, SPOKEN)
    assert error_of(refused)["code"] == "conversation_already_has_active_response"
    assert talk.responses.is_idle
    outcome = talk.take(talk.responses.cancel(CancelResponse(response_id=names[3])))
    assert (talk.done["id"], talk.done["status"]) == (names[3], "cancelled")
    assert outcome.actions == (Stop(names[3]),)
    error = error_of(talk.responses.cancel(CancelResponse()))
    assert error["code"] == "response_cancel_not_active"
    talk.create(ASIDE)


def prompt_after(talk: Asked, request: CreateResponse) -> list[tuple[str, str]]:
    response = talk.responses.get(talk.create(request))
    assert response is not None
    prompt = response.task.prompt
    assert prompt is not None
    return [(message.role, message.content) for message in prompt.messages]


def test_an_input_of_its_own_is_all_that_is_answered() -> None:
    talk = Asked()
    own = NewMessage(id="q", role="user", parts=(TextPart(text="else?"),))
    request = CreateResponse(input=(ItemReference(id="q"), own))
    assert prompt_after(talk, request) == [
        ("system", "be kind"),
        ("user", "and?"),
        ("user", "else?"),
    ]
    assert [message.id for message in talk.items] == ["q"]


def test_an_empty_input_and_other_instructions_start_anew() -> None:
    overrides: Wire = {"instructions": "say hello"}
    request = CreateResponse(input=(), overrides=overrides, out_of_band=True)
    assert prompt_after(Asked(), request) == [("system", "say hello")]


def test_sound_in_an_input_is_recognised_for_it_alone() -> None:
    talk = Asked()
    own = NewMessage(id="q", role="user", parts=(AudioPart(audio=HALF_SECOND),))
    outcome = talk.responses.create(CreateResponse(input=(own,)), SPOKEN)
    recognise, respond = outcome.actions
    assert isinstance(recognise, Recognise)
    assert recognise.item_id not in talk.items
    message = talk.responses.heard(recognise.item_id)
    assert message is not None
    assert isinstance(respond, Respond)


def test_an_output_in_an_input_leaves_the_conversations_call_as_it_is() -> None:
    talk = Asked()
    call = talk.create()
    talk.make(call, Called("look", "{}"), Finished(LlmUsage()))
    item = talk.only_item
    given = NewOutput(id="o", call_id=item["call_id"], output="a tree")
    request = CreateResponse(input=(ItemReference(id=item["id"]), given))
    assert prompt_after(talk, request)[1:] == [("assistant", ""), ("tool", "a tree")]
    known = talk.items.called(item["call_id"])
    assert known is not None
    assert known.output is None


@pytest.mark.parametrize(
    ("given", "param"),
    [
        (ItemReference(id="gone"), "response.input[0].id"),
        (NewOutput(id="o", call_id="none", output=""), "item.call_id"),
    ],
)
def test_an_input_that_cannot_be_is_refused_and_nothing_begins(
    given: ItemReference | NewOutput | NewCall, param: str
) -> None:
    talk = Asked()
    with pytest.raises(RequestError) as refusal:
        talk.responses.create(CreateResponse(input=(given,)), SPOKEN)
    assert refusal.value.param == param
    assert talk.responses.is_idle
