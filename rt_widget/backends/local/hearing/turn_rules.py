"""A session's rules for turns, as samples and milliseconds of sound."""

from __future__ import annotations

from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ
from rt_widget.backends.local.hearing.completeness import patience_ms, silence_ms
from rt_widget.config import SemanticVad, ServerVad, TurnDetection


def thresholds(turn_detection: TurnDetection) -> ServerVad:
    """Of the sound; `semantic_vad` is patient until it knows the words."""
    if isinstance(turn_detection, ServerVad):
        return turn_detection
    if isinstance(turn_detection, SemanticVad):
        patience = patience_ms(turn_detection.eagerness)
        return ServerVad(silence_duration_ms=patience)
    return ServerVad()


def ending_silence_ms(turn_detection: TurnDetection, words: str | None) -> int:
    """Silence that ends a turn after these words; None where they are not known."""
    if isinstance(turn_detection, SemanticVad) and words is not None:
        return silence_ms(words, turn_detection.eagerness)
    return thresholds(turn_detection).silence_duration_ms


def padding(turn_detection: TurnDetection) -> int:
    """Samples that a turn has before its first speech."""
    settings = thresholds(turn_detection)
    return settings.prefix_padding_ms * SPEECH_RATE_HZ // 1000
