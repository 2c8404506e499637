"""What the folds of the local backend answer: events to send, and work to be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from rt_widget.backends.local.requests.values import RequestError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rt_widget.backends.local.engines.base import ChatMessage
    from rt_widget.backends.local.hearing.g711 import AudioFormat
    from rt_widget.backends.local.requests.values import Wire


@dataclass(frozen=True, slots=True, eq=False)
class Listen:
    """Resample the sound, and with `detect` tell speech from silence in it."""

    sound: bytes
    audio_format: AudioFormat
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
    """The turn goes on, or was ended by other means: forget what was prepared."""


@dataclass(frozen=True, slots=True, eq=False)
class Recognise:
    """A part of an item is complete: recognise its words.

    `sound` is at `SPEECH_RATE_HZ`, or in `audio_format` where it is bytes.
    """

    item_id: str
    sound: NDArray[np.int16] | bytes
    content_index: int = 0
    audio_format: AudioFormat = "audio/pcm"


@dataclass(frozen=True, slots=True)
class Forget:
    """The item is deleted: nobody wants its words any more."""

    item_id: str


@dataclass(frozen=True, slots=True)
class Respond:
    """Make a response, once all words are recognised.

    Args:
        response_id: Which.
        is_turn: Whether it answers a turn: it begins when the words are known, and
            only if there are any.
        is_beside: Whether it is beside the conversation.
    """

    response_id: str
    is_turn: bool = False
    is_beside: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """Drop what is being made for a response."""

    response_id: str


@dataclass(frozen=True, slots=True)
class Wake:
    """Tell when so much time is over; takes the place of an earlier alarm."""

    after_ms: int


@dataclass(frozen=True, slots=True)
class Prime:
    """Read these messages ahead."""

    messages: tuple[ChatMessage, ...]


Action: TypeAlias = (
    Listen
    | Glimpse
    | Speculate
    | Discard
    | Recognise
    | Forget
    | Respond
    | Stop
    | Wake
    | Prime
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Events in the order of sending, then actions in the order of doing."""

    events: tuple[Wire, ...] = ()
    actions: tuple[Action, ...] = ()

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.events + other.events, self.actions + other.actions)


NOTHING = Outcome()


def refused(
    message: str, *, code: str = "", param: str = "", event_id: str | None = None
) -> Outcome:
    """An `error` event about a client event; the session goes on."""
    error = RequestError(message, code=code or None, param=param or None)
    return Outcome((error.event(event_id),))
