"""Which voice speaks when a session asks for one by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

NO_VOICE = "none"
"""Asks for answers in text only."""

HEART = "heart"
"""The voice that comes with the engine: American English."""


def at_hand(name: str, voices: Sequence[str]) -> str:
    """The one of `voices` that answers to `name`; `none` stays."""
    return name if name == NO_VOICE or name in voices else HEART


def notice(name: str) -> str:
    """Tells a person that another voice will speak."""
    return f"The local voice is {HEART}: it speaks in place of {name}."
