"""Which page has microphone and sound, and which are there at all. A fold, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LOST_AFTER_S = 10.0
"""A page that gives no sign of life for so long is gone."""

LONGEST_PAUSE_S = 5.0
"""Time that goes by without `pass_time` for longer has passed for nobody: the kernel
itself stood still, and could not hear."""


class Lease:
    """The pages of one widget, and their owner of microphone and sound.

    Each `at` is in seconds of one monotonic clock.
    """

    def __init__(self) -> None:
        self.owner: str | None = None
        self._seen: dict[str, float] = {}
        self._left: dict[str, None] = {}
        self._at = 0.0

    @property
    def has_pages(self) -> bool:
        """Whether any page is there."""
        return bool(self._seen)

    @property
    def next_loss(self) -> float:
        """When the next page is lost, if it stays silent; infinite without pages."""
        return min(self._seen.values(), default=float("inf")) + LOST_AFTER_S

    def hello(self, page: str, at: float, left: Iterable[str] = ()) -> None:
        """A page shows the widget; it is the owner when nobody is.

        `left` are pages that were in its place before, and are gone: it gets what
        they had.
        """
        gone = [name for name in left if name in self._seen and name != page]
        inherits = self.owner in gone
        for name in gone:
            self.leave(name)
        self._left.pop(page, None)
        if not self._seen:
            self._at = at
        self._see(page, at)
        if inherits:
            self.owner = page
        self.claim(page)

    def hear(self, page: str, at: float) -> bool:
        """A sign of life; returns whether the page is here.

        One that is not was lost, or never said hello; one that has left stays away
        until it says hello.
        """
        if page in self._seen:
            self._see(page, at)
        return page in self._seen

    def has_left(self, page: str) -> bool:
        """Whether the page has said so, and no hello since."""
        return page in self._left

    def claim(self, page: str) -> bool:
        """A page that is here wants microphone and sound; returns whether it has them.

        They are given when nobody has them.
        """
        if self.owner is None and page in self._seen:
            self.owner = page
        return self.owner == page

    def take_over(self, page: str) -> None:
        """Microphone and sound belong to this page, if it is here."""
        if page in self._seen:
            self.owner = page

    def release(self) -> None:
        """Nobody has microphone and sound."""
        self.owner = None

    def leave(self, page: str) -> None:
        """A page is gone, and has said so."""
        self._left[page] = None
        if len(self._left) > _REMEMBERED:
            del self._left[next(iter(self._left))]
        self._lose([page])

    def pass_time(self, at: float, *, could_hear: bool = True) -> None:
        """Time has passed: pages that were silent for too long are lost.

        Args:
            at: Now.
            could_hear: False when no page could have been heard since the last time.
        """
        passed, self._at = at - self._at, at
        if passed > LONGEST_PAUSE_S or not could_hear:
            seen = self._seen.items()
            self._seen = {page: min(last + passed, at) for page, last in seen}
        limit = at - LOST_AFTER_S + _ROUNDING_S
        self._lose([page for page, last in self._seen.items() if last <= limit])

    def _see(self, page: str, at: float) -> None:
        # The most recently seen page is the last one.
        self._seen.pop(page, None)
        self._seen[page] = at

    def _lose(self, pages: list[str]) -> None:
        for page in pages:
            self._seen.pop(page, None)
        if self.owner in pages:
            self.owner = next(reversed(self._seen), None)


_ROUNDING_S = 1e-6

_REMEMBERED = 100
"""Pages that have left; what they say late is no sign of life."""
