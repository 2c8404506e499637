"""Responses as a stranger asks for them: limited, made to call, or beside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from rt_widget.backends.local.engines.base import ChatMessage, LlmUsage
from rt_widget.config import SessionConfig
from tests.local.scripted import ScriptedLlm, happens, talk
from tests.local.wired import TOOLS, WORDS, ask, configure, output, response, written

if TYPE_CHECKING:
    from collections.abc import Sequence


async def test_what_a_response_overrides_holds_for_it_alone() -> None:
    async with talk() as talking:
        done = await ask(
            talking,
            instructions="be brief",
            output_modalities=["text"],
            temperature=0.6,
            max_output_tokens=7,
            metadata={"a": "b"},
        )
        assert done["output_modalities"] == ["text"]
        assert (done["max_output_tokens"], done["metadata"]) == (7, {"a": "b"})
        assert "response.output_text.done" in talking.kinds
        assert talking.tts.texts == []
        later = await ask(talking)
        assert later["output_modalities"] == ["audio"]
        assert (later["max_output_tokens"], later["metadata"]) == ("inf", None)
        llm = talking.llm
        first, second = llm.prompts
        assert first[0].content == "be brief"
        assert second[0].content == SessionConfig().system
        assert (llm.temperatures, llm.limits) == ([0.6, 0.8], [7, 400])


async def test_an_answer_that_meets_its_limit_is_incomplete() -> None:
    llm = ScriptedLlm(usage=LlmUsage(1, 5, 0, "length"))
    async with talk(llm=llm) as talking:
        done = await ask(talking, max_output_tokens=5)
        assert (done["status"], done["status_details"]) == (
            "incomplete",
            {"type": "incomplete", "reason": "max_output_tokens"},
        )
        assert output(done)[0]["status"] == "incomplete"


@pytest.mark.parametrize(
    ("choice", "beginning", "rest", "name"),
    [
        ("required", "", 'get_time", "arguments": {"city": "Oslo"}}', "get_time"),
        (
            {"type": "function", "name": "get_temperature"},
            'get_temperature", "arguments": ',
            '{"city": "Oslo", "mood": 1}}',
            "get_temperature",
        ),
        ("required", "", "I cannot do that.", "get_temperature"),
    ],
)
async def test_a_call_that_is_a_must_is_made(
    choice: object, beginning: str, rest: str, name: str
) -> None:
    llm = ScriptedLlm(decisions=["It is cold there.", rest])
    async with talk(llm=llm) as talking:
        configure(talking, tools=TOOLS)
        done = await ask(talking, tool_choice=choice)
        (call,) = output(done)
        assert (call["type"], call["name"]) == ("function_call", name)
        expected = '{"city": "Oslo"}' if "Oslo" in rest else "{}"
        assert call["arguments"] == expected
        begun = llm.prompts[-1][-1]
        assert begun.role == "assistant"
        assert begun.content.endswith(f'{{"name": "{beginning}')
        assert talking.tts.texts == []


async def test_no_tool_is_called_where_none_may_be() -> None:
    llm = ScriptedLlm(takes_tools=True, calls=[("get_time", "{}")])
    async with talk(llm=llm) as talking:
        configure(talking, tools=TOOLS)
        await ask(talking, tool_choice="none")
        await ask(talking, tool_choice="required")
        none, required = llm.offers
        assert none is None or not none.tools
        assert required is not None
        assert [tool.name for tool in required.tools] == ["get_temperature", "get_time"]
        assert required.must_call


@dataclass
class SlowOnce(ScriptedLlm):
    """Holds only its answer to `hi`."""

    others: ScriptedLlm = field(default_factory=ScriptedLlm)

    def chat(self, messages: Sequence[ChatMessage], **options: Any) -> LlmUsage:  # noqa: ANN401 - of two engines
        if messages[-1].content == "hi":
            return super().chat(messages, **options)
        return self.others.chat(messages, **options)


async def test_a_response_beside_a_spoken_one_is_not_in_its_way() -> None:
    llm = SlowOnce(hold=1)
    async with talk(llm=llm) as talking:
        talking.tell("conversation.item.create", item=written("hi"))
        talking.tell("response.create")
        spoken = (await talking.wire("response.created"))["response"]
        await happens(llm.called)
        aside = {
            "conversation": "none",
            "input": [written("Is it polite?")],
            "output_modalities": ["text"],
            "metadata": {"topic": "tone"},
        }
        talking.tell("response.create", response=aside)
        done = await response(talking)
        assert (done["conversation_id"], done["metadata"]) == (None, {"topic": "tone"})
        assert llm.others.prompts[-1][1:] == (ChatMessage("user", "Is it polite?"),)
        llm.gate.set()
        assert isinstance(spoken, dict)
        assert (await response(talking))["id"] == spoken["id"]
        await ask(talking, "and now?")
        contents = [message.content for message in llm.others.prompts[-1][1:]]
        assert contents == ["hi", WORDS, "and now?"]
