"""Text that is rewritten step by step and still knows where each word came from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_WORD = re.compile(r"\S+")
_SPACE = re.compile(r"\s")

Rule = tuple[re.Pattern[str], "str | Callable[[re.Match[str]], str]"]
"""What is looked for, and what is said instead: a template, or a function."""


@dataclass(frozen=True, slots=True)
class Traced:
    """A text in the making.

    Args:
        text: What it has become.
        ends: For each character of `text` where its source ends in what was written.
    """

    text: str
    ends: tuple[int, ...]

    @classmethod
    def of(cls, written: str) -> Traced:
        """What was written, before any change."""
        return cls(written, tuple(range(1, len(written) + 1)))

    def sub(self, rule: Rule, start: int = 0) -> Traced:
        """Rewritten wherever the rule's pattern is found at `start` or later."""
        pattern, replacement = rule
        text: list[str] = []
        ends: list[int] = []
        at = 0
        for match in pattern.finditer(self.text, start):
            said = (
                match.expand(replacement)
                if isinstance(replacement, str)
                else replacement(match)
            )
            if said != match[0]:
                text += (self.text[at : match.start()], said)
                ends += self.ends[at : match.start()]
                ends += self._spread(match, said)
                at = match.end()
        if not at and not text:
            return self
        return Traced("".join(text) + self.text[at:], (*ends, *self.ends[at:]))

    def with_rules(self, rules: Iterable[Rule]) -> Traced:
        """Rewritten by one rule after the other."""
        traced = self
        for rule in rules:
            traced = traced.sub(rule)
        return traced

    def only(self, is_kept: Callable[[str], bool]) -> Traced:
        """Without the characters that are not kept."""
        kept = [
            (char, end)
            for char, end in zip(self.text, self.ends, strict=True)
            if is_kept(char)
        ]
        return Traced("".join(c for c, _ in kept), tuple(end for _, end in kept))

    def _spread(self, match: re.Match[str], said: str) -> list[int]:
        """Ends for what is said, its words laid evenly over those of the match."""
        if not said:
            return []
        sources = [
            self.ends[match.start() + word.end() - 1]
            for word in _WORD.finditer(match[0])
        ] or [self.ends[match.end() - 1] if match.end() else 0]
        count = max(1, len(said.split()))
        spread, word, was_space = [], 0, said[0].isspace()
        for char in said:
            if char.isspace() and not was_space:
                word = min(word + 1, count - 1)
            was_space = char.isspace()
            place = -(-(word + 1) * len(sources) // count) - 1
            spread.append(sources[place])
        return spread


def word_ends(traced: Traced, written: str) -> list[int]:
    """For each word of `traced` where it ends in what was written.

    Of a written word that is several spoken ones the last one ends it; the others end
    where the word before it did. Signs that are not read belong to the word that they
    touch, or to the last.
    """
    ends = []
    for word in _WORD.finditer(traced.text):
        end = traced.ends[word.end() - 1]
        space = _SPACE.search(written, end)
        ends.append(space.start() if space else len(written))
    if ends:
        ends[-1] = len(written.rstrip())
    before, whole = 0, list(ends)
    for place, end in enumerate(whole[:-1]):
        if end >= whole[place + 1]:
            ends[place] = before
        else:
            before = end
    return ends
