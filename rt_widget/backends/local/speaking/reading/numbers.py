"""What is made of digits and read neither as one number nor as a date or a price."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rt_widget.backends.local.speaking.reading.words import any_of, table, words

if TYPE_CHECKING:
    from rt_widget.backends.local.speaking.reading.traced import Rule

_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_DIGITS = re.compile(r"\d+")
_FRACTION_SIGNS = "".join(
    sign
    for sign, said in table("signs").items()
    if said.split()[0] in ("one", "two", "three", "four", "five", "seven")
)
_LARGE = {"k": "thousand", "m": "million", "b": "billion", "t": "trillion"}
_PRICE = r"[$€£]?\d[\d,]*(?:\.\d+)?"
_DAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_DAY = "|".join(day[:3] for day in _DAYS)
_IP_PARTS = 4
_MOST_SPELLED = 3


def _spaced(digits: str) -> str:
    return " ".join(digits)


def _phone(match: re.Match[str]) -> str:
    groups = ", ".join(_spaced(group) for group in _DIGITS.findall(match[0]))
    return f"plus {groups}" if match[0].startswith("+") else groups


def _commas(match: re.Match[str]) -> str:
    whole = match[0]
    return whole if _GROUPED.fullmatch(whole) else whole.replace(",", ", ")


def _version(match: re.Match[str]) -> str:
    parts = match[0].split(".")
    if len(parts) == _IP_PARTS and max(map(len, parts)) == _MOST_SPELLED:
        return " dot ".join(map(_spaced, parts))
    return " point ".join(parts)


def _decimal(match: re.Match[str]) -> str:
    return f"{match[1]} point {_spaced(match[2])}"


def _large(match: re.Match[str]) -> str:
    return f"{match[1]} {_LARGE[match[2].lower()]}"


def _scientific(match: re.Match[str]) -> str:
    power = match[2].lstrip("+").replace("-", "minus ").replace("\u2212", "minus ")
    return f"{match[1]} times 10 to the {power}"


def _range(match: re.Match[str]) -> str:
    return f"{match[1]} to {match[2]}"


def _leading_zeros(match: re.Match[str]) -> str:
    return _spaced(match[0])


def _day_first(match: re.Match[str]) -> str:
    return f"{match[3]}-{match[2].zfill(2)}-{match[1].zfill(2)}"


def _joined(match: re.Match[str]) -> str:
    return re.sub(r"\s", "", match[0])


def _days(match: re.Match[str]) -> str:
    full = {day[:3]: day for day in _DAYS}
    return f"{full[match[1]]} to {full[match[2]]}"


def _short_phone(match: re.Match[str]) -> str:
    return f"{match[1]} {_spaced(match[2])}"


def _spaced_range(match: re.Match[str]) -> str:
    rises = int(match[1]) < int(match[2])
    return f"{match[1]} to {match[2]}" if rises else match[0]


def _point(match: re.Match[str]) -> str:
    return f"point {_spaced(match[1])}"


EARLY: tuple[Rule, ...] = (
    (re.compile(r"\+\d[\d\s().-]{6,}\d(?!\w)"), _phone),
    (re.compile(r"(?<!\w)\(\d{3}\)\s?\d{3}[-. ]\d{4}(?!\w)"), _phone),
    (re.compile(r"(?<![\w.-])\d{3}([-.])\d{3}\1\d{4}(?![\w-])"), _phone),
    (re.compile(r"(?<![\w.,-])0\d{1,4}(?:[ /-]\d{2,}){1,4}(?![\w-])"), _phone),
    (
        re.compile(
            r"(?<![\w-])(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?"
            r"(?:Z|[+-]\d\d:?\d\d)?(?!\w)"
        ),
        r"\1 at \2",
    ),
    (re.compile(r"(?<![\d.])([0-3]?\d)\.([01]?\d)\.((?:19|20)\d\d)\b"), _day_first),
    (re.compile(r"\b((?:19|20)\d\d)/([01]\d)/([0-3]\d)\b"), r"\1-\2-\3"),
    (re.compile(r"\b(\d+(?:\.\d+)?)x(?=\s[a-z]{3,})"), r"\1 times"),
    (re.compile(r"\bv(?=\d)"), "version "),
    (re.compile(r"(?<![\w.])\d+(?:\.\d+){2,}(?![\w])"), _version),
    (re.compile(r"\b\d{1,3}(?:_\d{3})+\b"), lambda m: m[0].replace("_", "")),
    (
        re.compile(
            r"(\d:\d\d|\d\s?[ap]\.?m\.?)\s?[\u2013-]\s?"
            r"(?=\d{1,2}(?::\d\d|\s?[ap]\.?m))"
        ),
        r"\1 to ",
    ),
    (re.compile(rf"\b({_DAY})[a-z]*[\u2013-]({_DAY})[a-z]*\b"), _days),
    (re.compile(r"(?<=\d)\s?am\b(?!\.)"), " AM"),
    (re.compile(r"\b([Cc]all|[Dd]ial|[Rr]ing) (\d{3})\b(?![-\s]\d)"), _short_phone),
    (re.compile(r"(?<=[A-Za-z]-)(\d+)\.(\d+)(?![\d.])"), r"\1 point \2"),
    (re.compile(r"\b(\d+)\s?x\s?(\d+)\b"), r"\1 by \2"),
    (re.compile(r"(?<=\d)!(?=\s?[=+*/)])"), " factorial"),
    (
        re.compile(
            r"(?<![\w.,])(?<![-+*/=] )(\d+) [\u2013-] (\d+)"
            r"(?=\s(?!is\b|equals|makes|gives)[a-z]{2,})"
        ),
        _spaced_range,
    ),
    (re.compile(r"\b(?:US|CA|A)\$(?=\d)"), "$"),
    (re.compile(r"(?<![\w.,$€£])(\d[\d.,]*)\s?([€£$])(?![\w])"), r"\2\1"),
    (re.compile(r"(?<![\d.,])\d{1,3}(?:(?:\s\d{3}){2,}|\s000)(?![\d.])"), _joined),
    (re.compile(r"(?<![\w.)])\.(\d+)\b"), _point),
    (
        re.compile(
            rf"\b({any_of(words('versioned'))})(\s|-|==)?v?(\d+)\.(\d+)(?![.\w])",
            re.IGNORECASE,
        ),
        r"\1 \3 point \4",
    ),
    (re.compile(r"\b(\d+(?:\.\d+)?)[eE]([+\-\u2212]?\d+)\b"), _scientific),
)
"""Before signs are read: these hold points, dashes and colons of their own."""

LATE: tuple[Rule, ...] = (
    (
        re.compile(
            rf"(?<![\w.\-\u2013/:])({_PRICE}[%°]?)\s?\u2013\s?({_PRICE})(?![\w\-\u2013/:])"
        ),
        _range,
    ),
    (
        re.compile(
            rf"(?<![\w.\-\u2013/:])({_PRICE}[%°]?)-({_PRICE})(?![\d\-\u2013/:])"
        ),
        _range,
    ),
    (re.compile(r"(?<![\d.,])\d+(?:,\d+)+(?![\d])"), _commas),
    (re.compile(r"(?<![$€£\d.,])(\d[\d,]*)\.(\d*0)(?![\d.]*\d)(?!\s?[€£])"), _decimal),
    (
        re.compile(
            r"(?<![$€£\w.,])((?![248]K)\d[\d,]*(?:\.\d+)?)(k|K|M|B|T)(?![\w.]*\w)"
        ),
        _large,
    ),
    (re.compile(r"(?<=\d)(st|nd|rd|th)[-\u2013](?=\d+(?:st|nd|rd|th)\b)"), r"\1 to "),
    (re.compile(r"\b50/50\b"), "50 50"),
    (re.compile(r"(?<![\w./])(\d+)/(\d{3,}|0)(?![\w/])"), r"\1 over \2"),
    (re.compile(r"\b(\d+) ([1-9]/(?:10|[2-9]))\b(?!/)"), r"\1 and \2"),
    (re.compile(r"(?<![\d:.])(\d{1,3}):(\d|\d{3})(?![\d:])"), r"\1 to \2"),
    (re.compile(r"(?<![\w.,:/-])0\d+(?![\w:/.-])"), _leading_zeros),
    (re.compile(r"(?<![\w.,:/-])\d{13,}(?![\w:/.-])"), _leading_zeros),
)
"""After units, signs and short forms."""

MIXED: tuple[Rule, ...] = (
    (re.compile(rf"(?<=\d)\s?(?=[{_FRACTION_SIGNS}])"), " and "),
)
"""1½, before its sign is read."""
