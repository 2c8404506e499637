"""Which voice speaks when a session asks for one by name."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NO_VOICE = "none"
"""Asks for answers in text only."""

HEART = "heart"
"""The voice that comes with the engine: American English."""

TABLE = Path(__file__).with_name("voices.toml")
"""The voices' files, and whose place they take."""


def at_hand(name: str, voices: Sequence[str]) -> str:
    """The one of `voices` that answers to `name`; `none` stays.

    A name of OpenAI's is answered to by the local voice that is meant for it, or the
    next best that is here; any other name by the voice that comes with the engine.
    """
    if name == NO_VOICE or name in voices:
        return name
    return next((voice for voice in _meant_for(name) if voice in voices), HEART)


def notice(name: str, voices: Sequence[str] = (HEART,)) -> str:
    """Tells a person which of `voices` speaks in place of another one."""
    voice = at_hand(name, voices)
    said = f"The local voice is {voice}: it speaks in place of {name}."
    meant = (name, *_meant_for(name))
    if voice in meant[:2] or not any(other in files() for other in meant):
        return said
    return f"{said} `rt-widget fetch --voices` brings one that is more like it."


@cache
def files() -> Mapping[str, str]:
    """Voices that can be fetched, and where their files lie in the cache directory."""
    found: dict[str, str] = _table()["voices"]
    return found


def _meant_for(name: str) -> tuple[str, ...]:
    stand_ins: dict[str, list[str]] = _table()["stand_ins"]
    return tuple(stand_ins.get(name, ()))


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
