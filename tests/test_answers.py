from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rt_widget import events
from rt_widget.answers import Answers, Turn, new_turn
from rt_widget.conversation import Conversation
from rt_widget.errors import ConnectionLostError, ResponseFailedError
from rt_widget.meters import Latency
from rt_widget.response_gate import REQUEST_KEY
from rt_widget.tool_calls import StartCall
from rt_widget.updates import (
    AudioReceived,
    Failed,
    ReplyFinished,
    ReplyStarted,
    TextReceived,
)

if TYPE_CHECKING:
    from rt_widget.reply import Reply
    from rt_widget.updates import Update

BUSY = "conversation_already_has_active_response"


def hear(answers: Answers, *news: events.ServerEvent) -> list[Update]:
    """What the answers say to events, of which they may refuse some."""
    return [
        update
        for event in news
        if answers.drafts.accepts(event)
        for update in answers.apply(event, Latency())
        if not isinstance(update, StartCall | events.FunctionOutput)
    ]


def ask(answers: Answers) -> Turn:
    turn = new_turn()
    answers.ask(turn)
    answers.gate.due()
    return turn


def created(response_id: str, turn: Turn | None = None) -> events.ResponseCreated:
    metadata = {REQUEST_KEY: turn.request.event_id} if turn else {}
    return events.ResponseCreated(events.WireResponse(response_id, metadata=metadata))


def said(response_id: str, delta: str) -> events.TranscriptDelta:
    return events.TranscriptDelta(response_id, f"item_{response_id}", delta)


def sounded(response_id: str, pcm: bytes) -> events.AudioDelta:
    return events.AudioDelta(response_id, f"item_{response_id}", pcm)


def done(response_id: str, status: str = "completed") -> events.ResponseDone:
    return events.ResponseDone(events.WireResponse(response_id, status))


def busy(turn: Turn) -> events.ErrorReported:
    fault = events.ServerFault("busy", code=BUSY, event_id=turn.request.event_id)
    return events.ErrorReported(fault)


def finished(updates: list[Update]) -> Reply:
    (end,) = (each for each in updates if isinstance(each, ReplyFinished))
    return end.reply


async def test_a_turn_gets_its_deltas_and_its_reply() -> None:
    answers = Answers(Conversation())
    turn = ask(answers)
    hear(
        answers,
        created("resp", turn),
        said("resp", "Hi"),
        sounded("resp", b"\1\0"),
        sounded("resp", b"\1\0"),
        said("resp", "!"),
        done("resp"),
    )

    deltas = [turn.deltas.get_nowait() for _ in range(turn.deltas.qsize())]
    where = ("resp", "item_resp", 0)
    assert deltas == [
        TextReceived("Hi", *where),
        AudioReceived(b"\1\0", *where),
        AudioReceived(b"\1\0", *where),
        TextReceived("!", *where),
        None,
    ]
    reply = await turn.reply
    assert (reply.text, reply.audio.to_pcm16(), reply.status, reply.item_ids) == (
        "Hi!",
        b"\1\0\1\0",
        "completed",
        ("item_resp",),
    )


async def test_each_turn_gets_its_own_answer() -> None:
    answers = Answers(Conversation())
    one, two = ask(answers), ask(answers)
    hear(answers, created("a", one), said("a", "1"), done("a"))
    assert answers.gate.due() is two.request
    hear(answers, created("b", two), said("b", "2"), done("b"))

    assert (await one.reply).text == "1"
    assert (await two.reply).text == "2"


async def test_the_servers_own_answer_belongs_to_nobody() -> None:
    answers = Answers(Conversation())
    turn = ask(answers)
    hear(answers, created("first", turn), done("first"))
    waiting = ask(answers)
    updates = hear(answers, created("own"), said("own", "Mine."), done("own"))

    assert finished(updates).text == "Mine."
    assert not waiting.reply.done()
    assert waiting.deltas.empty()


async def test_a_lost_race_starts_the_turn_over() -> None:
    answers = Answers(Conversation())
    turn = ask(answers)
    hear(answers, created("own"), said("own", "not yours"), busy(turn))
    assert turn.deltas.empty()
    hear(answers, said("own", " either"), done("own"))
    assert not turn.reply.done()

    assert answers.gate.due() is turn.request
    hear(answers, created("resp", turn), said("resp", "Yours."), done("resp"))
    assert (await turn.reply).text == "Yours."


async def test_a_refused_turn_fails_with_the_servers_words() -> None:
    answers = Answers(Conversation())
    turn = ask(answers)
    fault = events.ServerFault("No.", "invalid_value", event_id=turn.request.event_id)
    hear(answers, events.ErrorReported(fault))

    with pytest.raises(ResponseFailedError, match=r"refused to answer: No\.") as caught:
        await turn.reply
    assert caught.value.code == "invalid_value"
    assert answers.gate.is_idle


async def test_a_failed_response_fails_its_turn_and_is_told() -> None:
    answers = Answers(Conversation())
    turn = ask(answers)
    failed = events.WireResponse(
        "resp", "failed", error_code="rate_limit_exceeded", error_message="Slow down."
    )
    updates = hear(answers, created("resp", turn), events.ResponseDone(failed))

    with pytest.raises(ResponseFailedError, match=r"Slow down\.") as caught:
        await turn.reply
    assert (caught.value.code, bool(caught.value.hint)) == ("rate_limit_exceeded", True)
    assert [type(each) for each in updates] == [ReplyStarted, ReplyFinished, Failed]
    assert turn.deltas.get_nowait() is None


@pytest.mark.parametrize(
    ("status", "shown"), [("cancelled", "interrupted"), ("incomplete", "incomplete")]
)
async def test_a_half_answer_is_a_reply_that_says_so(status: str, shown: str) -> None:
    answers = Answers(Conversation())
    turn = ask(answers)
    hear(answers, created("resp", turn), said("resp", "Once"), done("resp", status))

    assert ((await turn.reply).text, (await turn.reply).status) == ("Once", shown)


async def test_what_comes_of_a_killed_answer_is_left_out() -> None:
    answers = Answers(Conversation())
    turn = ask(answers)
    hear(answers, created("resp", turn), said("resp", "One,"))

    assert answers.kill() == "resp"
    assert answers.kill() is None
    updates = hear(
        answers, said("resp", " two"), sounded("resp", b"\0\0"), done("resp")
    )

    assert [type(each) for each in updates] == [ReplyFinished]
    assert ((await turn.reply).text, (await turn.reply).status) == (
        "One,",
        "interrupted",
    )


async def test_nothing_is_taken_of_an_answer_that_has_ended() -> None:
    answers = Answers(Conversation())
    hear(answers, created("resp"), said("resp", "Done."), done("resp"))

    late: list[events.ServerEvent] = [
        said("resp", " late"),
        sounded("resp", b"\0\0"),
        done("resp"),
        created("resp"),
    ]
    assert hear(answers, *late) == []
    assert answers.gate.is_idle


async def test_nothing_is_taken_of_an_answer_that_never_began() -> None:
    answers = Answers(Conversation())

    assert hear(answers, said("ghost", "boo"), done("ghost")) == []


async def test_a_second_beginning_forgets_nothing() -> None:
    answers = Answers(Conversation())
    news: list[events.ServerEvent] = [
        created("resp"),
        said("resp", "One"),
        created("resp"),
        said("resp", ", two"),
    ]

    assert finished(hear(answers, *news, done("resp"))).text == "One, two"


async def test_a_turn_given_up_before_it_was_sent_is_never_sent() -> None:
    answers = Answers(Conversation())
    ask(answers)
    waiting = ask(answers)
    answers.withdraw(waiting)

    assert not answers.is_unwanted
    hear(answers, created("resp"), done("resp"))
    assert answers.gate.due() is None


async def test_a_turn_given_up_while_it_is_answered_is_unwanted() -> None:
    answers = Answers(Conversation())
    turn = ask(answers)
    hear(answers, created("resp", turn))
    answers.withdraw(turn)

    assert answers.is_unwanted
    hear(answers, done("resp", "cancelled"))
    assert not answers.is_unwanted


async def test_a_turn_given_up_while_it_is_sent_is_unwanted_when_it_begins() -> None:
    answers = Answers(Conversation())
    turn = ask(answers)
    answers.withdraw(turn)

    assert not answers.is_unwanted
    hear(answers, created("resp", turn))
    assert answers.is_unwanted


async def test_a_turn_given_up_is_not_sent_again_after_a_lost_race() -> None:
    answers = Answers(Conversation())
    first, turn = ask(answers), new_turn()
    hear(answers, created("first", first), done("first"))
    answers.ask(turn)
    answers.gate.due()
    answers.withdraw(turn)
    hear(answers, created("own"), busy(turn))

    assert not answers.is_unwanted
    hear(answers, done("own"))
    assert answers.gate.due() is None


async def test_another_answer_is_not_unwanted() -> None:
    answers = Answers(Conversation())
    first = ask(answers)
    hear(answers, created("first", first), done("first"))
    turn = ask(answers)
    answers.withdraw(turn)
    hear(answers, created("own"))

    assert not answers.is_unwanted


async def test_stopping_reaches_an_answer_that_has_yet_to_begin() -> None:
    answers = Answers(Conversation())
    turn = ask(answers)

    answers.refuse_requested()
    assert answers.kill() is None
    hear(answers, created("resp", turn))
    assert answers.is_unwanted
    hear(answers, done("resp", "cancelled"))
    assert (await turn.reply).status == "interrupted"


async def test_the_end_fails_all_that_wait() -> None:
    answers = Answers(Conversation())
    one, two = ask(answers), ask(answers)
    hear(answers, created("resp", one), said("resp", "Once"))
    assert list(answers.end(ConnectionLostError("Gone."))) == []

    for turn in (one, two):
        with pytest.raises(ConnectionLostError):
            await turn.reply


async def test_nobody_waits_for_an_answer_that_is_dead() -> None:
    answers = Answers(Conversation())
    hear(answers, created("resp"), said("resp", "One,"))
    idle = [answers.is_idle]
    answers.kill()
    idle.append(answers.is_idle)
    waiting = new_turn()
    answers.ask(waiting)
    idle.append(answers.is_idle)

    assert idle == [False, True, False]
    assert not answers.is_speaking


async def test_an_answer_speaks_once_it_has_words_or_sound() -> None:
    answers = Answers(Conversation())
    speaking = [answers.is_speaking]
    for event in (created("resp"), sounded("resp", b"\0\0"), done("resp")):
        hear(answers, event)
        speaking.append(answers.is_speaking)

    assert speaking == [False, False, True, False]
