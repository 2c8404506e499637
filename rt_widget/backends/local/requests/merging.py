"""A session's configuration as an object: how it begins, and how updates change it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from rt_widget.audio import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Mapping

# A configuration, or a patch that the rules have judged: JSON of mixed depth.
Config = dict[str, Any]

_NOISE_REDUCTION: Config = {"strength": 1.0}
# Objects that an update changes field by field; all others are replaced whole.
_MERGED = frozenset({"audio", "input", "output", "transcription"})


def first_config(
    session_id: str, model: str, instructions: str, *, voice: str, detection: Config
) -> Config:
    """What `session.created` says, without `expires_at`."""
    pcm = {"type": "audio/pcm", "rate": SAMPLE_RATE_HZ}
    return {
        "type": "realtime",
        "object": "realtime.session",
        "id": session_id,
        "model": model,
        "output_modalities": ["audio"],
        "instructions": instructions,
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        "audio": {
            "input": {
                "format": dict(pcm),
                "transcription": None,
                "noise_reduction": None,
                "turn_detection": copy.deepcopy(detection),
            },
            "output": {"format": dict(pcm), "voice": voice, "speed": 1.0},
        },
        "include": None,
    }


def merged(config: Config, patch: Config, detections: Mapping[str, Config]) -> Config:
    """`config` with a patch on top: absent fields stay, null clears.

    Args:
        config: The configuration before; it is left as it is.
        patch: As a client sent it, judged already.
        detections: Defaults of each kind of turn detection.
    """
    result = copy.deepcopy(config)
    for name, value in patch.items():
        result[name] = _merged_field(name, result.get(name), value, detections)
    return result


def _merged_field(
    name: str, old: object, new: object, detections: Mapping[str, Config]
) -> object:
    if not isinstance(new, dict):
        return copy.deepcopy(new)
    before = old if isinstance(old, dict) else {}
    if name == "turn_detection":
        same_kind = before.get("type") == new["type"]
        base = before if same_kind else detections[new["type"]]
        return {**base, **new}
    if name == "noise_reduction":
        return {**(before or _NOISE_REDUCTION), **new}
    if name == "format":
        rate = {"rate": SAMPLE_RATE_HZ} if new["type"] == "audio/pcm" else {}
        return {**rate, **new}
    if name in _MERGED:
        return merged(before, new, detections)
    return copy.deepcopy(new)
