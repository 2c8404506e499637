from __future__ import annotations

import pytest

from rt_widget.backends.local.calling.grounded import grounded
from rt_widget.backends.local.calling.tool_text import TextCall
from rt_widget.config import ToolSpec


def tool(*required: str, **properties: object) -> ToolSpec:
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return ToolSpec("get_weather", "The weather in a city now.", schema)


TEXT = {"type": "string"}
NUMBER = {"type": "number"}
UNIT = {"type": "string", "enum": ["celsius", "fahrenheit"]}
WEATHER = tool("city", city=TEXT, unit=UNIT, country=TEXT)
TIMER = tool("seconds", seconds=NUMBER)
PLAIN = tool()


@pytest.mark.parametrize(
    ("question", "offered", "written", "arguments"),
    [
        ("Weather in Oslo?", WEATHER, {"city": "Oslo"}, '{"city": "Oslo"}'),
        ("And in new york", WEATHER, {"city": "New York"}, '{"city": "New York"}'),
        ("Wetter in Köln?", WEATHER, {"city": "KÖLN"}, '{"city": "KÖLN"}'),
        ("For two minutes.", TIMER, {"seconds": 120}, '{"seconds": 120}'),
        ("For 90 seconds.", TIMER, {"seconds": 90}, '{"seconds": 90}'),
        ("How is the weather?", PLAIN, {}, "{}"),
        ("It is for Oslo, the weather.", WEATHER, {"city": "Oslo"}, '{"city": "Oslo"}'),
    ],
)
def test_a_call_stands_on_what_was_said(
    question: str, offered: ToolSpec, written: dict[str, object], arguments: str
) -> None:
    call = TextCall("get_weather", written)
    assert grounded(call, [offered], question) == ("get_weather", arguments)


@pytest.mark.parametrize(
    ("question", "offered", "written"),
    [
        ("What is the capital of Italy?", WEATHER, {"city": "Rome"}),
        ("My name is Anna.", WEATHER, {"city": "New York"}),
        ("My name is Peter.", WEATHER, {"city": "Peter"}),
        ("Thanks, I like Oslo.", WEATHER, {"city": "Oslo"}),
        ("How is the weather?", WEATHER, {}),
        ("How is the weather?", WEATHER, {"unit": "celsius"}),
        ("Set a timer.", TIMER, {"seconds": 60}),
        ("Who wrote Hamlet?", PLAIN, {}),
    ],
)
def test_what_was_invented_is_no_call(
    question: str, offered: ToolSpec, written: dict[str, object]
) -> None:
    assert grounded(TextCall("get_weather", written), [offered], question) is None


def test_invented_extras_are_left_out_and_listed_values_are_kept() -> None:
    written = {"city": "Oslo", "unit": "celsius", "country": "Norway", "x": "Oslo"}
    call = TextCall("get_weather", dict(written))
    asked = grounded(call, [WEATHER], "What is the weather in Oslo?")
    assert asked == ("get_weather", '{"city": "Oslo", "unit": "celsius"}')
