"""The tables of words.toml."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


@cache
def table(name: str) -> dict[str, Any]:
    """One table, by its name."""
    return _tables()[name]


@cache
def words(name: str) -> tuple[str, ...]:
    """One of the lists, by its name."""
    return tuple(table("lists")[name])


def any_of(forms: Iterable[str]) -> str:
    """A pattern that finds any of these, the longest first."""
    return "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))


@cache
def _tables() -> dict[str, dict[str, Any]]:
    path = Path(__file__).with_name("words.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
