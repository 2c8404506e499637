"""Turn detection as a session has it on the wire, and as a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.config import PushToTalk, SemanticVad, ServerVad

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rt_widget.backends.local.requests.merging import Config
    from rt_widget.config import TurnDetection

_VAD = ServerVad()
DETECTIONS: Mapping[str, Config] = {
    "server_vad": {
        "type": "server_vad",
        "threshold": _VAD.threshold,
        "prefix_padding_ms": _VAD.prefix_padding_ms,
        "silence_duration_ms": _VAD.silence_duration_ms,
        "idle_timeout_ms": None,
        "create_response": True,
        "interrupt_response": True,
    },
    "semantic_vad": {
        "type": "semantic_vad",
        "eagerness": "auto",
        "create_response": True,
        "interrupt_response": True,
    },
}
"""What each kind begins with: as on the service, but for the pauses of this house."""


def detection_of(detection: Config | None) -> TurnDetection:
    """As a value; whether the server interrupts is all in `interrupt_response`."""
    if detection is None:
        return PushToTalk()
    fields = {
        k: v for k, v in detection.items() if k not in ("type", "idle_timeout_ms")
    }
    kind = SemanticVad if detection["type"] == "semantic_vad" else ServerVad
    # Whoever waits whether a sound is an interruption does so before the server.
    return kind(**fields, false_alarm_ms=0)
