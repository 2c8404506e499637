"""A session's settings: what updates change, and what they are as values."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as cases
from hypothesis import strategies as st

from rt_widget.backends.local.requests import RequestError, read, values
from rt_widget.backends.local.settings import FunctionChoice, Settings
from rt_widget.config import PushToTalk, SemanticVad, ServerVad, SessionConfig, ToolSpec
from tests.local.requests.patches import PATCHES
from tests.local.requests.samples import SESSION, TOOL
from tests.servers.judge import judge

CASES = int(os.environ.get("RT_WIDGET_CASES", "60"))
VOICES = ("heart", "sky")
SETTINGS = Settings.new(VOICES)


def heard(**fields: object) -> dict[str, Any]:
    return {"audio": {"input": fields}}


def spoken(**fields: object) -> dict[str, Any]:
    return {"audio": {"output": fields}}


def shown(settings: Settings) -> dict[str, Any]:
    """The session on the wire, once a stock client could read it."""
    session: dict[str, Any] = json.loads(json.dumps(settings.wire, allow_nan=False))
    judge({"type": "session.updated", "event_id": "event_1", "session": session})
    return session


def test_a_session_begins_as_on_the_service_with_the_pauses_of_this_house() -> None:
    session = shown(SETTINGS)
    assert session["model"] == SETTINGS.model == "local"
    assert session["audio"]["input"]["transcription"] is SETTINGS.transcription is None
    assert session["temperature"] == SETTINGS.temperature == 0.8
    assert SETTINGS.turn_detection == ServerVad(false_alarm_ms=0)
    assert SETTINGS.voice == "heart"
    assert SETTINGS.input_format == SETTINGS.output_format == "audio/pcm"
    assert SETTINGS.max_output_tokens is None
    assert not SETTINGS.text_only
    assert "expires_at" not in session


def test_a_session_that_ends_says_when() -> None:
    settings = Settings.new(VOICES, model="gpt-realtime", expires_at=1_800_000_000)
    assert shown(settings)["expires_at"] == 1_800_000_000
    assert shown(settings.updated({"model": "gpt-realtime"}))["model"] == "gpt-realtime"


def test_what_an_update_does_not_name_stays() -> None:
    audio = {"output": {"speed": 1.5}, "input": {"transcription": {"model": "a"}}}
    first = SETTINGS.updated({"instructions": "Rhyme.", "audio": audio})
    second = first.updated({"tools": [TOOL], **spoken(voice="sky")})
    assert second.instructions == "Rhyme."
    assert (second.speed, second.voice) == (1.5, "sky")
    third = second.updated(heard(transcription={"language": "en"}))
    assert third.transcription == {"model": "a", "language": "en"}
    assert third.tools == (ToolSpec("weather", "Of a city.", TOOL["parameters"]),)
    assert not SETTINGS.tools


def test_null_clears() -> None:
    settings = SETTINGS.updated(SESSION)
    assert settings.idle_timeout_ms == 6_000
    cleared = settings.updated(heard(turn_detection=None, transcription=None))
    assert cleared.turn_detection == PushToTalk()
    assert (cleared.idle_timeout_ms, cleared.transcription) == (None, None)
    again = cleared.updated(heard(turn_detection={"type": "server_vad"}))
    assert again.turn_detection == ServerVad(false_alarm_ms=0)
    assert (
        shown(again)["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 400
    )


def test_turn_detection_keeps_its_numbers_within_its_kind() -> None:
    slow = {"type": "server_vad", "silence_duration_ms": 900}
    settings = SETTINGS.updated(heard(turn_detection=slow))
    settings = settings.updated(
        heard(turn_detection={"type": "server_vad", "create_response": False})
    )
    assert settings.turn_detection == ServerVad(
        silence_duration_ms=900, create_response=False, false_alarm_ms=0
    )
    settings = settings.updated(heard(turn_detection={"type": "semantic_vad"}))
    assert settings.turn_detection == SemanticVad(false_alarm_ms=0)


@pytest.mark.parametrize(
    ("patch", "param"),
    [
        ({"model": "gpt-realtime"}, "session.model"),
        (
            {"tool_choice": {"type": "function", "name": "news"}, "tools": [TOOL]},
            "session.tool_choice",
        ),
    ],
)
def test_a_refused_update_changes_nothing(patch: dict[str, Any], param: str) -> None:
    before = shown(SETTINGS)
    with pytest.raises(RequestError) as caught:
        SETTINGS.updated({"instructions": "Rhyme.", **patch})
    assert (caught.value.code, caught.value.param) == ("invalid_value", param)
    assert shown(SETTINGS) == before


def test_a_voice_may_change_at_any_time_and_is_one_that_can_speak() -> None:
    for asked, voice in (
        ("sky", "sky"),
        ("marin", "heart"),
        ("none", "heart"),
        ({"id": "sky"}, "sky"),
        ({"id": "voice_1"}, "heart"),
    ):
        settings = SETTINGS.updated(spoken(voice=asked))
        assert settings.voice == voice
        assert shown(settings)["audio"]["output"]["voice"] == voice


def test_a_tool_that_is_gone_need_not_be_called() -> None:
    chosen = SETTINGS.updated(
        {"tools": [TOOL], "tool_choice": {"type": "function", "name": "weather"}}
    )
    assert chosen.tool_choice == FunctionChoice("weather")
    assert chosen.updated({"tools": []}).tool_choice == "auto"
    assert chosen.for_response({"tool_choice": "none"}).tool_choice == "none"
    with pytest.raises(RequestError) as caught:
        SETTINGS.for_response({"tool_choice": {"type": "function", "name": "weather"}})
    assert caught.value.param == "response.tool_choice"


def test_a_response_has_fields_of_its_own() -> None:
    assert SETTINGS.for_response({}) is SETTINGS
    own = SETTINGS.for_response(
        {
            "instructions": "",
            "output_modalities": ["text"],
            "max_output_tokens": 5,
            "temperature": 0,
            **spoken(format={"type": "audio/pcma"}),
        }
    )
    assert (own.instructions, own.text_only) == ("", True)
    assert (own.max_output_tokens, own.temperature) == (5, 0.0)
    assert (own.output_format, own.input_format) == ("audio/pcma", "audio/pcm")


def test_what_has_no_effect_here_is_not_shown_as_if_it_had() -> None:
    session = shown(
        SETTINGS.updated(
            {
                "tracing": "auto",
                "parallel_tool_calls": True,
                "reasoning": {"effort": "low"},
                "include": ["item.input_audio_transcription.logprobs"],
                **heard(noise_reduction={"type": "far_field"}),
            }
        )
    )
    assert session == shown(SETTINGS)


def test_the_widgets_settings_hold_from_the_start() -> None:
    config = SessionConfig(
        system="Rhyme.", speed=0.5, temperature=1.2, turn_detection=SemanticVad()
    )
    settings = Settings.of_config(config, VOICES)
    assert (settings.instructions, settings.speed) == ("Rhyme.", 0.5)
    assert settings.temperature == 1.2
    assert settings.turn_detection == SemanticVad(
        interrupt_response=False, false_alarm_ms=0
    )
    assert settings.transcription
    assert Settings.of_config(SessionConfig(voice="none"), VOICES).text_only
    assert shown(settings)["audio"]["output"]["voice"] == "heart"


@cases(max_examples=CASES, deadline=None)
@given(st.lists(PATCHES, max_size=4))
def test_whatever_is_set_a_stock_client_can_read_the_session(
    patches: list[dict[str, Any]],
) -> None:
    settings = SETTINGS
    for patch in patches:
        request = read(json.dumps({"type": "session.update", "session": patch}))
        assert isinstance(request, values.UpdateSession)
        try:
            settings = settings.updated(request.patch)
        except RequestError as refusal:
            judge({"event_id": "event_1", **refusal.event()})
            continue
        session = shown(settings)
        for name in ("instructions", "temperature", "max_output_tokens"):
            assert session[name] == patch.get(name, session[name])
        assert set(session) == set(shown(SETTINGS))
