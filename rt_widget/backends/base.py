"""What a session needs of a backend: a connection that takes and gives events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable

    from rt_widget.config import SessionConfig
    from rt_widget.events import AnyClientEvent, ServerEvent


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that can be picked, and what a person reads."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a backend can do; pickers, sliders and the session obey it.

    Args:
        backend: The backend's name.
        label: One line for the card.
        models: To pick from; other names may work too.
        voices: To pick from; `none` is always possible.
        temperature: Lowest and highest, or None where the backend takes none.
        temperature_reason: Why it takes none, for a person.
        speed: Slowest and fastest, or None where it cannot be set.
        turn_detection: Names of the kinds that it knows.
        default_model: What a session uses when none is named.
        fallback_voice: Speaks for names that are not among `voices`; empty where any
            name is passed on.
        voice_locked: Whether the voice is fixed once the session has spoken.
        noise_reduction: What it can do about noise: `near_field`, `far_field`.

    Example:
        >>> from rt_widget.backends import Choice
        >>> able = Capabilities("mine", "my own server", voices=(Choice("a", "A"),))
        >>> able.speed, able.temperature
        ((0.25, 1.5), None)
    """

    backend: str
    label: str
    models: tuple[Choice, ...] = ()
    voices: tuple[Choice, ...] = ()
    temperature: tuple[float, float] | None = None
    temperature_reason: str = ""
    speed: tuple[float, float] | None = (0.25, 1.5)
    turn_detection: tuple[str, ...] = ("server_vad",)
    default_model: str = ""
    fallback_voice: str = ""
    voice_locked: bool = False
    noise_reduction: tuple[str, ...] = ()


class Connection(Protocol):
    """One live conversation with a backend, used from one event loop."""

    async def send(self, event: AnyClientEvent) -> None:
        """Pass an event on; returns once the backend has taken it.

        Raises:
            ConnectionLostError: the connection is gone.
        """

    async def receive(self) -> ServerEvent:
        """The next event.

        Raises:
            ConnectionLostError: the connection has ended; the text says why.
        """

    async def close(self) -> None:
        """End it, within 2 s whatever the other side does; safe to call twice."""


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Settings as the backend can serve them, and what had to change, for a person."""

    config: SessionConfig
    notices: tuple[str, ...] = field(default=())


class Backend(Protocol):
    """Where conversations are held.

    Example:
        >>> backend: Backend = OpenAIBackend("wss://example.com/v1")
        >>> backend.capabilities.label
        'example.com'
    """

    @property
    def capabilities(self) -> Capabilities:
        """What it can do; cheap to ask, and asked before connecting."""

    def adjust(self, config: SessionConfig) -> Adjusted:
        """Map names that it does not know (retired models, foreign voices)."""

    async def connect(self, config: SessionConfig) -> Connection:
        """Open a conversation; the first event to receive is `SessionCreated`.

        Raises:
            RealtimeWidgetError: it cannot be opened; the error says what to do.
        """


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether what a backend needs on this machine is here.

    Args:
        state: `ready`, `missing` (files can be fetched) or `engines_missing`
            (packages have to be installed).
        total: Bytes of all files.
        done: Bytes that are here.
        hint: What to do.
    """

    state: Literal["ready", "missing", "engines_missing"]
    total: int = 0
    done: int = 0
    hint: str = ""


@runtime_checkable
class InstallableBackend(Protocol):
    """A backend that needs files on this machine."""

    def availability(self) -> Availability:
        """What is here; cheap to ask."""

    def fetch(
        self,
        progress: Callable[[Availability], None],
        cancelled: Callable[[], bool],
    ) -> None:
        """Download what is missing; blocks, and reports as it goes.

        Raises:
            BackendError: it could not be fetched; the error says why.
        """
