"""Answers that call tools, played to a dialogue event by event."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from rt_widget import events, updates
from rt_widget.calls import Call
from rt_widget.config import ServerVad, ToolSpec
from rt_widget.errors import ConnectionLostError, ResponseFailedError
from rt_widget.faults import BUSY
from rt_widget.rounds import SILENT_LIMIT
from rt_widget.tool_calls import NOT_RUN, OUTPUT_LIMIT
from tests.dialogues import (
    SPEECH,
    Talk,
    created,
    done,
    kinds,
    said,
    sounded,
    states,
)

if TYPE_CHECKING:
    from rt_widget.dialogue import Dialogue
    from rt_widget.reply import Reply
    from rt_widget.turn import Turn

AT_ONCE = ServerVad(false_alarm_ms=0)


def item(
    number: int = 1,
    status: str = "in_progress",
    *,
    call_id: str = "",
    arguments: str = "",
) -> events.WireItem:
    return events.WireItem(
        f"item_{number}",
        type="function_call",
        status=status,
        name="add",
        call_id=call_id or f"call_{number}",
        arguments=arguments,
    )


def called(response_id: str, number: int = 1) -> list[events.ServerEvent]:
    """A response calls a tool."""
    whole = item(number, "completed", arguments='{"a": 1}')
    return [
        events.OutputItemAdded(response_id, item(number)),
        events.OutputItemDone(response_id, whole),
    ]


def used(response_id: str, tokens: int) -> events.ResponseDone:
    usage = events.Usage(total_tokens=tokens, output_tokens=tokens)
    response = events.WireResponse(response_id, "completed", usage=usage)
    return events.ResponseDone(response)


async def asked(talk: Talk) -> tuple[Turn, events.ResponseCreate]:
    turn = talk.dialogue.ask("What is it?", 1.0)
    return turn, await talk.request()


async def paused(talk: Talk, *numbers: int) -> Turn:
    """A turn whose answer waits for these calls."""
    turn, request = await asked(talk)
    calls = [event for number in numbers for event in called("a", number)]
    talk.hear(created("a", request), *calls, done("a"))
    return turn


def end(dialogue: Dialogue, call: Call, output: str = "3") -> None:
    dialogue.call_changed(replace(call, status="completed", output=output))


def outputs(sent: list[events.AnyClientEvent]) -> dict[str, str]:
    found = [each for each in sent if isinstance(each, events.FunctionOutput)]
    assert len({each.call_id for each in found}) == len(found)
    return {each.call_id: each.output for each in found}


def replies(told: list[updates.Update]) -> list[Reply]:
    return [each.reply for each in told if isinstance(each, updates.ReplyFinished)]


async def test_one_answer_goes_over_several_responses() -> None:
    talk = Talk()
    turn, request = await asked(talk)
    told = talk.hear(
        created("a", request),
        said("a", "Let me see."),
        sounded("a", b"\1\0"),
        *called("a"),
        used("a", 5),
        at=2.0,
    )
    assert replies(told) == []
    assert not turn.reply.done()
    (call,) = talk.to_run
    assert call == Call("call_1", "add", '{"a": 1}', "running")
    end(talk.dialogue, call)
    sent = await talk.sent()
    assert kinds(sent) == ["FunctionOutput", "ResponseCreate"]
    again = sent[1]
    assert isinstance(again, events.ResponseCreate)
    told = talk.hear(
        created("b", again), said("b", "It is 3."), sounded("b"), used("b", 7), at=9.0
    )

    assert updates.ReplyStarted("b", before="a") in told
    reply = await turn.reply
    assert replies(told) == [reply]
    assert (reply.text, reply.status) == ("Let me see.\nIt is 3.", "completed")
    assert (len(reply.audio.samples), reply.response_id) == (24_001, "b")
    assert reply.item_ids == ("item_a", "item_1", "item_b")
    assert reply.usage is not None
    assert (reply.usage.total_tokens, reply.usage.input_tokens) == (12, 0)
    assert reply.latency.first_text == 1.0
    assert [c.status for c in reply.tool_calls] == ["completed"]
    deltas = [turn.deltas.get_nowait() for _ in range(turn.deltas.qsize())]
    assert [each.response_id if each else None for each in deltas] == [
        *"aabb",
        None,
    ]


async def test_one_request_follows_after_the_last_of_all_calls() -> None:
    talk = Talk()
    await paused(talk, 1, 2, 3)
    assert [call.call_id for call in talk.to_run] == ["call_1", "call_2", "call_3"]
    for number in (2, 0):
        end(talk.dialogue, talk.to_run[number], str(number))
    assert kinds(await talk.sent()) == ["FunctionOutput"] * 2
    assert talk.dialogue.status == "thinking"
    end(talk.dialogue, talk.to_run[1], "1")

    assert kinds(await talk.sent()) == ["FunctionOutput", "ResponseCreate"]


async def test_a_call_is_answered_once_however_often_it_comes_and_ends() -> None:
    talk = Talk()
    _, request = await asked(talk)
    again = item(2, "completed", call_id="call_1", arguments="{}")
    response = events.WireResponse("a", "completed", calls=(item(1, "completed"),))
    talk.hear(
        created("a", request),
        *called("a"),
        *called("a"),
        events.OutputItemDone("a", again),
        events.ResponseDone(response),
        events.ResponseDone(response),
    )
    assert len(talk.to_run) == 1
    end(talk.dialogue, talk.to_run[0], "first")
    end(talk.dialogue, talk.to_run[0], "second")
    request = await _follow_up(talk, {"call_1": "first"})
    talk.hear(created("b", request), *called("b"), done("b"))

    assert len(talk.to_run) == 1
    assert await talk.sent() == []
    assert talk.dialogue.status == "ready"


async def _follow_up(talk: Talk, given: dict[str, str]) -> events.ResponseCreate:
    sent = await talk.sent()
    assert outputs(sent) == given
    (request,) = (each for each in sent if isinstance(each, events.ResponseCreate))
    return request


async def test_a_call_that_is_told_only_with_the_response_is_run() -> None:
    talk = Talk()
    _, request = await asked(talk)
    whole = item(1, "completed", arguments="{}")
    response = events.WireResponse("a", "completed", calls=(whole,))
    talk.hear(created("a", request), events.ResponseDone(response))

    assert talk.to_run == [Call("call_1", "add", "{}", "running")]


@pytest.mark.parametrize("status", ["failed", "incomplete", "cancelled"])
async def test_calls_of_a_response_that_is_not_whole_are_not_run(status: str) -> None:
    talk = Talk()
    _, request = await asked(talk)
    half = events.OutputItemAdded("a", item(2))
    told = talk.hear(created("a", request), *called("a"), half, done("a", status))

    assert talk.to_run == []
    (reply,) = replies(told)
    assert [call.status for call in reply.tool_calls] == ["cancelled"] * 2
    shown = [talk.conversation.item(name) for name in ("item_1", "item_2")]
    assert [(i.status, i.call.status) for i in shown if i and i.call] == [
        ("interrupted", "cancelled")
    ] * 2
    sent = await talk.sent()
    assert outputs(sent) == {"call_1": NOT_RUN}
    assert "ResponseCreate" not in kinds(sent)


async def test_a_server_begun_answer_calls_tools_alike() -> None:
    talk = Talk()
    talk.hear(created("a"), *called("a"), done("a"))
    end(talk.dialogue, talk.to_run[0])
    request = await _follow_up(talk, {"call_1": "3"})
    told = talk.hear(created("b", request), said("b", "It is 3."), done("b"))

    (reply,) = replies(told)
    assert (reply.text, len(reply.tool_calls)) == ("It is 3.", 1)


async def test_who_interrupts_gets_no_answer_but_what_was_called_for_is_sent() -> None:
    talk = Talk()
    turn = await paused(talk, 1, 2)
    end(talk.dialogue, talk.to_run[0], "one")
    talk.dialogue.interrupt()
    reply = await turn.reply
    assert (reply.status, [c.status for c in reply.tool_calls]) == (
        "interrupted",
        ["completed", "running"],
    )
    assert talk.dialogue.status == "ready"
    end(talk.dialogue, talk.to_run[1], "two")

    assert outputs(await talk.sent()) == {"call_1": "one", "call_2": "two"}
    for name in ("item_1", "item_2"):
        shown = talk.conversation.item(name)
        assert shown is not None
        assert shown.call is not None
        assert (shown.status, shown.call.status) == ("interrupted", "completed")
    end(talk.dialogue, talk.to_run[1], "again")
    assert await talk.sent() == []


async def test_speech_during_calls_interrupts_them() -> None:
    talk = Talk(AT_ONCE)
    turn = await paused(talk, 1)
    talk.hear(SPEECH)
    assert (await turn.reply).status == "interrupted"
    end(talk.dialogue, talk.to_run[0])

    assert kinds(await talk.sent()) == ["FunctionOutput"]


async def test_speech_that_lasts_interrupts_calls_where_a_cough_does_not() -> None:
    talk = Talk()
    turn = await paused(talk, 1)
    assert "Held" in kinds(talk.hear(SPEECH))
    assert not turn.reply.done()
    talk.dialogue.append_audio(bytes(4 * 48_000))

    assert (await turn.reply).status == "interrupted"


async def test_an_answer_that_the_server_gives_meanwhile_takes_its_place() -> None:
    talk = Talk()
    turn = await paused(talk, 1)
    talk.hear(created("own"))
    assert (await turn.reply).status == "interrupted"
    end(talk.dialogue, talk.to_run[0])

    assert kinds(await talk.sent()) == ["FunctionOutput"]


async def test_a_turn_that_is_withdrawn_during_its_calls_is_not_answered() -> None:
    talk = Talk()
    turn = await paused(talk, 1)
    talk.dialogue.withdraw(turn)
    end(talk.dialogue, talk.to_run[0])

    assert kinds(await talk.sent()) == ["FunctionOutput"]
    assert talk.dialogue.status == "ready"


async def test_a_silence_for_the_first_part_ends_the_whole_answer() -> None:
    talk = Talk()
    turn = await paused(talk, 1)
    end(talk.dialogue, talk.to_run[0])
    request = await talk.request()
    talk.hear(created("b", request), said("b", "It"))
    talk.dialogue.interrupt([], "other")
    assert await talk.sent() == []
    talk.dialogue.interrupt([], "a")
    talk.hear(done("b", "cancelled"))

    assert kinds(await talk.sent()) == ["ResponseCancel"]
    assert (await turn.reply).status == "interrupted"


@pytest.mark.parametrize("is_begun", [False, True])
async def test_a_silence_before_the_rest_has_begun_ends_it_too(
    is_begun: bool,  # noqa: FBT001 - the case
) -> None:
    talk = Talk()
    turn = await paused(talk, 1)
    if is_begun:
        end(talk.dialogue, talk.to_run[0])
        request = await talk.request()
        talk.dialogue.interrupt([], "a")
        talk.hear(created("b", request), done("b", "cancelled"))
        assert "ResponseCancel" in kinds(await talk.sent())
    else:
        talk.dialogue.interrupt([], "a")

    assert (await turn.reply).status == "interrupted"


async def test_a_question_during_calls_waits_for_the_whole_answer() -> None:
    talk = Talk()
    talk.dialogue.update(talk.config.replace(tools=(ToolSpec("add", "", {}),)))
    first, request = await asked(talk)
    second = talk.dialogue.ask("And then?", 2.0)
    talk.hear(created("a", request), *called("a"), done("a"))
    assert await talk.sent() == []
    end(talk.dialogue, talk.to_run[0])
    sent = await talk.sent()
    assert kinds(sent) == ["FunctionOutput", "ResponseCreate"]
    assert isinstance(sent[1], events.ResponseCreate)
    talk.hear(created("b", sent[1]), said("b", "3."), done("b"))
    assert (await first.reply).text == "3."
    sent = await talk.sent()
    assert kinds(sent) == ["ItemCreate", "ResponseCreate"]
    assert isinstance(sent[1], events.ResponseCreate)
    talk.hear(created("c", sent[1]), said("c", "Then."), done("c"))

    assert (await second.reply).text == "Then."


async def test_a_model_that_only_calls_tools_is_stopped() -> None:
    talk = Talk()
    turn, request = await asked(talk)
    for number in range(SILENT_LIMIT):
        calls = called(f"r{number}", number)
        talk.hear(created(f"r{number}", request), *calls, done(f"r{number}"))
        talk.told.clear()
        end(talk.dialogue, talk.to_run[number])
        sent = await talk.sent()
        if number < SILENT_LIMIT - 1:
            (request,) = (e for e in sent if isinstance(e, events.ResponseCreate))

    assert kinds(sent) == ["FunctionOutput"]
    with pytest.raises(ResponseFailedError) as caught:
        await turn.reply
    assert (caught.value.code, bool(caught.value.hint)) == ("too_many_calls", True)
    assert [e.error for e in talk.told if isinstance(e, updates.Failed)] == [
        caught.value
    ]
    assert talk.dialogue.status == "ready"


async def test_a_model_that_speaks_now_and_then_may_go_on() -> None:
    talk = Talk()
    _, request = await asked(talk)
    for number in range(SILENT_LIMIT + 2):
        words = [said(f"r{number}", "On it.")] if number % 5 == 0 else []
        calls = called(f"r{number}", number)
        talk.hear(created(f"r{number}", request), *words, *calls, done(f"r{number}"))
        end(talk.dialogue, talk.to_run[number])
        request = await talk.request()


async def test_the_end_of_the_session_cancels_what_runs() -> None:
    talk = Talk()
    turn = await paused(talk, 1, 2)
    end(talk.dialogue, talk.to_run[0])
    talk.told.clear()
    talk.dialogue.is_over = True
    talk.dialogue.end(ConnectionLostError("Gone."))

    with pytest.raises(ConnectionLostError):
        await turn.reply
    calls = [e.call for e in talk.told if isinstance(e, updates.CallChanged)]
    assert [(call.call_id, call.status) for call in calls] == [("call_2", "cancelled")]
    shown = talk.conversation.item("item_2")
    assert shown is not None
    assert (shown.status, shown.call) == ("interrupted", calls[0])


async def test_a_rest_that_lost_a_race_is_asked_for_again() -> None:
    """Of a server that does not send metadata back."""
    talk = Talk()
    turn = await paused(talk, 1)
    end(talk.dialogue, talk.to_run[0])
    request = await talk.request()
    fault = events.ServerFault("busy", code=BUSY, event_id=request.event_id)
    told = talk.hear(
        events.ResponseCreated(events.WireResponse("own")),
        said("own", "Mine."),
        events.ErrorReported(fault),
        done("own"),
    )
    assert [reply.text for reply in replies(told)] == ["Mine."]
    assert await talk.request() is request
    told = talk.hear(created("b", request), said("b", "Yours."), done("b"))

    assert updates.ReplyStarted("b") in told
    reply = await turn.reply
    assert (reply.text, len(reply.tool_calls)) == ("Yours.", 1)


async def test_a_rest_that_the_server_refuses_fails_the_turn() -> None:
    talk = Talk()
    turn = await paused(talk, 1)
    end(talk.dialogue, talk.to_run[0])
    request = await talk.request()
    fault = events.ServerFault("No.", "invalid_value", event_id=request.event_id)
    told = talk.hear(events.ErrorReported(fault))

    assert [reply.status for reply in replies(told)] == ["failed"]
    with pytest.raises(ResponseFailedError):
        await turn.reply


async def test_what_is_sent_is_bounded_and_text() -> None:
    talk = Talk()
    await paused(talk, 1)
    end(talk.dialogue, talk.to_run[0], "\ud800" + "x" * 1_000_000)
    (output,) = outputs(await talk.sent()).values()

    assert len(output) == OUTPUT_LIMIT
    assert output.startswith("?xx")
    assert output.endswith("left out.]")


async def test_a_status_says_thinking_while_tools_run() -> None:
    talk = Talk()
    _, request = await asked(talk)
    told = talk.hear(created("a", request), *called("a"), done("a"))
    assert states(told) == []
    assert talk.dialogue.status == "thinking"
