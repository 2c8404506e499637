"""Where in its sound each written word ends, from the phonemes and their durations."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PAUSES = ';:,.!?\u2014\u2026"\u201c\u201d()'
_GROUP = re.compile(r"\S+")
_PLAIN = re.compile(
    r"[\"'\u2018\u201c(\[]*"
    r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*"
    r"[\"'\u2019\u201d)\].,;:!?\u2026]*"
)
"""A word of letters: one written, one spoken."""


def group_ends(phonemes: str) -> list[int]:
    """For each spoken word the index after its last phoneme, without what follows.

    Signs that are a pause are no phonemes here.
    """
    ends = []
    for group in _GROUP.finditer(phonemes):
        bare = group.group().rstrip(_PAUSES)
        if bare.strip(_PAUSES):
            ends.append(group.start() + len(bare))
    return ends


def last_groups(
    words: Sequence[str], groups: int, phonemize: Callable[[str], str]
) -> list[int]:
    """For each written word how many spoken words are said once it is.

    A figure or a sign may be several spoken words, or none: what they are is asked of
    `phonemize`. Where the counts still differ, the difference is spread evenly.

    Args:
        words: As written.
        groups: Spoken words in all.
        phonemize: Phonemes of a text.
    """
    counts = [
        1 if _PLAIN.fullmatch(word) else len(group_ends(phonemize(word)))
        for word in words
    ]
    total = max(1, sum(counts))
    return [round(count * groups / total) for count in accumulate(counts)]
