from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from rt_widget.config import (
    ALL_SETTINGS,
    SPEED_RANGE,
    SYSTEM_LIMIT,
    TEMPERATURE_RANGE,
    PushToTalk,
    SemanticVad,
    ServerVad,
    SessionConfig,
    TurnDetection,
    check_range,
    turn_detection,
    turn_detection_name,
)
from rt_widget.errors import InputError
from rt_widget.settings import SETTINGS

NO_NUMBERS = [
    True,
    False,
    np.True_,
    None,
    "1.0",
    b"1",
    [1.0],
    np.array([1.0]),
    np.array(1.0),
    1 + 0j,
    float("nan"),
    float("inf"),
    float("-inf"),
    10**400,
    float,
    Decimal("1.0"),
]


@pytest.mark.parametrize("value", NO_NUMBERS)
def test_what_is_no_real_number_is_refused(value: object) -> None:
    with pytest.raises(InputError, match=r"^speed is .* Give a number from"):
        check_range("speed", value, SPEED_RANGE)


@pytest.mark.parametrize("value", [0.25, 1, 1.5, np.float32(1.25), np.int8(1)])
def test_numbers_within_the_limits_become_floats(value: float) -> None:
    number = check_range("speed", value, SPEED_RANGE)

    assert type(number) is float
    assert number == value
    assert check_range("speed", Fraction(1, 2), SPEED_RANGE) == 0.5


@pytest.mark.parametrize(
    ("name", "limits"), [("speed", SPEED_RANGE), ("temperature", TEMPERATURE_RANGE)]
)
def test_the_limits_belong_to_the_range_and_nothing_beyond(
    name: str, limits: tuple[float, float]
) -> None:
    low, high = limits
    config = SessionConfig()

    assert getattr(config.replace(**{name: low}), name) == low
    assert getattr(config.replace(**{name: high}), name) == high
    for value in (low - 1e-9, high + 1e-9):
        with pytest.raises(InputError, match=f"from {low:g} to {high:g}"):
            config.replace(**{name: value})


def test_the_ranges_are_those_of_the_protocol() -> None:
    assert SPEED_RANGE == (0.25, 1.5)
    assert TEMPERATURE_RANGE == (0.6, 1.2)


def test_settings_can_be_written_as_json() -> None:
    config = SessionConfig().replace(
        speed=np.float32(1.25), temperature=np.float64(0.7)
    )
    numbers: list[Any] = [np.float32(0.5), np.int16(200), np.float64(300.0)]
    vad = ServerVad(*numbers)

    json.dumps([config.speed, config.temperature, vad.threshold])
    json.dumps([vad.prefix_padding_ms, vad.silence_duration_ms])


@pytest.mark.parametrize("name", ["model", "system", "voice"])
@pytest.mark.parametrize("value", [None, 5, b"bytes", ["alloy"]])
def test_texts_are_texts(name: str, value: object) -> None:
    with pytest.raises(InputError, match=f"^{name} is"):
        SessionConfig().replace(**{name: value})


def test_the_system_text_has_a_limit() -> None:
    SessionConfig(system="x" * SYSTEM_LIMIT)
    with pytest.raises(InputError, match="64,001 characters"):
        SessionConfig(system="x" * (SYSTEM_LIMIT + 1))


def test_only_the_voice_none_is_text_only() -> None:
    assert SessionConfig(voice="none").text_only
    assert not SessionConfig(voice="nova").text_only


def test_what_differs_is_named() -> None:
    config = SessionConfig()

    assert config.changed_from(config) == frozenset()
    assert config.replace(speed=1.1, voice="sage").changed_from(config) == {
        "speed",
        "voice",
    }
    assert {*SETTINGS, "tools"} == ALL_SETTINGS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("server_vad", ServerVad()),
        ("semantic_vad", SemanticVad()),
        ("push_to_talk", PushToTalk()),
    ],
)
def test_turn_detection_goes_by_name_or_by_value(
    name: str, value: TurnDetection
) -> None:
    assert turn_detection(name) == value
    assert turn_detection(value) is value
    assert turn_detection_name(value) == name


@pytest.mark.parametrize("value", [None, "vad", "", 3, ["server_vad"], ServerVad])
def test_other_turn_detection_is_refused(value: object) -> None:
    with pytest.raises(InputError, match="Give one of server_vad, semantic_vad"):
        turn_detection(value)


@pytest.mark.parametrize(
    "changes",
    [
        {"threshold": 1.1},
        {"threshold": float("nan")},
        {"threshold": True},
        {"prefix_padding_ms": -1},
        {"silence_duration_ms": "400"},
        {"silence_duration_ms": 10**9},
        {"create_response": 1},
        {"interrupt_response": None},
    ],
)
def test_server_vad_is_checked(changes: dict[str, object]) -> None:
    (name,) = changes
    with pytest.raises(InputError, match=f"^{name} is"):
        ServerVad(**changes)  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.parametrize(
    "changes", [{"eagerness": "eager"}, {"eagerness": None}, {"create_response": "no"}]
)
def test_semantic_vad_is_checked(changes: dict[str, object]) -> None:
    (name,) = changes
    with pytest.raises(InputError, match=f"^{name} is"):
        SemanticVad(**changes)  # type: ignore[arg-type] # wrong on purpose
