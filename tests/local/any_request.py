"""What a client may ask and what engines may give, to be drawn from."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from rt_widget.backends.local.engines.base import LlmUsage
from rt_widget.backends.local.protocol.pieces import (
    Called,
    Failed,
    Finished,
    Sound,
    Words,
)
from rt_widget.events import ServerFault
from tests.local.requests.samples import TOOL

if TYPE_CHECKING:
    from rt_widget.backends.local.protocol.pieces import Piece

SOUND = base64.b64encode(bytes(9_600)).decode()
FAULT = ServerFault("It broke.", "engine_failed")
WORDS = st.sampled_from(["yes", "what is up", ""])
SPOKEN: list[Piece] = [
    Words("Well, "),
    Sound(bytes(960), 3),
    Words("yes."),
    Sound(bytes(960), 9),
]
CALLED: Piece = Called("weather", "{}")
ENDS: list[Piece] = [
    Finished(LlmUsage(7, 3, 2, "stop")),
    Finished(LlmUsage(7, 3, 2, "length")),
    Finished(),
    Failed("engine_failed", "It broke."),
]
PIECES = st.one_of(
    st.sampled_from([SPOKEN[:1], SPOKEN[1:2], SPOKEN, [*SPOKEN, CALLED], [CALLED]]),
    st.sampled_from([[end] for end in ENDS] + [[*SPOKEN, ENDS[0]]]),
)
PARTS = st.sampled_from(
    [
        {"type": "input_text", "text": "Hello"},
        {"type": "input_audio", "audio": SOUND},
        {"type": "input_audio", "audio": SOUND, "transcript": "bang"},
    ]
)
CALLS = st.sampled_from(["call_1", "call_2"])
ITEMS = st.one_of(
    st.fixed_dictionaries(
        {
            "type": st.just("message"),
            "role": st.just("user"),
            "content": st.lists(PARTS, min_size=1, max_size=2) | st.just([]),
        }
    ),
    st.sampled_from(
        [
            {
                "type": "message",
                "role": role,
                "content": [{"type": kind, "text": "Hush."}],
            }
            for role, kind in (("system", "input_text"), ("assistant", "output_text"))
        ]
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("function_call"),
            "name": st.just("weather"),
            "arguments": st.just("{}"),
            "call_id": CALLS,
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("function_call_output"),
            "call_id": CALLS,
            "output": st.just("rain"),
        }
    ),
)
RESPONSES = st.fixed_dictionaries(
    {},
    optional={
        "conversation": st.sampled_from(["auto", "none"]),
        "instructions": st.just("Rhyme."),
        "output_modalities": st.sampled_from([["audio"], ["text"]]),
        "tools": st.just([TOOL]),
        "tool_choice": st.sampled_from(
            ["none", {"type": "function", "name": "weather"}]
        ),
        "metadata": st.none() | st.just({"topic": "verse"}),
        "temperature": st.just(0.3),
        "audio": st.just({"output": {"format": {"type": "audio/pcmu"}}}),
    },
)
