"""What the folds of the local backend answer: events to send, and work to be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from rt_widget.events import ErrorReported, ServerFault

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rt_widget.backends.local.engines.base import ChatMessage
    from rt_widget.events import ServerEvent


@dataclass(frozen=True, slots=True, eq=False)
class Listen:
    """Resample the sound, and with `detect` tell speech from silence in it."""

    pcm: bytes
    detect: bool


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """Recognise what was said so far, if there is time for it."""

    item_id: str
    samples: NDArray[np.int16]


@dataclass(frozen=True, slots=True, eq=False)
class Speculate:
    """The person paused: prepare an answer, in case that was the end of the turn.

    With `judged` the words are wanted too, to tell whether it was.
    """

    item_id: str
    samples: NDArray[np.int16]
    judged: bool = False


@dataclass(frozen=True, slots=True)
class Discard:
    """The person goes on: forget what was prepared."""


@dataclass(frozen=True, slots=True, eq=False)
class Recognise:
    """The item is complete: recognise its words.

    `sound` is at `SPEECH_RATE_HZ`, or as it was sent where it is bytes.
    """

    item_id: str
    sound: NDArray[np.int16] | bytes


@dataclass(frozen=True, slots=True)
class Forget:
    """The item is deleted: nobody wants its words any more."""

    item_id: str


@dataclass(frozen=True, slots=True)
class Respond:
    """Answer, once all words are recognised; `item_id` of the turn when it is one.

    `verbatim` words are said as they are, with nothing to think about.
    """

    item_id: str | None = None
    verbatim: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """Drop the answer that is being made."""


@dataclass(frozen=True, slots=True)
class Prime:
    """Read these messages ahead."""

    messages: tuple[ChatMessage, ...]


Action: TypeAlias = (
    Listen | Glimpse | Speculate | Discard | Recognise | Forget | Respond | Stop | Prime
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Events in the order of sending, then actions in the order of doing."""

    events: tuple[ServerEvent, ...] = ()
    actions: tuple[Action, ...] = ()

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.events + other.events, self.actions + other.actions)


NOTHING = Outcome()


def refused(
    message: str, *, code: str = "", param: str = "", event_id: str = ""
) -> Outcome:
    """An `error` event about a client event; the session goes on."""
    fault = ServerFault(message, code, "invalid_request_error", param, event_id)
    return Outcome((ErrorReported(fault),))
