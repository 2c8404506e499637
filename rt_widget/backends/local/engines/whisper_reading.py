"""What Whisper wrote of one sound, and how far it can be believed."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from rt_widget.backends.local.engines.detokenise import (
    says_nothing,
    spoken_part,
    without_loops,
)

_REPEATS = 1.7
_LONG_TEXT = 300
_LOOPS = 2.4
_DOUBTFUL = -1.2
_BELIEVABLE = -1.8
_NO_SPEECH = 0.6
_SOME_SPEECH = 0.4
_NO_SPEECH_DOUBT = -0.8


@dataclass(frozen=True, slots=True)
class Reading:
    """A text and Whisper's own opinion of it.

    Args:
        text: What it wrote.
        is_cut: Whether it would have written more.
        confidence: Mean logarithm of its tokens' probabilities.
        no_speech: Probability that there was no speech at all.
    """

    text: str
    is_cut: bool
    confidence: float
    no_speech: float

    @property
    def is_runaway(self) -> bool:
        """Whether it repeats itself, or did not come to an end."""
        # Long texts repeat themselves more by nature.
        limit = _REPEATS if len(self.text) < _LONG_TEXT else _LOOPS
        return self.is_cut or self._repetition > limit

    @property
    def is_doubtful(self) -> bool:
        """Whether it may be read wrong, or be made of no speech at all."""
        silence = self.no_speech > _NO_SPEECH and self.confidence < _NO_SPEECH_DOUBT
        return self.is_runaway or silence or self.confidence < _DOUBTFUL

    @property
    def is_believable(self) -> bool:
        """Whether it can be words of somebody who is known to speak."""
        return self.confidence >= _BELIEVABLE

    @property
    def words(self) -> str:
        """What was said; empty for a hum, and for what noise is known to become."""
        if says_nothing(self.text, sure=self.no_speech < _SOME_SPEECH):
            return ""
        spoken = spoken_part(self.text)
        return without_loops(spoken) if self._repetition > _LOOPS else spoken

    def or_better(self, other: Reading) -> Reading:
        """This one or `other`, of which this was not satisfying."""
        return max(other, self, key=lambda each: (not each.is_runaway, each.confidence))

    @property
    def _repetition(self) -> float:
        """How many times smaller the text gets when compressed."""
        raw = self.text.encode()
        return len(raw) / len(zlib.compress(raw)) if raw else 0.0
