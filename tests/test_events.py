from __future__ import annotations

import base64
import json
import typing
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.realtime import RealtimeServerEvent
from pydantic import BaseModel, TypeAdapter

from rt_widget import events
from rt_widget.errors import ProtocolError
from rt_widget.events import parse, parse_server_event
from tests.servers.malformed import MALFORMED

if TYPE_CHECKING:
    from collections.abc import Iterator

WHERE = {"response_id": "resp", "item_id": "item", "output_index": 0}
PART = {**WHERE, "content_index": 0}
MESSAGE = {
    "id": "item",
    "object": "realtime.item",
    "type": "message",
    "status": "completed",
    "role": "assistant",
    "content": [{"type": "output_audio", "transcript": "Hi"}],
}
USAGE = {
    "total_tokens": 50,
    "input_tokens": 30,
    "output_tokens": 20,
    "input_token_details": {"text_tokens": 10, "audio_tokens": 20, "cached_tokens": 5},
    "output_token_details": {"text_tokens": 8, "audio_tokens": 12},
}
RESPONSE: dict[str, Any] = {
    "id": "resp",
    "object": "realtime.response",
    "status": "failed",
    "status_details": {
        "type": "failed",
        "reason": "content_filter",
        "error": {"type": "server_error", "code": "oops", "message": "Oh."},
    },
    "output": [],
    "metadata": {"who": "me"},
    "usage": USAGE,
}
SESSION = {
    "type": "realtime",
    "id": "sess",
    "model": "gpt-realtime-2.1",
    "expires_at": 1_790_000_000,
    "audio": {"output": {"voice": "marin", "speed": 1.0}},
}

FILLING: dict[str, Any] = {
    "session": SESSION,
    "item": MESSAGE,
    "response": RESPONSE,
    "error": {"type": "invalid_request_error", "code": "c", "message": "No."},
    "delta": "AQA=",
    "part": {"type": "audio", "transcript": "Hi"},
    "rate_limits": [{"name": "tokens", "limit": 1, "remaining": 1, "reset_seconds": 1}],
    "conversation": {"id": "conv", "object": "realtime.conversation"},
    "usage": {"type": "duration", "seconds": 1.0},
}


def samples() -> Iterator[tuple[str, dict[str, Any]]]:
    """One event of each type that the client library knows, checked by its types."""
    for kind in _members(RealtimeServerEvent):
        fields = kind.model_fields
        (name,) = typing.get_args(fields["type"].annotation)
        raw = {
            field: _value(field, info.annotation)
            for field, info in fields.items()
            if field != "type" and (info.is_required() or field in FILLING)
        }
        event = {"type": name, **raw}
        kind.model_validate(event)
        yield name, event


def _members(union: object) -> list[type[BaseModel]]:
    inner = typing.get_args(union)
    if not inner:
        return [union] if isinstance(union, type) else []
    return [kind for each in inner for kind in _members(each)]


def _value(name: str, annotation: object) -> object:
    if name in FILLING:
        return FILLING[name]
    values: tuple[object, ...] = ("name", 1, 1.0, [], {})
    return next(value for value in values if _fits(value, annotation))


def _fits(value: object, annotation: object) -> bool:
    adapter = TypeAdapter[object](typing.cast("type[object]", annotation))
    try:
        adapter.validate_python(value, strict=True)
    except ValueError:
        return False
    return True


SAMPLES = dict(samples())


def parsed(raw: object) -> events.ServerEvent:
    return parse_server_event(json.dumps(raw))


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_event_of_the_protocol_is_read(name: str) -> None:
    event = parsed(SAMPLES[name])

    known = parse._TYPES.get(parse._BETA_NAMES.get(name, name))
    assert type(event) is (known or events.Unhandled)


def test_no_event_in_the_table_is_unknown_to_the_protocol() -> None:
    assert set(parse._TYPES) <= set(SAMPLES)


def test_a_response_says_how_it_ended_and_what_it_took() -> None:
    event = parsed({"type": "response.done", "response": RESPONSE})

    assert event == events.ResponseDone(
        events.WireResponse(
            "resp",
            "failed",
            "content_filter",
            "oops",
            "Oh.",
            events.Usage(50, 30, 20, 10, 20, 5, 8, 12),
            {"who": "me"},
        )
    )


def test_a_session_says_when_it_ends_in_both_shapes() -> None:
    expected = events.ServerSession("sess", "gpt-realtime-2.1", "marin", 1.79e9)
    flat = {**SESSION, "voice": "marin"}
    del flat["audio"]

    for session in (SESSION, flat):
        assert parsed({"type": "session.created", "session": session}) == (
            events.SessionCreated(expected)
        )


@pytest.mark.parametrize("expires", [None, "soon", -1, 0, float("nan"), 10**400, 1e300])
def test_a_session_may_not_say_when_it_ends(expires: object) -> None:
    session = {**SESSION, "expires_at": expires}
    event = parsed({"type": "session.updated", "session": session})

    assert isinstance(event, events.SessionUpdated)
    assert event.session.expires_at is None


def test_items_are_read_with_what_they_say() -> None:
    event = parsed(
        {"type": "conversation.item.added", "previous_item_id": "p", "item": MESSAGE}
    )

    part = events.ContentPart("output_audio", transcript="Hi")
    item = events.WireItem("item", "message", "assistant", "completed", (part,))
    assert event == events.ItemAdded(item, "p")
    assert item.text == "Hi"


@pytest.mark.parametrize(
    ("beta", "ga", "fields"),
    [
        ("response.text.delta", events.TextDelta, {**PART, "delta": "Hi"}),
        ("response.text.done", events.TextDone, {**PART, "text": "Hi"}),
        ("response.audio.delta", events.AudioDelta, {**PART, "delta": "AQA="}),
        ("response.audio.done", events.AudioDone, PART),
        (
            "response.audio_transcript.delta",
            events.TranscriptDelta,
            {**PART, "delta": "Hi"},
        ),
        (
            "response.audio_transcript.done",
            events.TranscriptDone,
            {**PART, "transcript": "Hi"},
        ),
        ("conversation.item.created", events.ItemAdded, {"item": MESSAGE}),
    ],
)
def test_names_of_the_beta_are_the_same_events(
    beta: str, ga: type[object], fields: dict[str, object]
) -> None:
    assert type(parsed({"type": beta, **fields})) is ga


def test_unknown_events_are_kept_by_name() -> None:
    assert parsed({"type": "rt.weather", "sky": 1}) == events.Unhandled("rt.weather")


def test_an_error_may_be_a_plain_sentence() -> None:
    event = parsed({"type": "error", "error": "boom"})

    assert event == events.ErrorReported(events.ServerFault("boom"))


@pytest.mark.parametrize("frame", MALFORMED, ids=lambda frame: repr(frame[:30]))
def test_malformed_frames_are_protocol_errors_or_harmless(frame: str | bytes) -> None:
    check(frame)


@pytest.mark.parametrize("delta", ["!!!", "AAA", "AA==", None, 5, "ü", "AAAA\n", {}])
def test_audio_that_is_none_is_a_protocol_error(delta: object) -> None:
    raw = {"type": "response.output_audio.delta", **PART, "delta": delta}
    if delta is None:
        assert parsed(raw) == events.AudioDelta("resp", "item", b"")
        return
    with pytest.raises(ProtocolError, match=r"response\.output_audio\.delta"):
        parsed(raw)


@given(pcm=st.binary(max_size=100).map(lambda raw: raw[: len(raw) // 2 * 2]))
def test_audio_is_decoded_bit_for_bit(pcm: bytes) -> None:
    delta = base64.b64encode(pcm).decode()
    event = parsed({"type": "response.output_audio.delta", **PART, "delta": delta})

    assert event == events.AudioDelta("resp", "item", pcm)


def test_how_far_the_text_is_said_never_comes_from_a_wire() -> None:
    delta = base64.b64encode(b"\1\0").decode()
    raw = {"type": "response.output_audio.delta", **PART, "delta": delta}

    assert parsed({**raw, "text_end": 7}) == events.AudioDelta("resp", "item", b"\1\0")
    assert parsed({**raw, "text_end": "x"}) == parsed(raw)


def test_half_characters_are_replaced() -> None:
    frame = b'{"type": "response.output_text.delta", "response_id": "r", '
    frame += b'"item_id": "i", "delta": "a\\ud800b\\ude00"}'
    event = parse_server_event(frame)

    assert event == events.TextDelta("r", "i", "a?b?")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(raw=JSON)
def test_any_json_is_an_event_or_a_protocol_error(raw: object) -> None:
    check(json.dumps(raw))


@given(frame=st.text() | st.binary())
def test_any_frame_is_an_event_or_a_protocol_error(frame: str | bytes) -> None:
    check(frame)


@given(data=st.data())
def test_an_event_with_a_wrong_field_is_an_event_or_a_protocol_error(
    data: st.DataObject,
) -> None:
    event = json.loads(json.dumps(data.draw(st.sampled_from(list(SAMPLES.values())))))
    place = event
    while True:
        key = data.draw(st.sampled_from(sorted(place)))
        if (
            not isinstance(place[key], dict)
            or not place[key]
            or data.draw(st.booleans())
        ):
            break
        place = place[key]
    place[key] = data.draw(JSON)
    check(json.dumps(event))


def check(frame: str | bytes) -> None:
    try:
        event = parse_server_event(frame)
    except ProtocolError:
        return
    assert isinstance(event, typing.get_args(events.ServerEvent))
    json.dumps(repr(event)).encode()
    repr(event).encode()


def test_a_finished_response_tells_its_calls_and_nothing_else_of_its_output() -> None:
    call = {
        "id": "item",
        "type": "function_call",
        "status": "completed",
        "name": "add",
        "call_id": "call",
        "arguments": "{}",
    }
    half = {**call, "status": "incomplete"}
    output = [{"type": "message"}, call, half, {**call, "id": 5}, "call", None]
    event = parse.event_from_wire(
        {"type": "response.done", "response": {"id": "resp", "output": output}}
    )
    odd = parse.event_from_wire(
        {"type": "response.done", "response": {"id": "resp", "output": "call"}}
    )

    assert isinstance(event, events.ResponseDone)
    assert event.response.calls == (
        events.WireItem(
            "item",
            type="function_call",
            status="completed",
            name="add",
            call_id="call",
            arguments="{}",
        ),
    )
    assert odd == events.ResponseDone(events.WireResponse("resp"))
