"""Client events with one fault each: the error's code, and the field at fault."""

from __future__ import annotations

from typing import Any

from rt_widget.backends.local.requests.decoding import MAX_AUDIO_CHARACTERS
from tests.local.requests.samples import MESSAGE, TOOL


def update(**session: object) -> dict[str, Any]:
    return {"type": "session.update", "session": {"type": "realtime", **session}}


def heard(**fields: object) -> dict[str, Any]:
    return update(audio={"input": fields})


def spoken(**fields: object) -> dict[str, Any]:
    return update(audio={"output": fields})


def answer(**fields: object) -> dict[str, Any]:
    return {"type": "response.create", "response": fields}


def item(**fields: object) -> dict[str, Any]:
    return {"type": "conversation.item.create", "item": fields}


def message(*content: object, role: str = "user") -> dict[str, Any]:
    return item(type="message", role=role, content=list(content))


IMAGE = {"type": "input_image", "image_url": "data:image/png;base64,AA=="}
APPEND = "input_audio_buffer.append"

BAD: list[tuple[dict[str, Any], str, str]] = [
    ({}, "missing_required_parameter", "type"),
    ({"type": 1}, "invalid_type", "type"),
    ({"type": "session.upgrade"}, "invalid_value", "type"),
    ({"type": "output_audio_buffer.clear"}, "invalid_value", "type"),
    ({"type": "response.cancel", "event_id": 1}, "invalid_type", "event_id"),
    (
        {"type": "response.cancel", "event_id": "e" * 513},
        "string_above_max_length",
        "event_id",
    ),
    ({"type": "session.update"}, "missing_required_parameter", "session"),
    (
        {"type": "session.update", "session": {}},
        "missing_required_parameter",
        "session.type",
    ),
    (update(type="transcription"), "invalid_value", "session.type"),
    (update(voice="alloy"), "unknown_parameter", "session.voice"),
    (update(instructions=None), "invalid_type", "session.instructions"),
    (
        update(instructions="a" * 64_001),
        "string_above_max_length",
        "session.instructions",
    ),
    (update(temperature=2.1), "decimal_above_max_value", "session.temperature"),
    (update(temperature="hot"), "invalid_type", "session.temperature"),
    (
        update(output_modalities=["text", "audio"]),
        "invalid_value",
        "session.output_modalities",
    ),
    (update(prompt={"id": "p"}), "unsupported_parameter", "session.prompt"),
    (
        update(tools=[{"type": "mcp", "server_label": "x"}]),
        "invalid_value",
        "session.tools[0].type",
    ),
    (
        update(tools=[{**TOOL, "name": "two words"}]),
        "invalid_value",
        "session.tools[0].name",
    ),
    (update(tools=[TOOL] * 129), "array_above_max_length", "session.tools"),
    (update(tool_choice="maybe"), "invalid_value", "session.tool_choice"),
    (
        update(max_output_tokens=0),
        "integer_below_min_value",
        "session.max_output_tokens",
    ),
    (spoken(speed=2), "decimal_above_max_value", "session.audio.output.speed"),
    (spoken(speed=0.2), "decimal_below_min_value", "session.audio.output.speed"),
    (spoken(voice=3), "invalid_type", "session.audio.output.voice"),
    (
        spoken(format={"type": "audio/mp3"}),
        "invalid_value",
        "session.audio.output.format.type",
    ),
    (
        heard(format={"type": "audio/pcm", "rate": 8_000}),
        "invalid_value",
        "session.audio.input.format.rate",
    ),
    (
        heard(format={"type": "audio/pcmu", "rate": 8_000}),
        "unknown_parameter",
        "session.audio.input.format.rate",
    ),
    (
        heard(turn_detection={"type": "semantic_vad", "threshold": 0.5}),
        "unknown_parameter",
        "session.audio.input.turn_detection.threshold",
    ),
    (
        heard(turn_detection={"type": "server_vad", "idle_timeout_ms": 100}),
        "integer_below_min_value",
        "session.audio.input.turn_detection.idle_timeout_ms",
    ),
    ({"type": APPEND}, "missing_required_parameter", "audio"),
    ({"type": APPEND, "audio": ""}, "invalid_value", "audio"),
    ({"type": APPEND, "audio": "A"}, "invalid_value", "audio"),
    ({"type": APPEND, "audio": "ÄÄÄÄ"}, "invalid_value", "audio"),
    (
        {"type": APPEND, "audio": "A" * (MAX_AUDIO_CHARACTERS + 4)},
        "invalid_value",
        "audio",
    ),
    (item(), "missing_required_parameter", "item.type"),
    (item(type="mcp_call"), "invalid_value", "item.type"),
    (item(**{**MESSAGE, "id": "i" * 33}), "string_above_max_length", "item.id"),
    (item(**{**MESSAGE, "id": "root"}), "invalid_value", "item.id"),
    (message(IMAGE), "unsupported_parameter", "item.content[0]"),
    (
        message({"type": "input_text"}),
        "missing_required_parameter",
        "item.content[0].text",
    ),
    (
        message({"type": "input_audio", "audio": "?"}),
        "invalid_value",
        "item.content[0].audio",
    ),
    (
        message({"type": "output_audio", "audio": "AA=="}, role="assistant"),
        "invalid_value",
        "item.content[0].type",
    ),
    (message(role="tool"), "invalid_value", "item.role"),
    (answer(conversation="other"), "invalid_value", "response.conversation"),
    (answer(temperature=-1), "decimal_below_min_value", "response.temperature"),
    (answer(metadata={"k": 1}), "invalid_type", "response.metadata.k"),
    (
        answer(input=[{"type": "item_reference"}]),
        "missing_required_parameter",
        "response.input[0].id",
    ),
    (
        answer(input=[message(IMAGE)["item"]]),
        "unsupported_parameter",
        "response.input[0].content[0]",
    ),
    (
        {
            "type": "conversation.item.truncate",
            "item_id": "a",
            "content_index": 0,
            "audio_end_ms": -1,
        },
        "integer_below_min_value",
        "audio_end_ms",
    ),
]
