"""Messages that no server should send, and well-formed ones that nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.wire import JsonObject

if TYPE_CHECKING:
    from tests.servers.steps import Ids

Message = JsonObject | str | bytes

MALFORMED: tuple[str | bytes, ...] = (
    "",
    " ",
    "not json",
    "{",
    '{"type": "response.output_audio.delta"',
    "null",
    "true",
    "42",
    "NaN",
    '"text"',
    "[]",
    "[1, 2]",
    "{}",
    '{"type": null}',
    '{"type": 7}',
    '{"type": []}',
    '{"type": ""}',
    '{"type": "error"}',
    '{"type": "error", "error": null}',
    '{"type": "error", "error": "boom"}',
    '{"type": "error", "error": {"message": 5, "code": []}}',
    '{"type": "session.updated"}',
    '{"type": "session.updated", "session": null}',
    '{"type": "session.updated", "session": {"audio": 3}}',
    '{"type": "response.created", "response": null}',
    '{"type": "response.done", "response": {"id": 9, "output": "none"}}',
    '{"type": "response.output_audio.delta"}',
    '{"type": "response.output_audio.delta", "delta": 123}',
    '{"type": "response.output_audio_transcript.delta", "delta": {"a": 1}}',
    '{"type": "conversation.item.added", "item": []}',
    '{"type": "conversation.item.done", "item": {"id": null}}',
    '{"type": "rate_limits.updated", "rate_limits": {"name": "tokens"}}',
    '{"type": "input_audio_buffer.speech_started", "audio_start_ms": "soon"}',
    '{"type": "rt.nan", "value": NaN}',
    '{"type": "rt.surrogate", "value": "\\ud800"}',
    '{"type": "rt.nul", "value": "\\u0000"}',
    '{"type": "rt.twice", "type": "response.done"}',
    '{"type": "rt.digits", "value": ' + "9" * 5_000 + "}",
    "[" * 100_000,
    b"\x00\x01\x02",
    b'{"type": "response.done"}',
    b"\xff\xfe",
)


def malformed(_ids: Ids) -> list[Message]:
    """Give all of `MALFORMED`."""
    return list(MALFORMED)


def unknown(ids: Ids) -> list[Message]:
    """Give events and fields of a protocol that is newer than anyone's."""
    return [
        {"type": "rt.weather.updated", "response_id": ids.response_id, "sky": "blue"},
        {"type": "response.text.delta", "delta": "old name"},
        {"type": "response.output_video.delta", "delta": "AAAA"},
        {
            "type": "rate_limits.updated",
            "rate_limits": [{"name": "hugs", "limit": 1, "colour": "red"}],
            "mood": {"level": 3},
        },
    ]


def bad_audio(ids: Ids) -> list[Message]:
    """Give audio deltas that are no base64, half samples, empty, or no text."""
    where = {
        "type": "response.output_audio.delta",
        "response_id": ids.response_id,
        "item_id": ids.item_id,
        "output_index": 0,
        "content_index": 0,
    }
    wrong: list[object] = ["!!!", "AAA", "AA==", "AAAA", "", None, 5, "AAECAw===\n"]
    return [{**where, "delta": delta} for delta in wrong]


def duplicates(ids: Ids) -> list[Message]:
    """Give the last delta again, twice, with new event ids."""
    return [dict(ids.last_delta), dict(ids.last_delta)] if ids.last_delta else []


def orphans(ids: Ids) -> list[Message]:
    """Give deltas and ends of responses and items that never began."""
    delta = {
        "type": "response.output_audio_transcript.delta",
        "response_id": "resp_nobody",
        "item_id": "item_nobody",
        "output_index": 0,
        "content_index": 0,
        "delta": "ghost",
    }
    return [
        delta,
        {**delta, "response_id": ids.response_id, "content_index": 7},
        {
            "type": "conversation.item.truncated",
            "item_id": "item_nobody",
            "content_index": 0,
            "audio_end_ms": 10,
        },
        {"type": "conversation.item.deleted", "item_id": "item_nobody"},
        {
            "type": "response.done",
            "response": {
                "id": "resp_nobody",
                "object": "realtime.response",
                "status": "completed",
                "output": [],
            },
        },
    ]


def late(ids: Ids) -> list[Message]:
    """Give a delta and a second `response.done` for a response that is over."""
    base = {
        "response_id": ids.response_id,
        "item_id": ids.item_id or "item_gone",
        "output_index": 0,
        "content_index": 0,
    }
    kind = "response.output_audio"
    return [
        {"type": f"{kind}_transcript.delta", **base, "delta": " too late"},
        {"type": f"{kind}.delta", **base, "delta": "AAAA"},
        {
            "type": "response.done",
            "response": {
                "id": ids.response_id,
                "object": "realtime.response",
                "status": "completed",
                "output": [],
            },
        },
    ]


def huge(_ids: Ids) -> list[Message]:
    """Give one event of 20 MiB."""
    return [{"type": "rt.huge", "filling": "x" * (20 * 1024 * 1024)}]
