"""JSON as small models write it: nearly right."""

from __future__ import annotations

import json
import re

LONGEST = 4_000
"""Characters of the longest text that is looked at."""

_WORDS = {"True": "true", "False": "false", "None": "null"}
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|[A-Za-z]+|.', re.DOTALL)
_CLOSER = {"{": "}", "[": "]"}


def object_in(text: str) -> dict[str, object] | None:
    """The JSON object that `text` is, or is meant to be; None where it is none.

    Single quotes, the words of Python, commas before a closing bracket, line breaks
    in strings and closing brackets that are missing at the end are forgiven.
    """
    if len(text) > LONGEST:
        return None
    for candidate in (text, _mended(text)):
        try:
            value = json.loads(candidate, strict=False, parse_constant=_refuse)
        except (ValueError, RecursionError):
            continue
        return value if isinstance(value, dict) else None
    return None


def end_of_object(text: str, start: int) -> int | None:
    """Where the object that begins at `start` ends; None while it is not whole."""
    depth, quote, escaped = 0, "", False
    for place in range(start, len(text)):
        sign = text[place]
        if quote:
            is_end = sign == quote and not escaped
            escaped = sign == "\\" and not escaped
            quote = "" if is_end else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "{[":
            depth += 1
        elif sign in "}]":
            depth -= 1
            if depth <= 0:
                return place + 1
    return None


def _refuse(constant: str) -> object:
    raise ValueError(constant)


def _mended(text: str) -> str:
    written: list[str] = []
    open_brackets: list[str] = []
    for piece in _PIECE.findall(text.strip()):
        if piece in _CLOSER:
            open_brackets.append(_CLOSER[piece])
        elif piece in "}]":
            _drop_comma(written)
            if open_brackets:
                open_brackets.pop()
        written.append(_mended_piece(piece))
    _drop_comma(written)
    return "".join([*written, *reversed(open_brackets)])


def _mended_piece(piece: str) -> str:
    if len(piece) > 1 and piece[0] == piece[-1] == "'":
        inner = piece[1:-1].replace("\\'", "'")
        return '"' + re.sub(r'(?<!\\)"', r"\"", inner) + '"'
    return _WORDS.get(piece, piece)


def _drop_comma(written: list[str]) -> None:
    while written and written[-1].isspace():
        written.pop()
    if written and written[-1] == ",":
        written.pop()
