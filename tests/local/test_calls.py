"""Calls of functions over scripted engines: what is told, read and refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rt_widget import events
from rt_widget.backends.local.engines.base import ChatMessage, LlmUsage, ToolCall
from rt_widget.backends.local.engines.call_words import EARLIER_OUTPUT_CHARS, in_words
from rt_widget.backends.local.protocol.prompt import MOST_CALLS
from rt_widget.config import SessionConfig, ToolSpec
from tests.local.client import Client
from tests.local.scripted import (
    ScriptedAsr,
    ScriptedLlm,
    ScriptedTalk,
    happens,
    loud,
    silence,
    talk,
    update,
)

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
}
TEMPERATURE = ToolSpec("get_temperature", "The temperature in a city now.", SCHEMA)
OFFERING = SessionConfig(tools=(TEMPERATURE,))
QUESTION = "How warm is it in Oslo?"
WRITTEN = '<tool_call>{"name": "get_temperature", "arguments": {"city": "Oslo"}}'
ARGUMENTS = '{"city": "Oslo"}'


def thinking(*decisions: str, **fields: object) -> ScriptedLlm:
    return ScriptedLlm(decisions=list(decisions), **fields)  # type: ignore[arg-type]


async def call_in(talking: ScriptedTalk) -> events.WireItem:
    response = await talking.ask(QUESTION)
    (call,) = response.calls
    return call


async def test_a_call_is_told_in_the_order_of_the_protocol() -> None:
    async with talk(llm=thinking(WRITTEN), config=OFFERING) as talking:
        call = await call_in(talking)
        assert talking.kinds[-7:] == [
            "response.output_item.added",
            "conversation.item.added",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
            "conversation.item.done",
            "response.output_item.done",
            "response.done",
        ]
        (added,) = talking.all(events.OutputItemAdded)
        (done,) = talking.all(events.OutputItemDone)
        assert (added.item.arguments, added.item.status) == ("", "in_progress")
        assert (
            done.item
            == call
            == events.WireItem(
                added.item.id,
                type="function_call",
                status="completed",
                name="get_temperature",
                call_id=added.item.call_id,
                arguments=ARGUMENTS,
            )
        )
        assert talking.all(events.ResponseDone)[-1].response.status == "completed"
        assert talking.tts.texts == []
        assert talking.all(events.TranscriptDelta) == []


async def test_the_answer_is_made_of_what_the_function_gave() -> None:
    async with talk(llm=thinking(WRITTEN), config=OFFERING) as talking:
        call = await call_in(talking)
        given = events.FunctionOutput(
            item_id="given", call_id=call.call_id, output="-7.5"
        )
        await talking.send(given, events.ResponseCreate())
        added = await talking.until(events.ItemAdded)
        assert added.item == events.WireItem(
            "given",
            type="function_call_output",
            status="completed",
            call_id=call.call_id,
            output="-7.5",
        )
        assert added.previous_item_id == call.id
        done = await talking.until(events.ResponseDone)
        assert done.response.calls == ()
        assert talking.all(events.TranscriptDone)[-1].transcript == "Not much, you see?"
        # It decides once for a question, and answers it with what it has then.
        assert len(talking.llm.prompts) == 2
        made = ToolCall(call.call_id, "get_temperature", ARGUMENTS)
        assert talking.llm.prompts[-1][-3:] == (
            ChatMessage("user", QUESTION),
            ChatMessage("assistant", "", made),
            ChatMessage("tool", "-7.5", made),
        )


@pytest.mark.parametrize(
    "decision",
    [
        "It is cold there.",
        '{"name": "get_temperature", "arguments": {"city": "Rome"}}',
        '{"name": "fly", "arguments": {"city": "Oslo"}}',
        '{"name": "get_temperature", "arguments": {"city": "Oslo"',
    ],
)
async def test_what_is_no_call_is_answered_in_words(decision: str) -> None:
    cut = LlmUsage(finish_reason="length")
    usage = cut if decision.endswith('"') else LlmUsage(finish_reason="stop")
    llm = thinking(decision, usage=usage)
    async with talk(llm=llm, config=OFFERING) as talking:
        response = await talking.ask(QUESTION)
        assert response.calls == ()
        (said,) = talking.all(events.TranscriptDone)
        assert said.transcript == "Not much, you see?"
        assert talking.llm.prompts[-1][-1] == ChatMessage("user", QUESTION)


async def test_without_tools_nothing_is_decided() -> None:
    async with talk(llm=thinking(WRITTEN)) as talking:
        await talking.ask(QUESTION)
        assert len(talking.llm.prompts) == 1
        await talking.send(update(tools=(TEMPERATURE,)))
        response = await talking.ask(QUESTION)
        assert [call.name for call in response.calls] == ["get_temperature"]


async def test_two_calls_come_in_one_response_each_at_its_place() -> None:
    both = f"{WRITTEN}</tool_call>{WRITTEN.replace('Oslo', 'Rome')}</tool_call>"
    async with talk(llm=thinking(both), config=OFFERING) as talking:
        response = await talking.ask("How warm is it in Oslo and in Rome?")
        assert len({call.call_id for call in response.calls}) == 2
        ends = talking.all(events.OutputItemDone)
        assert [(end.output_index, end.item) for end in ends] == [
            *enumerate(response.calls)
        ]


async def test_a_spoken_question_calls_as_a_typed_one_does() -> None:
    asr = ScriptedAsr(texts=[QUESTION])
    async with talk(asr=asr, llm=thinking(WRITTEN), config=OFFERING) as talking:
        await talking.hear(silence(0.3), loud(0.6), silence(0.7))
        done = await talking.until(events.ResponseDone)
        assert [call.arguments for call in done.response.calls] == [ARGUMENTS]


async def test_an_output_of_no_call_is_refused() -> None:
    client = Client(OFFERING)
    given = events.FunctionOutput(item_id="g", call_id="call_none", output="1")
    client.send(given)
    error = client.last_error()
    assert (error.code, error.event_id) == ("invalid_tool_call_id", given.event_id)


async def test_a_call_is_answered_once() -> None:
    async with talk(llm=thinking(WRITTEN), config=OFFERING) as talking:
        call = await call_in(talking)
        for number in range(2):
            given = events.FunctionOutput(
                item_id=f"given{number}", call_id=call.call_id, output=f"{number}"
            )
            await talking.send(given)
        error = await talking.until(events.ErrorReported)
        assert error.error.code == "invalid_tool_call_id"
        prompt = talking.connection.session.protocol.prompt()
        assert prompt is not None
        assert [m.content for m in prompt.messages if m.role == "tool"] == ["0"]


async def test_a_call_that_nobody_answered_is_not_read() -> None:
    async with talk(llm=thinking(WRITTEN, "Hm."), config=OFFERING) as talking:
        await call_in(talking)
        await talking.ask("Never mind.")
        roles = [message.role for message in talking.llm.prompts[-1]]
        assert roles == ["system", "user", "user"]


async def test_a_deleted_output_takes_its_call_from_what_is_read() -> None:
    async with talk(llm=thinking(WRITTEN), config=OFFERING) as talking:
        call = await call_in(talking)
        given = events.FunctionOutput(item_id="g", call_id=call.call_id, output="1")
        await talking.send(given, events.ItemDelete(item_id="g"))
        await talking.until(events.ItemDeleted)
        prompt = talking.connection.session.protocol.prompt()
        assert prompt is not None
        assert [m.role for m in prompt.messages] == ["system", "user"]


async def test_interrupted_while_it_decides_nothing_is_called() -> None:
    llm = thinking(WRITTEN, hold=0)
    async with talk(llm=llm, config=OFFERING) as talking:
        question = events.ItemCreate(item_id="q", text=QUESTION)
        await talking.send(question, events.ResponseCreate())
        await happens(llm.called)
        await talking.send(events.ResponseCancel())
        done = await talking.until(events.ResponseDone)
        assert (done.response.status, done.response.calls) == ("cancelled", ())
        await happens(llm.stopped)
        assert talking.all(events.OutputItemAdded) == []


async def test_a_server_that_takes_tools_is_given_them_and_speaks_before_it_calls() -> (
    None
):
    llm = thinking(takes_tools=True, calls=[("get_temperature", ARGUMENTS)])
    async with talk(llm=llm, config=OFFERING) as talking:
        response = await talking.ask(QUESTION)
        assert [call.arguments for call in response.calls] == [ARGUMENTS]
        (offer,) = llm.offers
        assert offer is not None
        assert offer.tools == (TEMPERATURE,)


async def test_words_before_a_call_are_spoken_and_told_before_it() -> None:
    llm = ScriptedLlm(deltas=["Let me look. ", WRITTEN, "</tool_call> It is"])
    llm.takes_tools = True
    async with talk(llm=llm, config=OFFERING) as talking:
        await call_in(talking)
        assert talking.tts.texts == ["Let me look."]
        ends = talking.all(events.OutputItemDone)
        kinds = [(end.output_index, end.item.type) for end in ends]
        assert kinds == [(0, "message"), (1, "function_call")]
        assert talking.all(events.TranscriptDone)[0].transcript == "Let me look. "
        places = [talking.order.index(n) for n in ("AudioDelta", "AudioDone")]
        assert places == sorted(places)


async def test_a_turn_that_calls_and_calls_is_answered_in_words_at_last() -> None:
    llm = ScriptedLlm(deltas=[WRITTEN], takes_tools=True)
    async with talk(llm=llm, config=OFFERING) as talking:
        call = await call_in(talking)
        for _ in range(MOST_CALLS - 1):
            given = events.FunctionOutput(
                item_id=events.new_id("item"), call_id=call.call_id, output="1"
            )
            await talking.send(given, events.ResponseCreate())
            (call,) = (await talking.until(events.ResponseDone)).response.calls
        given = events.FunctionOutput(item_id="g", call_id=call.call_id, output="1")
        await talking.send(given, events.ResponseCreate())
        assert (await talking.until(events.ResponseDone)).response.calls == ()
        offer = llm.offers[-1]
        assert offer is None or offer.tools == ()


async def test_the_tools_are_read_ahead() -> None:
    client = Client(replace(OFFERING, system="be kind"))
    client.send(update(tools=()))
    first, second = client.asked
    assert "get_temperature" in str(first)
    assert "get_temperature" not in str(second)


async def test_words_that_are_given_are_said_beside_the_conversation() -> None:
    async with talk(config=OFFERING) as talking:
        await talking.send(events.ResponseCreate(verbatim="Good morning to you."))
        done = await talking.until(events.ResponseDone)
        assert done.response.status == "completed"
        assert talking.all(events.TranscriptDone)[0].transcript == (
            "Good morning to you."
        )
        assert talking.tts.texts == ["Good morning to you."]
        assert talking.llm.prompts == []
        await talking.ask("Hello?")
        assert [message.role for message in talking.llm.prompts[-1]] == [
            "system",
            "user",
        ]


def test_a_small_model_reads_results_as_words_below_the_question() -> None:
    old = ToolCall("a", "look", "{}")
    new = ToolCall("b", "get_temperature", ARGUMENTS)
    read = in_words(
        [
            ChatMessage("user", "Look!"),
            ChatMessage("assistant", "", old),
            ChatMessage("tool", "x" * 999, old),
            ChatMessage("assistant", "I see."),
            ChatMessage("user", QUESTION),
            ChatMessage("assistant", "", new),
            ChatMessage("tool", "-7.5", new),
        ]
    )
    assert [message.role for message in read] == ["user", "assistant", "user"]
    assert read[0].content.count("x") == EARLIER_OUTPUT_CHARS
    called = f"The function get_temperature was called with {ARGUMENTS} and gives: -7.5"
    assert read[2].content.startswith(f"{QUESTION}\n\n{called}\n")
