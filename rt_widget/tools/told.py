"""What a model is told of a value: text, or JSON as far as a limit goes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping

from rt_widget.tools.bounds import cut
from rt_widget.tools.simplified import described, simplified

OUTPUT_LIMIT = 32_000
"""Longest text that a model is told, in characters."""

_CUT = "\n[The result is longer; it is cut here.]"
_DEPTH_LIMIT = 20
_KEY_LIMIT = 1_000


def told(value: object, limit: int = OUTPUT_LIMIT) -> str:
    """A value as text for a model, at most `limit` characters.

    Text is told as it is; all else as JSON. No more of it is written than is told;
    where it is cut, the end says so.
    """
    plain = _simplified(value)
    if isinstance(plain, str):
        return cut(str(plain), limit, _CUT)
    pieces: list[str] = []
    size = 0
    try:
        for piece in _json(plain, 0):
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                break
    except Exception:  # noqa: BLE001 - another thread may change what is being read
        return cut(described(value), limit, _CUT)
    return cut("".join(pieces), limit, _CUT)


def _json(value: object, depth: int) -> Iterator[str]:
    """JSON text by the piece, written as far as it is read."""
    plain = _simplified(value)
    match plain:
        case float() if not math.isfinite(plain):
            yield "null"
        case None | bool() | int() | float():
            yield json.dumps(plain)
        case str():
            yield json.dumps(plain[: OUTPUT_LIMIT + 1], ensure_ascii=False)
        case _ if depth >= _DEPTH_LIMIT:
            yield '"…"'
        case Mapping():
            yield from _object(plain, depth + 1)
        case Iterable():
            yield from _array(plain, depth + 1)
        case _:
            yield json.dumps(described(plain), ensure_ascii=False)


def _object(value: Mapping[object, object], depth: int) -> Iterator[str]:
    before = "{"
    for key, inner in value.items():
        name = _simplified(key)
        text = name if isinstance(name, str) else described(name)
        yield f"{before}{json.dumps(cut(text, _KEY_LIMIT), ensure_ascii=False)}: "
        yield from _json(inner, depth)
        before = ", "
    yield "}" if before != "{" else "{}"


def _array(value: Iterable[object], depth: int) -> Iterator[str]:
    before = "["
    for inner in value:
        yield before
        yield from _json(inner, depth)
        before = ", "
    yield "]" if before != "[" else "[]"


def _simplified(value: object) -> object:
    try:
        return simplified(value)
    except Exception:  # noqa: BLE001 - attributes may be code of the person's own
        return described(value)
