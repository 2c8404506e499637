"""What was recognised in one sound, and how far it can be believed."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from rt_widget.backends.local.engines.heard_text import (
    is_hum,
    spoken_part,
    without_loops,
)

_REPEATS = 1.7
_LONG_TEXT = 300
_LOOPS = 2.4
_DOUBTFUL = -0.7


@dataclass(frozen=True, slots=True)
class Reading:
    """A text and the recogniser's own opinion of it.

    Args:
        text: What it wrote.
        confidence: Mean logarithm of its tokens' probabilities.
        is_cut: Whether it would have written more.
    """

    text: str
    confidence: float
    is_cut: bool

    @property
    def is_doubtful(self) -> bool:
        """Whether it may be made of no speech at all."""
        # Long texts repeat themselves more by nature.
        limit = _REPEATS if len(self.text) < _LONG_TEXT else _LOOPS
        is_runaway = self.is_cut or self._repetition > limit
        return is_runaway or self.confidence < _DOUBTFUL

    @property
    def words(self) -> str:
        """What was said; empty for a hum."""
        if is_hum(self.text):
            return ""
        spoken = spoken_part(self.text)
        return without_loops(spoken) if self._repetition > _LOOPS else spoken

    @property
    def _repetition(self) -> float:
        """How many times smaller the text gets when compressed."""
        raw = self.text.encode()
        return len(raw) / len(zlib.compress(raw)) if raw else 0.0
