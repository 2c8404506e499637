from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import traitlets

from rt_widget import PushToTalk, RealtimeWidget, SemanticVad, ServerVad
from rt_widget.config import SYSTEM_LIMIT
from rt_widget.errors import InputError
from rt_widget.settings import NAME_LIMIT, SETTINGS, SettingError
from tests.conftest import make_widget
from tests.test_config import NO_NUMBERS

if TYPE_CHECKING:
    from tests.conftest import Recorder

UNREACHABLE = "ws://127.0.0.1:1/v1"


@pytest.fixture
def widget(unconnected: RealtimeWidget) -> RealtimeWidget:
    return unconnected


def from_page(widget: RealtimeWidget, **state: object) -> None:
    widget.set_state(state)


@pytest.mark.parametrize("name", ["speed", "temperature"])
@pytest.mark.parametrize("value", [*NO_NUMBERS, 0.2, 1.6, 99])
def test_a_wrong_number_is_refused_and_the_old_one_stays(
    widget: RealtimeWidget, name: str, value: object
) -> None:
    before = getattr(widget, name)
    with pytest.raises(
        SettingError, match=f"^{name} is .*Give a number from"
    ) as caught:
        setattr(widget, name, value)

    assert getattr(widget, name) == before
    assert isinstance(caught.value, InputError)
    assert isinstance(caught.value, traitlets.TraitError)


def test_numpy_numbers_become_floats(widget: RealtimeWidget) -> None:
    widget.speed = np.float32(1.25)  # type: ignore[assignment] # is taken too
    widget.temperature = np.float64(0.75)

    assert (type(widget.speed), type(widget.temperature)) == (float, float)
    assert (widget.speed, widget.temperature) == (1.25, 0.75)


@pytest.mark.parametrize("name", ["model", "voice", "system"])
@pytest.mark.parametrize("value", [None, 5, b"x", "x" * (SYSTEM_LIMIT + 1)])
def test_a_wrong_text_is_refused(
    widget: RealtimeWidget, name: str, value: object
) -> None:
    before = getattr(widget, name)
    with pytest.raises(SettingError, match=f"^{name} "):
        setattr(widget, name, value)

    assert getattr(widget, name) == before


@pytest.mark.parametrize("value", ["", " \n"])
def test_a_voice_has_a_name(widget: RealtimeWidget, value: str) -> None:
    with pytest.raises(SettingError, match="Give the name of a voice"):
        widget.voice = value

    assert widget.voice == "alloy"


@pytest.mark.parametrize("name", ["model", "voice"])
def test_a_name_is_no_longer_than_names_are(widget: RealtimeWidget, name: str) -> None:
    setattr(widget, name, "x" * NAME_LIMIT)
    with pytest.raises(SettingError, match=f"^{name} has 257 .*At most 256 are taken"):
        setattr(widget, name, "y" * (NAME_LIMIT + 1))


@pytest.mark.parametrize("name", ["model", "voice", "system"])
def test_halves_of_characters_are_replaced(widget: RealtimeWidget, name: str) -> None:
    setattr(widget, name, "a\ud83db\ud83d\ude00")

    assert getattr(widget, name) == "a\ufffdb\U0001f600"


@pytest.mark.parametrize("value", ["vad", None, 3, np.array(["server_vad", "x"])])
def test_a_wrong_turn_detection_is_refused(
    widget: RealtimeWidget, value: object
) -> None:
    with pytest.raises(SettingError, match="turn_detection is"):
        widget.turn_detection = value  # type: ignore[assignment] # that is tested

    assert widget.turn_detection == ServerVad()


def test_a_wrong_keyword_is_refused() -> None:
    wrongs: list[dict[str, object]] = [
        {"speed": 9},
        {"turn_detection": "vad"},
        {"voice": None},
    ]
    for wrong in wrongs:
        with pytest.raises(SettingError):
            make_widget(base_url=UNREACHABLE, **wrong)
    with pytest.raises(
        InputError, match=r"no setting spede\. Give one of model, voice"
    ):
        make_widget(base_url=UNREACHABLE, spede=1.0)


def test_settings_are_one_value(widget: RealtimeWidget) -> None:
    widget.speed = 1.25
    widget.turn_detection = SemanticVad("low")
    config = widget.session_config

    assert (config.speed, config.turn_detection) == (1.25, SemanticVad("low"))
    assert (config.voice, config.temperature) == ("alloy", 0.8)


def test_the_page_sees_the_turn_detection_as_an_object(
    widget: RealtimeWidget,
) -> None:
    widget.turn_detection = SemanticVad("low")
    seen = widget.get_state()["turn_detection"]
    assert seen == {
        "type": "semantic_vad",
        "eagerness": "low",
        "create_response": True,
        "interrupt_response": True,
        "false_alarm_ms": 500,
    }
    from_page(widget, turn_detection={**seen, "eagerness": "high"})
    assert widget.get_state()["turn_detection"]["eagerness"] == "high"
    from_page(widget, turn_detection={"type": "push_to_talk"})
    assert isinstance(widget.session_config.turn_detection, PushToTalk)
    assert widget.get_state()["turn_detection"] == {"type": "push_to_talk"}


def test_python_takes_names_values_and_objects(widget: RealtimeWidget) -> None:
    wanted = ServerVad(silence_duration_ms=600)
    for given in (wanted, {"type": "server_vad", "silence_duration_ms": 600.2}):
        widget.turn_detection = PushToTalk()
        widget.turn_detection = given
        assert widget.turn_detection == wanted
    widget.turn_detection = "server_vad"

    assert widget.turn_detection == wanted, "the name of what is set changes nothing"


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ({}, "turn_detection is"),
        ({"type": "magic"}, "turn_detection is"),
        ({"type": ["server_vad"]}, "turn_detection is"),
        ({"type": "server_vad", "eagerness": "low"}, "server_vad has no eagerness"),
        ({"type": "push_to_talk", "x": 1}, "push_to_talk has no x"),
        ({"type": "server_vad", 5: 1}, "server_vad has no 5"),
        ({"type": "server_vad", "threshold": 2}, "threshold is 2"),
        ({"type": "server_vad", "false_alarm_ms": -1}, "false_alarm_ms is -1"),
        ({"type": "semantic_vad", "eagerness": "?"}, "eagerness is"),
        ({"type": "semantic_vad", "create_response": 1}, "create_response is 1"),
    ],
)
def test_a_wrong_object_is_refused_from_python_and_from_a_page(
    widget: RealtimeWidget, value: dict[object, object], wrong: str
) -> None:
    with pytest.raises(SettingError, match=wrong):
        widget.turn_detection = value  # type: ignore[assignment] # that is tested
    from_page(widget, turn_detection=value)

    assert wrong in widget.error["message"]
    assert widget.turn_detection == ServerVad()


@pytest.mark.parametrize("value", ["far", None, 1, ["none"], np.array(["none", "x"])])
def test_a_wrong_noise_reduction_is_refused(
    widget: RealtimeWidget, value: object
) -> None:
    with pytest.raises(SettingError, match=r"noise_reduction is .*Give one of none"):
        widget.noise_reduction = value  # type: ignore[assignment] # that is what is tested

    assert widget.noise_reduction == "none"


def test_a_page_may_set_the_settings(widget: RealtimeWidget, page: Recorder) -> None:
    del page
    given = {
        "model": "m",
        "voice": "sage",
        "system": "s",
        "speed": 1.5,
        "temperature": 1.2,
        "noise_reduction": "near_field",
    }
    from_page(widget, **given)

    assert {name: getattr(widget, name) for name in given} == given


def test_a_page_may_set_nothing_else(widget: RealtimeWidget) -> None:
    before = widget.get_state()
    from_page(
        widget,
        status="speaking",
        error={"code": "x"},
        capabilities={},
        output_chunk={},
        text="hacked",
        _esm="alert(1)",
        api_key="sk-x",
        nonsense=1,
    )

    assert widget.get_state() == before


def test_a_wrong_value_of_a_page_is_shown_and_taken_back(page: Recorder) -> None:
    widget = RealtimeWidget(base_url=UNREACHABLE)
    from_page(widget, speed=9, voice="sage")

    assert (widget.speed, widget.voice) == (1.0, "sage")
    assert widget.error["code"] == "invalid_input"
    assert "speed is 9" in widget.error["message"]
    assert {"speed": 1.0} in page.states()
    widget.close()


def test_a_page_does_not_hear_its_own_change(page: Recorder) -> None:
    widget = RealtimeWidget(base_url=UNREACHABLE)
    from_page(widget, speed=1.25)

    assert not any("speed" in state for state in page.states())
    widget.speed = 1.5
    assert page.states()[-1] == {"speed": 1.5}
    widget.close()


def test_settings_are_the_only_traits_of_the_page(widget: RealtimeWidget) -> None:
    for name in SETTINGS:
        assert widget.trait_metadata(name, "sync")
        assert widget.trait_metadata(name, "echo_update") is False
    own = {
        name
        for name in widget.keys
        if not name.startswith("_") and name not in ("layout", "tabbable", "tooltip")
    }
    assert len(own) <= 20
    assert "audio" not in own
    assert "chunk" not in own
