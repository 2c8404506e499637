"""How long the voice may wait for a better place to pause."""

from __future__ import annotations

FIRST_WAIT_S = 0.07
"""From the first word to the start of speech, where the words come slowly."""

MARGIN_S = 0.5
"""Sound that should be left when the next piece of text is given to the voice."""


class Patience:
    """Tells when whoever listens is about to wait; fed with times in seconds."""

    def __init__(self) -> None:
        self._dry_at: float | None = None
        self._began_at = 0.0
        self._pieces = 0

    def wrote(self, now: float) -> None:
        """A word has come."""
        if self._dry_at is None:
            self._dry_at = now + FIRST_WAIT_S + MARGIN_S
            self._began_at = now
        self._pieces += 1

    def spoke(self, now: float, seconds: float) -> None:
        """So much more sound is there to be played."""
        self._dry_at = max(self._dry_at or now, now) + seconds

    def is_over(self, now: float) -> bool:
        """Whether the next sound is wanted as soon as it can be had."""
        return self._dry_at is not None and now > self._dry_at - MARGIN_S

    def ends_with_next(self, now: float) -> bool:
        """Whether it is over once the next word comes, at the pace of those before."""
        if self._pieces <= 1:
            return False
        return self.is_over(now + (now - self._began_at) / (self._pieces - 1))
