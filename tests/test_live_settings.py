from __future__ import annotations

import pytest

from rt_widget.backends.base import Capabilities
from rt_widget.config import ALL_SETTINGS, PushToTalk, SessionConfig, ToolSpec
from rt_widget.events import ServerFault, SessionUpdate
from rt_widget.live_settings import MODEL_LATER, VOICE_LATER, LiveSettings

START = SessionConfig(model="m", voice="alloy")
GA = Capabilities("openai", "OpenAI", temperature=None, voice_locked=True)
LOCAL = Capabilities("local", "local", temperature=(0.6, 1.2))
BOTH = ("near_field", "far_field")
ALL = Capabilities("all", "all", temperature=(0.6, 1.2), noise_reduction=BOTH)
QUIET = ALL_SETTINGS - {"noise_reduction"}


def live(capabilities: Capabilities = GA, *, has_spoken: bool = False) -> LiveSettings:
    settings = LiveSettings(START, capabilities)
    settings.first()
    settings.accepted()
    settings.has_spoken = has_spoken
    return settings


def sent(
    settings: LiveSettings, *, between_turns: bool = True, **changes: object
) -> SessionUpdate:
    config = settings.wanted.replace(**changes)
    update, _ = settings.change(config, between_turns=between_turns)
    assert update is not None
    return update


def fault(update: SessionUpdate, code: str, param: str = "") -> ServerFault:
    return ServerFault("No.", code=code, param=param, event_id=update.event_id)


def test_the_first_update_says_everything_that_the_backend_takes() -> None:
    assert LiveSettings(START, ALL).first().changed == ALL_SETTINGS
    assert LiveSettings(START, LOCAL).first().changed == QUIET
    assert LiveSettings(START, GA).first().changed == QUIET - {"temperature"}
    no_speed = Capabilities("x", "x", speed=None, temperature=(0.6, 1.2))
    assert LiveSettings(START, no_speed).first().changed == QUIET - {"speed"}


def test_only_what_changed_is_sent() -> None:
    update = sent(live(), system="Be brief.")

    assert update.changed == {"system"}
    assert update.config.system == "Be brief."


def test_nothing_is_sent_twice() -> None:
    settings = live()
    sent(settings, system="Be brief.")

    assert settings.due(between_turns=True) is None
    assert settings.change(settings.wanted, between_turns=True) == (None, ())


def test_speed_waits_for_the_end_of_the_turn() -> None:
    settings = live()
    update = sent(settings, between_turns=False, speed=1.4, system="Be brief.")

    assert update.changed == {"system"}
    assert update.config.speed == 1.0
    later = settings.due(between_turns=True)
    assert later is not None
    assert later.changed == {"speed"}
    assert later.config.speed == 1.4


def test_a_speed_that_was_taken_back_is_never_sent() -> None:
    settings = live()
    settings.change(START.replace(speed=1.4), between_turns=False)

    assert settings.change(START, between_turns=True) == (None, ())


def test_the_voice_is_free_before_the_first_sound() -> None:
    assert sent(live(), voice="cedar").changed == {"voice"}


def test_the_voice_is_locked_after_it_and_a_person_is_told() -> None:
    settings = live(has_spoken=True)
    config = START.replace(voice="cedar", system="Be brief.")
    update, notices = settings.change(config, between_turns=True)

    assert notices == (VOICE_LATER,)
    assert update is not None
    assert update.changed == {"system"}
    assert update.config.voice == "alloy"


def test_going_back_to_the_voice_in_use_is_nothing_to_tell() -> None:
    settings = live(has_spoken=True)
    settings.change(START.replace(voice="cedar"), between_turns=True)

    assert settings.change(START, between_turns=True) == (None, ())


def test_the_voice_of_other_backends_is_never_locked() -> None:
    assert sent(live(LOCAL, has_spoken=True), voice="cedar").changed == {"voice"}


def test_the_model_waits_for_the_next_session() -> None:
    settings = live()
    update, notices = settings.change(START.replace(model="n"), between_turns=True)

    assert (update, notices) == (None, (MODEL_LATER,))


@pytest.mark.parametrize(("capabilities", "is_sent"), [(GA, False), (LOCAL, True)])
def test_temperature_goes_only_where_there_is_one(
    capabilities: Capabilities, *, is_sent: bool
) -> None:
    settings = live(capabilities)
    update, _ = settings.change(START.replace(temperature=1.1), between_turns=True)

    assert (update is not None) is is_sent


@pytest.mark.parametrize(("capabilities", "is_sent"), [(ALL, True), (GA, False)])
def test_noise_reduction_goes_only_where_there_is_one(
    capabilities: Capabilities, *, is_sent: bool
) -> None:
    settings = live(capabilities)
    change = START.replace(noise_reduction="far_field")
    update, _ = settings.change(change, between_turns=True)

    assert (update is not None) is is_sent


def test_turn_taking_is_switched_in_the_middle_of_a_turn() -> None:
    update = sent(live(), between_turns=False, turn_detection=PushToTalk())

    assert update.changed == {"turn_detection"}


@pytest.mark.parametrize(
    ("code", "param", "left_out"),
    [
        ("cannot_update_voice", "", "voice"),
        ("invalid_value", "session.audio.output.voice", "voice"),
        ("unknown_parameter", "session.audio.output.speed", "speed"),
        ("invalid_value", "session.audio.input.turn_detection.type", "turn_detection"),
        ("string_above_max_length", "session.instructions", "system"),
        ("invalid_value", "session.audio.input.noise_reduction", "noise_reduction"),
        ("invalid_value", "session.input_audio_noise_reduction", "noise_reduction"),
    ],
)
def test_a_refused_setting_is_left_out_and_the_rest_sent_again(
    code: str, param: str, left_out: str
) -> None:
    settings = LiveSettings(START, ALL)
    first = settings.first()
    smaller = settings.refused(fault(first, code, param))

    assert smaller is not None
    assert smaller.changed == first.changed - {left_out}
    assert smaller.event_id != first.event_id


def test_an_update_of_nothing_but_the_refused_setting_is_not_sent_again() -> None:
    settings = live()
    update = sent(settings, turn_detection=PushToTalk())
    param = "session.audio.input.turn_detection"

    assert settings.refused(fault(update, "invalid_value", param)) is None


def test_a_refusal_that_names_no_setting_sends_nothing() -> None:
    settings = live()
    update = sent(settings, system="x", voice="cedar")

    assert settings.refused(fault(update, "server_error")) is None


def test_a_refused_voice_stays_locked() -> None:
    settings = live()
    update = sent(settings, voice="cedar")
    settings.refused(fault(update, "cannot_update_voice"))

    _, notices = settings.change(START.replace(voice="sage"), between_turns=True)
    assert notices == (VOICE_LATER,)


def test_each_update_on_the_way_can_be_refused() -> None:
    settings = live()
    voice = sent(settings, voice="cedar", system="Be brief.")
    sent(settings, turn_detection=PushToTalk())
    smaller = settings.refused(fault(voice, "cannot_update_voice"))

    assert smaller is not None
    assert smaller.changed == {"system"}


def test_what_was_accepted_cannot_be_refused() -> None:
    settings = live()
    update = sent(settings, voice="cedar", system="Be brief.")
    settings.accepted()

    assert settings.refused(fault(update, "cannot_update_voice")) is None


def test_faults_of_other_events_are_no_refusals() -> None:
    settings = live()
    sent(settings, voice="cedar", system="Be brief.")

    assert settings.refused(ServerFault("No.", code="cannot_update_voice")) is None


def test_tools_that_the_server_refuses_keep_the_rest() -> None:
    settings = live()
    tools = (ToolSpec("add", "", {}),)
    update = sent(settings, system="Be brief.", tools=tools)
    smaller = settings.refused(fault(update, "invalid_value", "session.tools[0].name"))

    assert update.changed == {"system", "tools"}
    assert smaller is not None
    assert smaller.changed == {"system"}
