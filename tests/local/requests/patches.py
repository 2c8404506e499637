"""Any `session.update` that the rules accept."""

from __future__ import annotations

from typing import Any, TypeAlias

from hypothesis import strategies as st

from tests.local.requests.samples import TOOL

Fields: TypeAlias = dict[str, st.SearchStrategy[Any]]

FORMATS = st.sampled_from(["audio/pcm", "audio/pcmu", "audio/pcma"]).map(
    lambda name: {"type": name}
)
FLAGS: Fields = {"create_response": st.booleans(), "interrupt_response": st.booleans()}
DETECTIONS = st.none() | st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("server_vad")},
        optional={
            "threshold": st.floats(0, 1),
            "silence_duration_ms": st.integers(0, 10_000),
            "idle_timeout_ms": st.none() | st.integers(5_000, 30_000),
            **FLAGS,
        },
    ),
    st.fixed_dictionaries(
        {"type": st.just("semantic_vad")},
        optional={"eagerness": st.sampled_from(["low", "auto"]), **FLAGS},
    ),
)
AUDIO: Fields = {
    "input": st.fixed_dictionaries(
        {},
        optional={
            "format": FORMATS,
            "turn_detection": DETECTIONS,
            "transcription": st.none() | st.just({"model": "whisper-1"}),
        },
    ),
    "output": st.fixed_dictionaries(
        {},
        optional={
            "format": FORMATS,
            "voice": st.sampled_from(["sky", "alloy", {"id": "voice_1"}]),
            "speed": st.floats(0.25, 1.5),
        },
    ),
}
OWN: Fields = {
    "instructions": st.sampled_from(["", "Rhyme.", "Bitte auf Deutsch 🙂"]),
    "output_modalities": st.sampled_from([["audio"], ["text"]]),
    "audio": st.fixed_dictionaries({}, optional=AUDIO),
    "tools": st.sampled_from([[], [TOOL]]),
    "tool_choice": st.sampled_from(
        ["auto", "required", {"type": "function", "name": "weather"}]
    ),
    "max_output_tokens": st.just("inf") | st.integers(1, 4096),
    "temperature": st.floats(0, 2),
}
PATCHES = st.fixed_dictionaries({"type": st.just("realtime")}, optional=OWN)
