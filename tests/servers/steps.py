"""What a scenario can do, one step at a time; and what it is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.servers.wire import JsonObject


@dataclass(frozen=True, slots=True)
class Question:
    """What an answer may depend on."""

    text: str
    """The newest user message."""
    audio: bytes
    """Its PCM16, if it was spoken."""
    tool_outputs: tuple[str, ...]
    """Outputs of function calls since the newest user message."""
    config: JsonObject
    """The response's effective configuration."""
    argument: str
    """What follows the colon in the scenario's name."""
    options: Mapping[str, str]
    """The scenario's options, as text."""
    turn: int = 0
    """How many answers its session has begun before."""

    def number(self, name: str, default: float) -> float:
        """Give an option as a number."""
        return float(self.options.get(name, default))


@dataclass(frozen=True, slots=True)
class Say:
    """Words: a transcript delta, or a text delta where the answer is text."""

    delta: str


@dataclass(frozen=True, slots=True)
class Play:
    """Audio: one delta, at the scenario's pace; nothing where the answer is text."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing for some seconds; None means until the response is cancelled."""

    seconds: float | None


@dataclass(frozen=True, slots=True)
class Call:
    """A function call; its arguments arrive in a few deltas."""

    name: str
    arguments: str
    call_id: str | None = None
    """A fresh one when None."""


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of the response with this status instead of `completed`."""

    status: str
    reason: str | None = None
    error: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Ids:
    """Where the answer stands, for events that a scenario forges."""

    response_id: str
    item_id: str
    last_delta: JsonObject | None


@dataclass(frozen=True, slots=True)
class Forge:
    """Messages of any kind: objects are sent as JSON with an event_id, text as is."""

    make: Callable[[Ids], list[JsonObject | str | bytes]]


@dataclass(frozen=True, slots=True)
class Afterwards:
    """Messages sent right after `response.done`."""

    make: Callable[[Ids], list[JsonObject | str | bytes]]


@dataclass(frozen=True, slots=True)
class Close:
    """A close frame with this code."""

    code: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """The end of the TCP connection without a close frame.

    `how` is `reset` (RST), `fin`, or `garbage` (a frame with reserved bits).
    """

    how: str


@dataclass(frozen=True, slots=True)
class Vanish:
    """Neither the response's last events nor `response.done` are ever sent."""


@dataclass(frozen=True, slots=True)
class Unbilled:
    """`response.done` will have `usage: null`."""

    marker: bool = field(default=True)


Step = (
    Say
    | Play
    | Pause
    | Call
    | Finish
    | Forge
    | Afterwards
    | Close
    | Cut
    | Vanish
    | Unbilled
)
