"""How speech is told from noise, by the settings of turn detection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.config import PushToTalk, ServerVad

if TYPE_CHECKING:
    from rt_widget.config import TurnDetection

SEMANTIC_LEAD_MS = 300
SEMANTIC_TAIL_MS = 1_000
"""What semantic turn detection counts as speech before and after it; undocumented."""


@dataclass(frozen=True, slots=True)
class Grace:
    """How speech is told from noise.

    Args:
        false_alarm_ms: Speech that is shorter may be none.
        lead_ms: What the server counts as speech before it begins.
        tail_ms: Silence after which the server calls it over, and counts it too.
        answers: Whether the server answers a turn by itself.
    """

    false_alarm_ms: int
    lead_ms: int
    tail_ms: int
    answers: bool


def grace_of(detection: TurnDetection) -> Grace | None:
    """How speech is told from noise; None where it interrupts at once, or never."""
    if isinstance(detection, PushToTalk) or not detection.interrupt_response:
        return None
    if detection.server_interrupts:
        return None
    lead, tail = SEMANTIC_LEAD_MS, SEMANTIC_TAIL_MS
    if isinstance(detection, ServerVad):
        lead, tail = detection.prefix_padding_ms, detection.silence_duration_ms
    return Grace(detection.false_alarm_ms, lead, tail, detection.create_response)
