from __future__ import annotations

import json
import typing
from typing import Any, get_args

import pytest
from openai.types.beta.realtime import session_update_event as beta_update
from openai.types.realtime import RealtimeClientEvent
from pydantic import BaseModel

from rt_widget import events
from rt_widget.backends.wire import encode
from rt_widget.config import (
    ALL_SETTINGS,
    PushToTalk,
    SemanticVad,
    ServerVad,
    SessionConfig,
    ToolSpec,
    TurnDetection,
)

CONFIG = SessionConfig(
    model="m",
    system="Be brief.",
    voice="marin",
    speed=1.25,
    noise_reduction="near_field",
)
DETECTIONS = [ServerVad(), SemanticVad("low", create_response=False), PushToTalk()]
EACH: list[events.AnyClientEvent] = [
    events.InputAudioAppend(audio=b"\1\0"),
    events.InputAudioCommit(),
    events.InputAudioClear(),
    events.ItemCreate(item_id="item_1", text="Hello \ud800 \u2028 \0"),
    events.ItemCreate(item_id="item_1", audio=b"\1\0"),
    events.ItemTruncate(item_id="item_1", content_index=0, audio_end_ms=250),
    events.ItemDelete(item_id="item_1"),
    events.FunctionOutput(item_id="item_1", call_id="call_1", output="3"),
    events.ResponseCreate(metadata={"who": "me"}),
    events.ResponseCancel(response_id="resp_1"),
    events.ResponseCancel(),
]


def wire(event: events.AnyClientEvent, dialect: str = "ga") -> dict[str, Any]:
    raw = json.loads(encode(event, typing.cast("Any", dialect), "whisper-1"))
    assert isinstance(raw, dict)
    return raw


def session(
    dialect: str = "ga",
    config: SessionConfig = CONFIG,
    changed: frozenset[str] = ALL_SETTINGS,
) -> dict[str, Any]:
    update = wire(events.SessionUpdate(config=config, changed=changed), dialect)
    assert update["type"] == "session.update"
    return dict(update["session"])


def ga_types() -> dict[str, type[BaseModel]]:
    """The client library's own types of the client events, by name."""
    (union, _) = get_args(RealtimeClientEvent)
    return {
        name: kind
        for kind in get_args(union)
        for name in get_args(kind.model_fields["type"].annotation)
    }


GA_TYPES = ga_types()


def validated(kind: type[BaseModel], raw: dict[str, Any]) -> None:
    """Check the types of `raw`, and that the library knows each of its keys."""
    model = kind.model_validate(raw)
    unknown = list(_extras(model, kind.__name__))
    assert unknown == []


def _extras(value: object, path: str) -> typing.Iterator[str]:
    if isinstance(value, BaseModel):
        yield from (f"{path}.{name}" for name in value.model_extra or ())
        for name in type(value).model_fields:
            yield from _extras(getattr(value, name), f"{path}.{name}")
    if isinstance(value, list):
        for each in value:
            yield from _extras(each, f"{path}[]")


@pytest.mark.parametrize("event", EACH, ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("dialect", ["ga", "beta"])
def test_each_event_is_one_that_the_client_library_knows(
    event: events.AnyClientEvent, dialect: str
) -> None:
    raw = wire(event, dialect)

    validated(GA_TYPES[raw["type"]], raw)
    assert raw["event_id"] == event.event_id


@pytest.mark.parametrize("detection", DETECTIONS)
@pytest.mark.parametrize("voice", ["marin", "none"])
def test_the_first_update_is_a_whole_ga_session(
    detection: TurnDetection, voice: str
) -> None:
    config = CONFIG.replace(turn_detection=detection, voice=voice)
    event = events.SessionUpdate(config=config, changed=ALL_SETTINGS)

    validated(GA_TYPES["session.update"], wire(event))


@pytest.mark.parametrize("name", sorted(ALL_SETTINGS - {"model", "temperature"}))
def test_later_updates_hold_one_setting_and_the_type(name: str) -> None:
    event = events.SessionUpdate(config=CONFIG, changed=frozenset({name}))

    validated(GA_TYPES["session.update"], wire(event))
    expected: dict[str, dict[str, object]] = {
        "system": {"instructions": "Be brief."},
        "tools": {"tools": [], "tool_choice": "auto"},
        "speed": {"audio": {"output": {"speed": 1.25}}},
        "voice": {
            "output_modalities": ["audio"],
            "audio": {"output": {"voice": "marin"}},
        },
        "turn_detection": {
            "audio": {
                "input": {
                    "turn_detection": {
                        "type": "server_vad",
                        "threshold": 0.5,
                        "prefix_padding_ms": 300,
                        "silence_duration_ms": 400,
                        "create_response": True,
                        "interrupt_response": False,
                    }
                }
            }
        },
        "noise_reduction": {
            "audio": {"input": {"noise_reduction": {"type": "near_field"}}}
        },
    }
    assert session(changed=frozenset({name})) == {"type": "realtime", **expected[name]}


def test_the_first_update_asks_for_the_persons_words() -> None:
    into = session()["audio"]["input"]

    assert into["transcription"] == {"model": "whisper-1"}
    assert into["format"] == {"type": "audio/pcm", "rate": 24_000}


@pytest.mark.parametrize("changed", [ALL_SETTINGS, frozenset({"temperature"})])
def test_no_ga_frame_has_a_temperature(changed: frozenset[str]) -> None:
    event = events.SessionUpdate(config=CONFIG, changed=changed)

    assert "temperature" not in encode(event, "ga", "whisper-1")
    for each in EACH:
        assert "temperature" not in encode(each, "ga", "whisper-1")


def test_the_beta_session_is_flat_and_has_a_temperature() -> None:
    config = CONFIG.replace(temperature=1.1)
    raw = wire(events.SessionUpdate(config=config, changed=ALL_SETTINGS), "beta")

    validated(beta_update.SessionUpdateEvent, raw)
    assert raw["session"]["temperature"] == 1.1
    assert raw["session"]["modalities"] == ["text", "audio"]
    assert session("beta", config, frozenset({"temperature"})) == {"temperature": 1.1}


@pytest.mark.parametrize(
    ("dialect", "name"), [("ga", "output_modalities"), ("beta", "modalities")]
)
def test_the_voice_none_means_text(dialect: str, name: str) -> None:
    raw = session(dialect, CONFIG.replace(voice="none"))

    assert raw[name] == ["text"]
    assert "none" not in json.dumps(raw)


def test_a_voice_of_ones_own_goes_by_its_id() -> None:
    raw = session("ga", CONFIG.replace(voice="voice_123"))

    assert raw["audio"]["output"]["voice"] == {"id": "voice_123"}
    assert session("beta", CONFIG.replace(voice="sage"))["voice"] == "sage"


@pytest.mark.parametrize("dialect", ["ga", "beta"])
def test_push_to_talk_switches_the_servers_ear_off(dialect: str) -> None:
    changed = frozenset({"turn_detection"})
    raw = session(dialect, CONFIG.replace(turn_detection=PushToTalk()), changed)

    assert '"turn_detection": null' in json.dumps(raw)


def test_the_beta_is_asked_for_a_response_without_metadata() -> None:
    event = events.ResponseCreate(metadata={"who": "me"})

    assert wire(event, "beta") == {
        "type": "response.create",
        "event_id": event.event_id,
    }
    assert wire(event)["response"] == {"metadata": {"who": "me"}}


@pytest.mark.parametrize("dialect", ["ga", "beta"])
@pytest.mark.parametrize(
    ("detection", "server_interrupts"),
    [
        (ServerVad(), False),
        (ServerVad(false_alarm_ms=0), True),
        (SemanticVad(false_alarm_ms=0), True),
        (ServerVad(interrupt_response=False, false_alarm_ms=0), False),
    ],
)
def test_the_server_interrupts_only_where_no_false_alarm_is_looked_for(
    dialect: str,
    detection: TurnDetection,
    server_interrupts: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    changed = frozenset({"turn_detection"})
    raw = json.dumps(
        session(dialect, CONFIG.replace(turn_detection=detection), changed)
    )

    assert f'"interrupt_response": {json.dumps(server_interrupts)}' in raw
    assert "false_alarm" not in raw


@pytest.mark.parametrize(
    ("dialect", "name"),
    [("ga", "noise_reduction"), ("beta", "input_audio_noise_reduction")],
)
def test_noise_reduction_is_not_mentioned_until_it_is_wanted(
    dialect: str, name: str
) -> None:
    quiet = CONFIG.replace(noise_reduction="none")
    changed = frozenset({"noise_reduction"})

    assert "noise" not in json.dumps(session(dialect, quiet))
    assert f'"{name}": {{"type": "near_field"}}' in json.dumps(session(dialect))
    assert f'"{name}": null' in json.dumps(session(dialect, quiet, changed))


TOOL = ToolSpec("add", "Adds.", {"type": "object", "properties": {}})


@pytest.mark.parametrize("dialect", ["ga", "beta"])
def test_tools_are_not_mentioned_until_there_are_some(dialect: str) -> None:
    changed = frozenset({"tools"})
    told = session(dialect, CONFIG.replace(tools=(TOOL,)), changed)
    gone = session(dialect, CONFIG, changed)

    assert "tool" not in json.dumps(session(dialect))
    assert told["tool_choice"] == "auto"
    assert told["tools"] == [
        {
            "type": "function",
            "name": "add",
            "description": "Adds.",
            "parameters": {"type": "object", "properties": {}},
        }
    ]
    assert gone["tools"] == []


@pytest.mark.parametrize("dialect", ["ga", "beta"])
def test_what_a_function_has_given_is_an_item(dialect: str) -> None:
    event = events.FunctionOutput(item_id="item", call_id="call", output="3")

    assert wire(event, dialect) == {
        "type": "conversation.item.create",
        "event_id": event.event_id,
        "item": {
            "id": "item",
            "type": "function_call_output",
            "call_id": "call",
            "output": "3",
        },
    }
