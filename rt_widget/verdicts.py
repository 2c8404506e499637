"""What is decided about a sound of the person that is heard during an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Hold:
    """Pause what is being heard."""


@dataclass(frozen=True, slots=True)
class Interrupt:
    """End what is being heard: the person speaks."""


@dataclass(frozen=True, slots=True)
class FalseAlarm:
    """What was heard counts as no turn, unless its words come."""


@dataclass(frozen=True, slots=True)
class Respond:
    """A turn that the server leaves unanswered; ask for an answer."""


@dataclass(frozen=True, slots=True)
class Expect:
    """A turn that the server answers by itself."""


@dataclass(frozen=True, slots=True)
class Dismiss:
    """The server's own answer to a short sound; it must not be heard."""


@dataclass(frozen=True, slots=True)
class Discard:
    """A sound without words that the server has made an item of."""

    item_id: str


Verdict: TypeAlias = (
    Hold | Interrupt | FalseAlarm | Respond | Expect | Dismiss | Discard
)
