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
    def is_runaway(self) -> bool:
        """Whether it repeats itself, or did not come to an end."""
        # Long texts repeat themselves more by nature.
        limit = _REPEATS if len(self.text) < _LONG_TEXT else _LOOPS
        return self.is_cut or self._repetition > limit

    @property
    def is_doubtful(self) -> bool:
        """Whether it may be read wrong, or be made of no speech at all."""
        return self.is_runaway or self.confidence < _DOUBTFUL

    @property
    def words(self) -> str:
        """What was said; empty for a hum."""
        if is_hum(self.text):
            return ""
        spoken = spoken_part(self.text)
        return without_loops(spoken) if self._repetition > _LOOPS else spoken

    def or_better(self, other: Reading) -> Reading:
        """This one or `other`, of which this was not satisfying."""
        return max(other, self, key=Reading._worth)

    def _worth(self) -> tuple[bool, bool, float]:
        return bool(self.words), not self.is_runaway, self.confidence

    @property
    def _repetition(self) -> float:
        """How many times smaller the text gets when compressed."""
        raw = self.text.encode()
        return len(raw) / len(zlib.compress(raw)) if raw else 0.0
