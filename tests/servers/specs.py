"""The GA protocol's shapes as data: session, response and client events."""

from __future__ import annotations

from tests.servers.schema import Choice, Exactly, Flag, Number, Rule, Text
from tests.servers.shapes import (
    Anything,
    ByType,
    ListOf,
    MapOf,
    Nullable,
    Record,
    Tagged,
)

VOICES = (
    "alloy",
    "ash",
    "ballad",
    "coral",
    "echo",
    "sage",
    "shimmer",
    "verse",
    "marin",
    "cedar",
)

PCM = Record(
    {"type": Choice(("audio/pcm",)), "rate": Choice((24_000,))},
    required=("type",),
)
VOICE = ByType(
    {str: Choice(VOICES), dict: Record({"id": Text()}, required=("id",))},
)
MAX_TOKENS = ByType({int: Number(1, 4096, whole=True), str: Choice(("inf",))})
MODALITIES = Exactly((("audio",), ("text",)))
METADATA = MapOf(size=16, key_length=64, value_length=512)

FUNCTION_TOOL = Record(
    {
        "type": Choice(("function",)),
        "name": Text(64),
        "description": Text(),
        "parameters": Anything(),
    },
    required=("type", "name"),
)
TOOLS = ListOf(FUNCTION_TOOL, max_length=128)
TOOL_CHOICE = ByType(
    {
        str: Choice(("auto", "none", "required")),
        dict: Record(
            {"type": Choice(("function",)), "name": Text()},
            required=("type", "name"),
        ),
    },
)
REASONING = Record(
    {"effort": Choice(("minimal", "low", "medium", "high", "xhigh"))},
)

_TURN_TAKING: dict[str, Rule] = {
    "create_response": Flag(),
    "interrupt_response": Flag(),
}
TURN_DETECTION = Tagged(
    "type",
    {
        "server_vad": Record(
            {
                "type": Text(),
                "threshold": Number(0, 1),
                "prefix_padding_ms": Number(0, 5_000, whole=True),
                "silence_duration_ms": Number(0, 10_000, whole=True),
                "idle_timeout_ms": Nullable(Number(5_000, 30_000, whole=True)),
                **_TURN_TAKING,
            },
        ),
        "semantic_vad": Record(
            {
                "type": Text(),
                "eagerness": Choice(("low", "medium", "high", "auto")),
                **_TURN_TAKING,
            },
        ),
    },
)
TRANSCRIPTION = Record(
    {
        "model": Text(),
        "language": Text(),
        "prompt": Text(),
        "keywords": ListOf(Text()),
        "languages": ListOf(Text()),
        "delay": Choice(("minimal", "low", "medium", "high", "xhigh")),
    },
)
NOISE_REDUCTION = Record(
    {"type": Choice(("near_field", "far_field")), "strength": Number(0, 1)},
)
TRACING = ByType(
    {
        str: Choice(("auto",)),
        dict: Record(
            {"workflow_name": Text(), "group_id": Text(), "metadata": Anything()},
        ),
    },
)
TRUNCATION = ByType(
    {
        str: Choice(("auto", "disabled")),
        dict: Record(
            {
                "type": Choice(("retention_ratio",)),
                "retention_ratio": Number(0, 1),
                "token_limits": Record(
                    {"post_instructions": Number(0, 1_000_000, whole=True)},
                ),
            },
            required=("type", "retention_ratio"),
        ),
    },
)

SESSION = Record(
    {
        "type": Choice(("realtime",)),
        "model": Text(),
        "instructions": Text(),
        "output_modalities": MODALITIES,
        "audio": Record(
            {
                "input": Record(
                    {
                        "format": PCM,
                        "noise_reduction": Nullable(NOISE_REDUCTION),
                        "transcription": Nullable(TRANSCRIPTION),
                        "turn_detection": Nullable(TURN_DETECTION),
                    },
                ),
                "output": Record(
                    {"format": PCM, "voice": VOICE, "speed": Number(0.25, 1.5)},
                ),
            },
        ),
        "tools": TOOLS,
        "tool_choice": TOOL_CHOICE,
        "parallel_tool_calls": Flag(),
        "reasoning": REASONING,
        "max_output_tokens": MAX_TOKENS,
        "truncation": TRUNCATION,
        "tracing": Nullable(TRACING),
        "include": Nullable(
            ListOf(Choice(("item.input_audio_transcription.logprobs",))),
        ),
    },
    required=("type",),
)

RESPONSE = Record(
    {
        "audio": Record({"output": Record({"format": PCM, "voice": VOICE})}),
        "conversation": Choice(("auto", "none")),
        "input": ListOf(Anything()),
        "instructions": Text(),
        "max_output_tokens": MAX_TOKENS,
        "metadata": Nullable(METADATA),
        "output_modalities": MODALITIES,
        "parallel_tool_calls": Flag(),
        "reasoning": REASONING,
        "tool_choice": TOOL_CHOICE,
        "tools": TOOLS,
    },
)

_EVENT: dict[str, Rule] = {"type": Text(), "event_id": Text(512)}


def client_events(session: Record, response: Record) -> dict[str, Record]:
    """Every client event and its fields; session and item are judged by their rules."""
    one_item = Record({**_EVENT, "item_id": Text()}, required=("item_id",))
    bare = Record(_EVENT)
    return {
        "session.update": Record({**_EVENT, "session": session}, ("session",)),
        "input_audio_buffer.append": Record({**_EVENT, "audio": Text()}, ("audio",)),
        "input_audio_buffer.commit": bare,
        "input_audio_buffer.clear": bare,
        "conversation.item.create": Record(
            {**_EVENT, "item": Anything(), "previous_item_id": Nullable(Text())},
            ("item",),
        ),
        "conversation.item.retrieve": one_item,
        "conversation.item.delete": one_item,
        "conversation.item.truncate": Record(
            {
                **_EVENT,
                "item_id": Text(),
                "content_index": Number(0, 1_000, whole=True),
                "audio_end_ms": Number(0, 3_600_000, whole=True),
            },
            ("item_id", "content_index", "audio_end_ms"),
        ),
        "response.create": Record({**_EVENT, "response": response}),
        "response.cancel": Record({**_EVENT, "response_id": Text()}),
        "output_audio_buffer.clear": bare,
    }
