"""How fast the voice speaks, learned from what it has said."""

from __future__ import annotations

_PRIOR_S = 10.0
_LEAST_S = 1.0
_FADE = 0.7
"""What the items before the latest one count for."""


class Pace:
    """Seconds that a second of `Words` takes."""

    def __init__(self) -> None:
        self.speed = 1.0
        self._expected = self._taken = _PRIOR_S

    @property
    def prior(self) -> float:
        """What is known before an item begins."""
        return self._taken / self._expected / self.speed

    def learn(self, expected: float, taken: float, speed: float) -> None:
        """Words of `expected` seconds have taken so long at that speed."""
        if min(expected, taken) < _LEAST_S:
            return
        self._expected = self._expected * _FADE + expected
        self._taken = self._taken * _FADE + taken * speed
