"""Responses and the order of their events, as a raw client sees them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from tests.servers.dialogue import kinds, session, user
from tests.servers.judge import judge

if TYPE_CHECKING:
    from tests.servers.process import RealtimeServerProcess
    from tests.servers.wire import JsonObject

TOOL = {"type": "function", "name": "add", "parameters": {"type": "object"}}


async def test_a_spoken_answer_comes_in_the_protocols_order(url: str) -> None:
    async with session(url) as dialogue:
        events = await dialogue.ask("hi")
    assert kinds(events)[:7] == [
        "response.created",
        "rate_limits.updated",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_audio_transcript.delta",
        "response.output_audio.delta",
    ]
    assert kinds(events)[-6:] == [
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
    ]
    by_type = {event["type"]: event for event in events}
    assert by_type["conversation.item.added"]["item"]["content"] == []
    assert by_type["response.content_part.done"]["part"]["type"] == "audio"
    content = by_type["conversation.item.done"]["item"]["content"]
    assert content == [{"type": "output_audio", "transcript": "You said: hi"}]
    done = by_type["response.done"]["response"]
    assert done["status"] == "completed"
    assert done["usage"]["output_token_details"] == {
        "text_tokens": 3,
        "audio_tokens": 15,
    }


async def test_audio_is_as_long_as_the_words_and_the_speed_say(url: str) -> None:
    lengths = []
    async with session(url) as dialogue:
        for speed in (1.0, 0.5):
            await dialogue.update(audio={"output": {"speed": speed}})
            events = await dialogue.ask("one two")
            pcm = b"".join(
                base64.b64decode(event["delta"])
                for event in events
                if event["type"] == "response.output_audio.delta"
            )
            lengths.append(len(pcm) / 48_000)
    assert lengths == [pytest.approx(4 * 0.26), pytest.approx(4 * 0.46)]


async def test_a_written_answer_has_text_events_only(url: str) -> None:
    async with session(url) as dialogue:
        await dialogue.update(output_modalities=["text"])
        events = await dialogue.ask("hi")
    assert kinds(events)[4:] == [
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
    ]
    deltas = [event.get("delta", "") for event in events]
    assert "".join(deltas) == "You said: hi"


async def test_one_answer_at_a_time(url: str) -> None:
    async with session(url, "fault:stall,pace=0") as dialogue:
        await dialogue.send("response.create", response={"metadata": {"turn": "1"}})
        created = (await dialogue.expect("response.created"))["response"]
        await dialogue.send("response.create")
        events = await dialogue.until("error")
        error = events[-1]["error"]
        assert error["code"] == "conversation_already_has_active_response"
        assert created["id"] in error["message"]
        await dialogue.send("response.cancel", response_id=created["id"])
        done = (await dialogue.until("response.done"))[-1]["response"]
        assert (done["id"], done["status"]) == (created["id"], "cancelled")
        assert done["status_details"]["reason"] == "client_cancelled"
        assert done["metadata"] == {"turn": "1"}
        assert done["output"][0]["status"] == "incomplete"
        error = await dialogue.refused("response.cancel")
        assert error["code"] == "response_cancel_not_active"


async def test_a_second_answer_may_run_out_of_band(url: str) -> None:
    async with session(url, "fault:stall,pace=0") as dialogue:
        await dialogue.send("response.create")
        main = (await dialogue.expect("response.created"))["response"]
        aside = {"conversation": "none", "metadata": {"for": "notes"}, "input": []}
        await dialogue.send("response.create", response=aside)
        events = await dialogue.until("response.created")
        second = events[-1]["response"]
        assert second["conversation_id"] is None
        assert second["metadata"] == {"for": "notes"}
        await dialogue.send("response.cancel", response_id=second["id"])
        events = await dialogue.until("response.done")
        assert events[-1]["response"]["id"] == second["id"]
        await dialogue.send("response.cancel")
        events = await dialogue.until("response.done")
        assert events[-1]["response"]["id"] == main["id"]
    added = [event for event in dialogue.events if event["type"].endswith("item.added")]
    in_conversation = [e for e in added if e["type"] == "conversation.item.added"]
    assert (len(added), len(in_conversation)) == (3, 1)


async def test_limits_of_metadata_and_of_tokens(url: str) -> None:
    async with session(url) as dialogue:
        many = {f"key{n}": "v" for n in range(17)}
        error = await dialogue.refused("response.create", response={"metadata": many})
        assert error["param"] == "response.metadata"
        long = {"key": "v" * 513}
        error = await dialogue.refused("response.create", response={"metadata": long})
        assert error["code"] == "string_above_max_length"
        done = (await dialogue.ask("hello", max_output_tokens=4))[-1]["response"]
        assert done["status"] == "incomplete"
        assert done["status_details"]["reason"] == "max_output_tokens"


async def test_tools_are_called_and_their_output_is_spoken(url: str) -> None:
    async with session(url, "tool,pace=0") as dialogue:
        await dialogue.update(tools=[TOOL])
        events = await dialogue.ask('{"a": 1}')
        assert kinds(events)[2:] == [
            "response.output_item.added",
            "conversation.item.added",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
            "conversation.item.done",
            "response.output_item.done",
            "response.done",
        ]
        assert events[2]["item"]["arguments"] == ""
        call = events[-1]["response"]["output"][0]
        assert (call["name"], call["arguments"]) == ("add", '{"a": 1}')
        output = {"type": "function_call_output", "output": "7"}
        item = {**output, "call_id": "call_of_nobody"}
        error = await dialogue.refused("conversation.item.create", item=item)
        assert error["code"] == "invalid_tool_call_id"
        item = {**output, "call_id": call["call_id"]}
        await dialogue.send("conversation.item.create", item=item)
        await dialogue.until("conversation.item.done")
        await dialogue.send("response.create")
        spoken = (await dialogue.until("response.done"))[-1]["response"]["output"][0]
        assert spoken["content"][0]["transcript"] == "The tool said: 7"


async def test_input_may_replace_the_context(url: str) -> None:
    async with session(url) as dialogue:
        await dialogue.ask("first")
        item_id = dialogue.events[1]["item"]["id"]
        reference = {"type": "item_reference", "id": item_id}
        for given, said in (
            ([user("other")], "You said: other"),
            ([reference], "You said: first"),
            ([], "You said: "),
        ):
            events = await dialogue.ask("ignored", input=given)
            content = events[-1]["response"]["output"][0]["content"]
            assert content[0]["transcript"] == said
        unknown = [{"type": "item_reference", "id": "nobody"}]
        params = {"input": unknown}
        error = await dialogue.refused("response.create", response=params)
        assert error["code"] == "item_retrieve_invalid_item_id"


async def test_the_beta_dialect_is_flat_and_has_a_temperature(
    beta: RealtimeServerProcess,
) -> None:
    async with session(beta.url, judged=False) as dialogue:
        await dialogue.expect("conversation.created")
        config = dialogue.events[0]["session"]
        assert (config["temperature"], config["voice"]) == (0.8, "alloy")
        assert config["modalities"] == ["text", "audio"]
        told: JsonObject = {"temperature": 1.1, "voice": "echo", "speed": 1.5}
        await dialogue.send("session.update", session=told)
        config = (await dialogue.expect("session.updated"))["session"]
        assert {name: config[name] for name in told} == told
        for patch, param in (
            ({"temperature": 1.3}, "session.temperature"),
            ({"voice": "marin"}, "session.voice"),
            ({"type": "realtime"}, "session.type"),
            ({"audio": {}}, "session.audio"),
        ):
            error = await dialogue.refused("session.update", session=patch)
            assert error["param"] == param
        await dialogue.send("conversation.item.create", item=user("hi"))
        await dialogue.expect("conversation.item.created")
        await dialogue.send("response.create", response={"temperature": 0.6})
        events = await dialogue.until("response.done")
    assert kinds(events)[2:7] == [
        "response.output_item.added",
        "conversation.item.created",
        "response.content_part.added",
        "response.audio_transcript.delta",
        "response.audio.delta",
    ]
    content = events[-1]["response"]["output"][0]["content"]
    assert content == [{"type": "audio", "transcript": "You said: hi"}]


def test_the_judge_condemns() -> None:
    good = {"type": "input_audio_buffer.cleared", "event_id": "e"}
    judge(good)
    for bad in (
        {**good, "type": "input_audio_buffer.emptied"},
        {**good, "colour": "red"},
        {**good, "event_id": 7},
        {"type": "input_audio_buffer.cleared"},
    ):
        with pytest.raises((AssertionError, ValueError)):
            judge(bad)
