"""The server is as strict as the service: sessions, updates, the stock client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from openai import AsyncOpenAI
from websockets.exceptions import ConnectionClosed

from tests.servers.dialogue import KEY, session, talk
from tests.servers.process import RealtimeServerProcess

if TYPE_CHECKING:
    from tests.servers.wire import JsonObject

VAD = {"type": "server_vad"}


def audio_in(**fields: object) -> JsonObject:
    return {"audio": {"input": fields}}


def audio_out(**fields: object) -> JsonObject:
    return {"audio": {"output": fields}}


async def test_the_first_event_shows_the_whole_configuration(url: str) -> None:
    async with talk(url, "gpt-realtime-2.1") as dialogue:
        config = (await dialogue.expect("session.created"))["session"]
    assert config["model"] == "gpt-realtime-2.1"
    assert config["output_modalities"] == ["audio"]
    assert config["expires_at"] > 1_700_000_000
    assert config["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 500
    assert config["audio"]["output"]["voice"] == "alloy"
    assert "temperature" not in config


@pytest.mark.parametrize(
    ("patch", "code", "param"),
    [
        ({"temperature": 0.8}, "unknown_parameter", "session.temperature"),
        ({"voice": "alloy"}, "unknown_parameter", "session.voice"),
        ({"modalities": ["text"]}, "unknown_parameter", "session.modalities"),
        (audio_out(pitch=1), "unknown_parameter", "session.audio.output.pitch"),
        (
            audio_in(turn_detection={**VAD, "eagerness": "low"}),
            "unknown_parameter",
            "session.audio.input.turn_detection.eagerness",
        ),
        (
            audio_in(turn_detection={"threshold": 0.5}),
            "missing_required_parameter",
            "session.audio.input.turn_detection.type",
        ),
        (
            audio_in(turn_detection={**VAD, "threshold": 2}),
            "decimal_above_max_value",
            "session.audio.input.turn_detection.threshold",
        ),
        (
            audio_in(turn_detection={**VAD, "silence_duration_ms": 0.5}),
            "invalid_type",
            "session.audio.input.turn_detection.silence_duration_ms",
        ),
        (
            audio_in(format={"type": "audio/pcm", "rate": 16_000}),
            "invalid_value",
            "session.audio.input.format.rate",
        ),
        (
            audio_out(speed=2.0),
            "decimal_above_max_value",
            "session.audio.output.speed",
        ),
        (
            audio_out(speed=0.2),
            "decimal_below_min_value",
            "session.audio.output.speed",
        ),
        (audio_out(speed="fast"), "invalid_type", "session.audio.output.speed"),
        (audio_out(voice="nova"), "invalid_value", "session.audio.output.voice"),
        (
            {"output_modalities": ["text", "audio"]},
            "invalid_value",
            "session.output_modalities",
        ),
        ({"model": "gpt-other"}, "invalid_value", "session.model"),
        (
            {"max_output_tokens": 0},
            "integer_below_min_value",
            "session.max_output_tokens",
        ),
        (
            {"tools": [{"type": "function", "function": {"name": "f"}}]},
            "missing_required_parameter",
            "session.tools[0].name",
        ),
        (
            {"tools": [{"type": "function", "name": "f", "strict": True}]},
            "unknown_parameter",
            "session.tools[0].strict",
        ),
        ({"instructions": None}, "invalid_type", "session.instructions"),
    ],
)
async def test_a_bad_update_is_rejected_as_a_whole(
    url: str, patch: JsonObject, code: str, param: str
) -> None:
    async with session(url) as dialogue:
        before = await dialogue.update()
        told = {"type": "realtime", "instructions": "Be new.", **patch}
        error = await dialogue.refused("session.update", session=told)
        assert (error["code"], error["param"]) == (code, param)
        assert error["type"] == "invalid_request_error"
        assert await dialogue.update() == before


async def test_an_update_must_say_its_type(url: str) -> None:
    async with session(url) as dialogue:
        flat = {"modalities": ["text"], "temperature": 0.8}
        error = await dialogue.refused("session.update", session=flat)
        assert error["code"] == "missing_required_parameter"
        assert error["param"] == "session.type"


async def test_speed_says_what_it_expects(url: str) -> None:
    async with session(url) as dialogue:
        told = {"type": "realtime", **audio_out(speed=2.0)}
        error = await dialogue.refused("session.update", session=told)
        assert "decimal above maximum value" in error["message"]
        assert "<= 1.5" in error["message"]


async def test_an_update_merges_and_null_clears(url: str) -> None:
    async with session(url) as dialogue:
        whisper = {"model": "gpt-realtime-whisper"}
        noise = {"type": "near_field"}
        await dialogue.update(**audio_in(transcription=whisper, noise_reduction=noise))
        quick = {**VAD, "silence_duration_ms": 200}
        config = await dialogue.update(**audio_in(turn_detection=quick))
        heard = config["audio"]["input"]
        assert heard["transcription"] == whisper
        assert heard["noise_reduction"] == {**noise, "strength": 1.0}
        assert heard["turn_detection"]["silence_duration_ms"] == 200
        assert heard["turn_detection"]["prefix_padding_ms"] == 300
        cleared = dict.fromkeys(("turn_detection", "transcription", "noise_reduction"))
        heard = (await dialogue.update(**audio_in(**cleared)))["audio"]["input"]
        assert {name: heard[name] for name in cleared} == cleared
        semantic = {"type": "semantic_vad"}
        config = await dialogue.update(**audio_in(turn_detection=semantic))
        assert config["audio"]["input"]["turn_detection"]["eagerness"] == "auto"


async def test_the_voice_is_locked_by_the_first_audio(url: str) -> None:
    async with session(url) as dialogue:
        await dialogue.update(**audio_out(voice="marin"))
        await dialogue.ask("hello")
        told = {"type": "realtime", "instructions": "new", **audio_out(voice="cedar")}
        error = await dialogue.refused("session.update", session=told)
        assert error["code"] == "cannot_update_voice"
        config = await dialogue.update(**audio_out(voice="marin", speed=1.5))
        assert config["audio"]["output"]["speed"] == 1.5
        assert config["instructions"] != "new"


async def test_reasoning_is_for_models_that_reason(url: str) -> None:
    async with session(url, "gpt-realtime-2.1") as dialogue:
        config = await dialogue.update(reasoning={"effort": "low"})
        assert config["reasoning"] == {"effort": "low"}
    async with session(url, "gpt-realtime-1.5") as dialogue:
        told = {"type": "realtime", "reasoning": {"effort": "low"}}
        error = await dialogue.refused("session.update", session=told)
        assert error["param"] == "session.reasoning"


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "null", "[" * 5_000])
async def test_what_is_no_event_is_answered_and_survived(url: str, text: str) -> None:
    async with session(url) as dialogue:
        await dialogue.socket.send(text)
        assert (await dialogue.expect("error"))["error"]["event_id"] is None
        await dialogue.socket.send(text.encode())
        assert (await dialogue.expect("error"))["error"]["code"] == "invalid_event"
        await dialogue.update()


async def test_unknown_events_and_fields_are_refused(url: str) -> None:
    async with session(url) as dialogue:
        error = await dialogue.refused("response.text.delta")
        assert (error["code"], error["param"]) == ("invalid_value", "type")
        error = await dialogue.refused("response.create", response={"temperature": 1})
        assert error["param"] == "response.temperature"
        error = await dialogue.refused("input_audio_buffer.commit", speed=1)
        assert error["param"] == "speed"
        error = await dialogue.refused("input_audio_buffer.append")
        assert (error["code"], error["param"]) == (
            "missing_required_parameter",
            "audio",
        )


async def test_a_session_expires() -> None:
    with RealtimeServerProcess(expires_in=0.2) as server:
        async with session(server.url) as dialogue:
            error = (await dialogue.expect("error"))["error"]
            assert error["code"] == "session_expired"
            with pytest.raises(ConnectionClosed) as caught:
                await dialogue.next()
            assert caught.value.rcvd is not None
            assert caught.value.rcvd.code == 1001
            assert "60 minutes" in caught.value.rcvd.reason


async def test_the_stock_client_holds_a_conversation(
    server: RealtimeServerProcess,
) -> None:
    client = AsyncOpenAI(api_key=KEY, websocket_base_url=server.url)
    async with client, client.realtime.connect(model="echo,stock=1") as connection:
        assert (await connection.recv()).type == "session.created"
        await connection.session.update(
            session={"type": "realtime", "output_modalities": ["text"]}
        )
        assert (await connection.recv()).type == "session.updated"
        await connection.conversation.item.create(
            item={
                "type": "message",
                "role": "user",
                "content": [{"type": "input_text", "text": "good day"}],
            }
        )
        await connection.response.create()
        text = ""
        async for event in connection:
            if event.type == "response.output_text.delta":
                text += event.delta
            if event.type == "response.done":
                assert event.response.status == "completed"
                break
    assert text == "You said: good day"
    mine = next(
        line for line in server.log("opened") if line["model"] == "echo,stock=1"
    )
    assert mine["headers"]["authorization"] == "<the right key>"
    assert mine["headers"]["user-agent"].startswith("AsyncOpenAI/")
    assert KEY not in server.log_path.read_text("utf-8")
