"""The GA protocol's shapes as data: session, response and client events.

Source: `openai.types.realtime` of openai 3.54, and the errors of the service.
`session` and `response` leave open where servers differ; `SESSION` and `RESPONSE` are
what the local voice takes. Beyond GA that is a `temperature`, and any voice's name.
Short of GA it refuses reusable prompts, images and MCP tools. It takes, without any
effect, what asks for no answer of another kind: `noise_reduction`, `tracing`,
`include`, `reasoning` and `parallel_tool_calls`.
"""

from __future__ import annotations

from rt_widget.audio import SAMPLE_RATE_HZ
from rt_widget.backends.local.requests.schema import (
    Choice,
    Exactly,
    Flag,
    Number,
    Refused,
    Rule,
    Text,
)
from rt_widget.backends.local.requests.shapes import (
    Anything,
    ByType,
    ListOf,
    MapOf,
    Nullable,
    Record,
    Tagged,
)
from rt_widget.config import PAUSE_RANGES_MS, SPEED_RANGE, SYSTEM_LIMIT

PCM = Record(
    {"type": Choice(("audio/pcm",)), "rate": Choice((SAMPLE_RATE_HZ,))},
    required=("type",),
)
_G711 = Record({"type": Text()})
FORMAT = Tagged("type", {"audio/pcm": PCM, "audio/pcmu": _G711, "audio/pcma": _G711})
_OWN_VOICE = Record({"id": Text()}, required=("id",))
MAX_TOKENS = ByType({int: Number(1, 4096, whole=True), str: Choice(("inf",))})
MODALITIES = Exactly((("audio",), ("text",)))
METADATA = MapOf(size=16, key_length=64, value_length=512)
SPEED = Number(*SPEED_RANGE)
TEMPERATURE = Number(0, 2)

FUNCTION_TOOL = Record(
    {
        "type": Text(),
        "name": Text(64, "[a-zA-Z0-9_-]+"),
        "description": Text(),
        "parameters": Anything(),
    },
    required=("type", "name"),
)
TOOLS = ListOf(Tagged("type", {"function": FUNCTION_TOOL}), max_length=128)
TOOL_CHOICE = ByType(
    {
        str: Choice(("auto", "none", "required")),
        dict: Tagged(
            "type",
            {"function": Record({"type": Text(), "name": Text()}, required=("name",))},
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
                **{
                    name: Number(int(low), int(high), whole=True)
                    for name, (low, high) in PAUSE_RANGES_MS.items()
                },
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
            {
                "workflow_name": Nullable(Text()),
                "group_id": Nullable(Text()),
                "metadata": Nullable(Anything()),
            },
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


def voices(name: Rule) -> Rule:
    """A voice: by a name that follows the rule, or one's own by its id."""
    return ByType({str: name, dict: _OWN_VOICE})


def session(audio_format: Rule, voice: Rule, **more: Rule) -> Record:
    """What `session.update` takes; `more` fields are beside those of GA."""
    into = {
        "format": audio_format,
        "noise_reduction": Nullable(NOISE_REDUCTION),
        "transcription": Nullable(TRANSCRIPTION),
        "turn_detection": Nullable(TURN_DETECTION),
    }
    out = {"format": audio_format, "voice": voice, "speed": SPEED}
    return Record(
        {
            "type": Choice(("realtime",)),
            "model": Text(),
            "instructions": Text(),
            "output_modalities": MODALITIES,
            "audio": Record({"input": Record(into), "output": Record(out)}),
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
            **more,
        },
        required=("type",),
    )


def response(audio_format: Rule, voice: Rule, **more: Rule) -> Record:
    """What `response.create` takes; `more` fields are beside those of GA."""
    out = Record({"format": audio_format, "voice": voice})
    return Record(
        {
            "audio": Record({"output": out}),
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
            **more,
        },
    )


_LOCAL: dict[str, Rule] = {
    "instructions": Text(SYSTEM_LIMIT),
    "temperature": TEMPERATURE,
    "prompt": Refused("Reusable prompts are kept elsewhere: send `instructions`."),
}
SESSION = session(FORMAT, voices(Text(256)), **_LOCAL)
RESPONSE = response(FORMAT, voices(Text(256)), **_LOCAL)

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
