"""The person's words while they still speak, from readings that may change."""

from __future__ import annotations

from itertools import takewhile


class LiveTranscript:
    """Gives out the words on which two readings in a row agree, and keeps to them."""

    def __init__(self) -> None:
        self._given: list[str] = []
        self._last: list[str] = []

    def update(self, reading: str) -> str:
        """Take in a reading of all that was said; returns the words to append.

        The last word of a reading is left out: it may have been cut in the middle.
        """
        words = reading.split()[:-1]
        agreed = _common_start(words, self._last)
        self._last = words
        count = len(self._given)
        if _common_start(agreed, self._given) != agreed[:count]:
            return ""
        fresh = agreed[count:]
        lead = " " if self._given and fresh else ""
        self._given += fresh
        return lead + " ".join(fresh)


def _common_start(words: list[str], others: list[str]) -> list[str]:
    pairs = zip(words, others, strict=False)
    alike = takewhile(lambda pair: _bare(pair[0]) == _bare(pair[1]), pairs)
    return [word for word, _ in alike]


def _bare(word: str) -> str:
    return "".join(c for c in word if c.isalnum()).casefold()
