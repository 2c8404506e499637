"""Words as they sound, and how far two sentences are apart."""

from __future__ import annotations

import re

_SMALL = """\
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
fifteen sixteen seventeen eighteen nineteen
"""
_ROUND = "twenty thirty forty fifty sixty seventy eighty ninety"
_SHORT_FORMS = {"mr": "mister", "mrs": "missus", "dr": "doctor"}


def plain_words(text: str) -> list[str]:
    """Words in lower case, without punctuation, with numbers spelled out."""
    tokens = re.findall(r"[a-z']+|\d+", text.lower())
    plain: list[str] = []
    for token in tokens:
        plain += (
            _spelled(token) if token.isdigit() else [_SHORT_FORMS.get(token, token)]
        )
    return plain


def distance(wanted: list[str], got: list[str]) -> int:
    """Fewest changed, missing and added words between two sentences."""
    row = list(range(len(got) + 1))
    for place, word in enumerate(wanted, 1):
        diagonal, row[0] = row[0], place
        for column, other in enumerate(got, 1):
            best = min(row[column] + 1, row[column - 1] + 1, diagonal + (word != other))
            diagonal, row[column] = row[column], best
    return row[-1]


def _spelled(digits: str) -> list[str]:
    small, tens = _SMALL.split(), _ROUND.split()
    number = int(digits)
    if len(digits) > 2:
        return [small[int(digit)] for digit in digits]
    if number < len(small):
        return [small[number]]
    ten, one = divmod(number, 10)
    return [tens[ten - 2], *([small[one]] if one else [])]
