"""Calls of a function by the real language model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from rt_widget import events
from rt_widget.config import PushToTalk, SessionConfig, ToolSpec
from tests import speech
from tests.local.scripted import Talk

if TYPE_CHECKING:
    from rt_widget.backends.local.workers import Workers

pytestmark = [
    pytest.mark.weights,
    pytest.mark.timeout(180),
]

TEMPERATURE = ToolSpec(
    "get_temperature",
    "The temperature in a city now, in degrees Celsius.",
    {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
)
TYPED = SessionConfig(
    voice="none",
    temperature=0.6,
    turn_detection=PushToTalk(),
    tools=(TEMPERATURE,),
)


@pytest.fixture(scope="module")
def workers() -> Workers:
    return speech.workers()


async def test_a_question_that_needs_it_calls_it_once_and_says_what_it_gave(
    workers: Workers,
) -> None:
    async with Talk(workers, replace(TYPED, voice="heart")) as talking:
        response = await talking.ask("What is the temperature in Oslo? Use the tool.")
        (call,) = response.calls
        assert (call.name, call.arguments) == ("get_temperature", '{"city": "Oslo"}')
        assert talking.all(events.AudioDelta) == []
        given = events.FunctionOutput(
            item_id="given", call_id=call.call_id, output="17.5"
        )
        await talking.send(given, events.ResponseCreate())
        done = await talking.until(events.ResponseDone)
        assert (done.response.status, done.response.calls) == ("completed", ())
        assert "17" in talking.all(events.TranscriptDone)[-1].transcript
        assert talking.all(events.AudioDelta)


async def test_questions_that_need_none_are_answered_in_words(
    workers: Workers,
) -> None:
    async with Talk(workers, TYPED) as talking:
        for question in ("What is the capital of Italy?", "My name is Anna."):
            response = await talking.ask(question)
            assert (response.status, response.calls) == ("completed", ())
        texts = [done.text for done in talking.all(events.TextDone)]
        assert len(texts) == 2
        assert "Rome" in texts[0]


async def test_answers_in_words_before_do_not_keep_it_from_calling(
    workers: Workers,
) -> None:
    async with Talk(workers, TYPED) as talking:
        await talking.ask("Who wrote Hamlet?")
        await talking.ask("Thank you!")
        response = await talking.ask("How warm is it in Madrid right now?")
        assert [call.arguments for call in response.calls] == ['{"city": "Madrid"}']


async def test_a_call_that_is_a_must_is_made_whatever_the_question(
    workers: Workers,
) -> None:
    async with Talk(workers, TYPED) as talking:
        question = events.ItemCreate(item_id="q", text="Who wrote Hamlet?")
        await talking.send(question)
        talking.tell("response.create", response={"tool_choice": "required"})
        done = await talking.until(events.ResponseDone)
        assert [call.name for call in done.response.calls] == ["get_temperature"]
