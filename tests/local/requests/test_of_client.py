"""The widget's own events ask the same as what it would send on a socket."""

from __future__ import annotations

import json

import pytest

from rt_widget import events
from rt_widget.backends.local.requests import of_client, read, values
from rt_widget.backends.wire import encode
from rt_widget.config import ALL_SETTINGS, SemanticVad, SessionConfig, ToolSpec
from tests.local.requests.samples import SOUND, TOOL

CONFIG = SessionConfig(
    voice="voice_7",
    speed=1.5,
    turn_detection=SemanticVad(eagerness="low", false_alarm_ms=0),
    tools=(ToolSpec("weather", "Of a city.", TOOL["parameters"]),),
)
OWN: list[events.AnyClientEvent] = [
    events.InputAudioAppend(audio=SOUND),
    events.InputAudioCommit(),
    events.InputAudioClear(),
    events.ItemCreate(item_id="a", text="Hello"),
    events.ItemCreate(item_id="a", audio=SOUND),
    events.FunctionOutput(item_id="b", call_id="c", output="rain"),
    events.ItemTruncate(item_id="a", content_index=0, audio_end_ms=7),
    events.ItemDelete(item_id="a"),
    events.ResponseCreate(metadata={"k": "v"}),
    events.ResponseCancel(),
    events.ResponseCancel(response_id="r"),
    events.SessionUpdate(config=CONFIG, changed=ALL_SETTINGS - {"temperature"}),
    *(
        events.SessionUpdate(config=CONFIG, changed=frozenset({name}))
        for name in sorted(ALL_SETTINGS - {"temperature"})
    ),
]


@pytest.mark.parametrize("event", OWN, ids=lambda event: type(event).__name__)
def test_the_widget_asks_the_same_with_and_without_a_socket(
    event: events.AnyClientEvent,
) -> None:
    assert read(encode(event, "ga", "local")) == of_client(event)


def test_without_a_socket_the_widget_sets_the_temperature_too() -> None:
    config = SessionConfig(temperature=1.1)
    request = of_client(
        events.SessionUpdate(config=config, changed=frozenset({"temperature"}))
    )
    assert isinstance(request, values.UpdateSession)
    assert request.patch == {"type": "realtime", "temperature": 1.1}
    read(json.dumps({"type": "session.update", "session": request.patch}))


def test_words_to_say_are_said_beside_the_conversation() -> None:
    request = of_client(events.ResponseCreate(verbatim="Ready."))
    assert isinstance(request, values.CreateResponse)
    assert (request.verbatim, request.out_of_band) == ("Ready.", True)
