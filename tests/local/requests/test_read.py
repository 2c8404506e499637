"""What a client sends is a request, or a refusal that says what is wrong and where."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rt_widget.backends.local.requests import Request, RequestError, read, values
from tests.local.requests.faulty import BAD, item
from tests.local.requests.samples import GOOD
from tests.servers.judge import judge


def refusal(message: str | bytes) -> RequestError:
    with pytest.raises(RequestError) as caught:
        read(message)
    judge({"event_id": "event_1", **caught.value.event()})
    return caught.value


@pytest.mark.parametrize(("event", "expected"), GOOD, ids=lambda case: str(case)[:60])
def test_a_good_event_is_what_it_asks_for(
    event: dict[str, Any], expected: Request
) -> None:
    assert read(json.dumps(event)) == expected


@pytest.mark.parametrize(("event", "code", "param"), BAD)
def test_a_bad_field_is_named(event: dict[str, Any], code: str, param: str) -> None:
    error = refusal(json.dumps(event))
    assert (error.code, error.param) == (code, param)


DEEP = '{"type": "response.create", "response": {"metadata": %s}}'


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b'{"type": "response.create"}', "invalid_event"),
        ("", "invalid_json"),
        ("{", "invalid_json"),
        ("[]", "invalid_event"),
        ("null", "invalid_event"),
        (DEEP % "NaN", "invalid_json"),
        (DEEP % "-Infinity", "invalid_json"),
        (DEEP % "1e999", "invalid_value"),
        (DEEP % ("9" * 5_000), "invalid_json"),
        (DEEP % ("9" * 4_000), "invalid_type"),
        (DEEP % ("[" * 100_000), "invalid_json"),
        (DEEP % f"[{'1,' * 200_001}1]", "invalid_event"),
        (DEEP % ("[" * 100 + "]" * 100), "invalid_value"),
        (DEEP % '{"a": "\\ud800"}', "invalid_value"),
        (DEEP % '{"a": "\ud800"}', "invalid_value"),
        (DEEP % '{"a\\u0000": "b"}', "invalid_value"),
    ],
)
def test_text_that_means_harm_is_refused(text: str | bytes, code: str) -> None:
    error = refusal(text)
    assert error.code == code
    assert len(error.message) < 300


def test_a_long_name_is_not_sent_back_whole() -> None:
    error = refusal(json.dumps({"type": "response.cancel", "x" * 100_000: 1}))
    assert error.code == "unknown_parameter"
    assert len(json.dumps(error.event())) < 1_000


def test_a_refusal_has_the_clients_name_for_the_event() -> None:
    bad = {"type": "response.cancel", "response_id": 1, "event_id": "mine"}
    assert refusal(json.dumps(bad)).event_id == "mine"
    harm = {**bad, "response_id": "\0"}
    assert refusal(json.dumps(harm)).event_id == "mine"
    assert refusal(json.dumps({**bad, "event_id": 5})).event_id is None


def test_ids_are_made_where_none_is_given() -> None:
    call = item(type="function_call", name="f", arguments="{}")
    first, second = read(json.dumps(call)), read(json.dumps(call))
    assert isinstance(first, values.InsertItem)
    assert isinstance(second, values.InsertItem)
    assert isinstance(first.item, values.NewCall)
    assert isinstance(second.item, values.NewCall)
    made = {first.item.id, first.item.call_id, second.item.id, second.item.call_id}
    assert len(made) == 4
    assert all(1 < len(name) <= 32 for name in made)
