"""Where a sentence ends: not at the point of a short form or of a number."""

from __future__ import annotations

import re

from rt_widget.backends.local.speaking.reading.abbreviations import (
    BEFORE_NUMBERS,
    NEVER_LAST,
)

# Right single and double quotation mark.
CLOSERS = "[\"'\u2019\u201d)\\]*_]*"
"""What may come between a stop and the space after it."""

_TITLES = frozenset(
    (
        "dr",
        "drs",
        "mr",
        "mrs",
        "ms",
        "prof",
        "st",
        "mt",
        "gen",
        "sen",
        "gov",
        "rev",
        "capt",
    )
)
_NEVER_LAST = NEVER_LAST | _TITLES
_MAY_BE_LAST = frozenset(
    ("a.m", "p.m", "u.s", "u.k", "etc", "inc", "ltd", "jr", "sr", "ph.d")
) | frozenset(("mi", "ft", "oz", "lb", "lbs", "yd", "min", "hr", "hrs", "sec"))
_MONTHS = frozenset(
    (
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
    )
)
_BEFORE_NUMBERS = BEFORE_NUMBERS | _MONTHS

# Ideographic full stop, full-width exclamation and question mark.
_SURE_STOPS = "!?\u3002\uff01\uff1f"
_LAST_WORD = re.compile(r"[\w.]+$")
_WHOLE = re.compile(r"(?:^|\s)([^\W\d_]{2,})[.!?]$")
_LIST_NUMBER = re.compile(r"(?:^|\n)\s*\d{1,3}$")


def ends_sentence(before: str, stops: str, after: str) -> bool | None:
    """Whether the `stops` end a sentence; None while more text has to tell.

    Args:
        before: The line up to the stops.
        stops: Signs such as `?!` or `."`, without the space that follows.
        after: The next character, or nothing when it has not come.
    """
    if not stops.startswith(".") or stops.startswith(".."):
        is_sure = stops[-1] in _SURE_STOPS and not stops.startswith("..")
        return not after.islower() if after or is_sure else None
    if _LIST_NUMBER.search(before):
        return False
    found = _LAST_WORD.search(before)
    word = found.group().casefold() if found else ""
    if word in _NEVER_LAST or (len(word) == 1 and word.isalpha()):
        return word == "i"
    if word in _BEFORE_NUMBERS:
        return not after.isdigit() if after else None
    if word in _MAY_BE_LAST:
        return after.isupper() if after else None
    return True


def looks_whole(text: str) -> bool:
    """Whether `text` ends like a sentence, with nothing after its stop yet."""
    found = _WHOLE.search(text)
    return found is not None and found[1].casefold() not in (
        _NEVER_LAST | _BEFORE_NUMBERS | _MAY_BE_LAST
    )
