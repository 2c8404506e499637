"""One good client event of each kind, and what it asks for."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from rt_widget.backends.local.requests import values

if TYPE_CHECKING:
    from rt_widget.backends.local.requests import Request

SOUND = b"\x01\x02\x03\x04"
SOUND_TEXT = base64.b64encode(SOUND).decode()

TOOL: dict[str, Any] = {
    "type": "function",
    "name": "weather",
    "description": "Of a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}
SESSION: dict[str, Any] = {
    "type": "realtime",
    "model": "local",
    "instructions": "Be brief.",
    "output_modalities": ["audio"],
    "audio": {
        "input": {
            "format": {"type": "audio/pcmu"},
            "noise_reduction": {"type": "near_field"},
            "transcription": {"model": "gpt-transcribe", "language": "en"},
            "turn_detection": {"type": "server_vad", "idle_timeout_ms": 6_000},
        },
        "output": {
            "format": {"type": "audio/pcm", "rate": 24_000},
            "voice": {"id": "voice_1"},
            "speed": 1.25,
        },
    },
    "tools": [TOOL],
    "tool_choice": {"type": "function", "name": "weather"},
    "max_output_tokens": 200,
    "temperature": 1.5,
    "truncation": "disabled",
    "tracing": {"workflow_name": "w", "group_id": None},
    "include": None,
    "prompt": None,
}
MESSAGE: dict[str, Any] = {
    "id": "item_1",
    "type": "message",
    "role": "user",
    "content": [
        {"type": "input_text", "text": "Listen:"},
        {"type": "input_audio", "audio": SOUND_TEXT, "transcript": "bang"},
    ],
}
RESPONSE: dict[str, Any] = {
    "conversation": "none",
    "input": [
        {"type": "item_reference", "id": "item_1"},
        {
            "id": "item_2",
            "type": "message",
            "role": "system",
            "content": [{"type": "input_text", "text": "Hurry."}],
        },
    ],
    "instructions": "Rhyme.",
    "metadata": {"topic": "verse"},
    "output_modalities": ["text"],
    "temperature": 0,
}

GOOD: list[tuple[dict[str, Any], Request]] = [
    (
        {"type": "session.update", "session": SESSION},
        values.UpdateSession(patch=SESSION),
    ),
    (
        {"type": "input_audio_buffer.append", "audio": SOUND_TEXT},
        values.AppendAudio(audio=SOUND),
    ),
    ({"type": "input_audio_buffer.commit"}, values.CommitAudio()),
    (
        {"type": "input_audio_buffer.clear", "event_id": "e"},
        values.ClearAudio(event_id="e"),
    ),
    (
        {
            "type": "conversation.item.create",
            "previous_item_id": "root",
            "item": MESSAGE,
        },
        values.InsertItem(
            item=values.NewMessage(
                id="item_1",
                role="user",
                parts=(
                    values.TextPart(text="Listen:"),
                    values.AudioPart(audio=SOUND, transcript="bang"),
                ),
            ),
            previous_item_id="root",
        ),
    ),
    (
        {
            "type": "conversation.item.create",
            "item": {
                "id": "item_3",
                "type": "message",
                "role": "assistant",
                "content": [{"type": "output_text", "text": "Well."}],
            },
        },
        values.InsertItem(
            item=values.NewMessage(
                id="item_3", role="assistant", parts=(values.TextPart(text="Well."),)
            )
        ),
    ),
    (
        {
            "type": "conversation.item.create",
            "item": {
                "id": "item_4",
                "type": "function_call",
                "status": "completed",
                "name": "weather",
                "call_id": "call_1",
                "arguments": "{}",
            },
        },
        values.InsertItem(
            item=values.NewCall(
                id="item_4", name="weather", call_id="call_1", arguments="{}"
            )
        ),
    ),
    (
        {
            "type": "conversation.item.create",
            "item": {
                "id": "item_5",
                "type": "function_call_output",
                "call_id": "call_1",
                "output": "rain",
            },
        },
        values.InsertItem(
            item=values.NewOutput(id="item_5", call_id="call_1", output="rain")
        ),
    ),
    (
        {"type": "conversation.item.retrieve", "item_id": "item_1"},
        values.RetrieveItem(item_id="item_1"),
    ),
    (
        {"type": "conversation.item.delete", "item_id": "item_1"},
        values.DeleteItem(item_id="item_1"),
    ),
    (
        {
            "type": "conversation.item.truncate",
            "item_id": "item_1",
            "content_index": 0,
            "audio_end_ms": 120,
        },
        values.TruncateItem(item_id="item_1", content_index=0, audio_end_ms=120),
    ),
    ({"type": "response.create"}, values.CreateResponse()),
    (
        {"type": "response.create", "response": {"input": [], "metadata": None}},
        values.CreateResponse(input=()),
    ),
    (
        {"type": "response.create", "response": RESPONSE},
        values.CreateResponse(
            overrides={
                "instructions": "Rhyme.",
                "output_modalities": ["text"],
                "temperature": 0,
            },
            out_of_band=True,
            input=(
                values.ItemReference(id="item_1"),
                values.NewMessage(
                    id="item_2", role="system", parts=(values.TextPart(text="Hurry."),)
                ),
            ),
            metadata={"topic": "verse"},
        ),
    ),
    ({"type": "response.cancel"}, values.CancelResponse()),
    (
        {"type": "response.cancel", "response_id": "resp_1"},
        values.CancelResponse(response_id="resp_1"),
    ),
]
