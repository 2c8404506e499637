"""What a session knows, and what handling an event can bring about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.servers.conversation import Conversation
from tests.servers.input_audio import InputAudio
from tests.servers.wire import new_id

if TYPE_CHECKING:
    from tests.servers.dialects import Dialect
    from tests.servers.responses import ResponseBuilder
    from tests.servers.rules import SessionRules
    from tests.servers.scenarios import Plan
    from tests.servers.steps import Question
    from tests.servers.wire import JsonObject

HEARD = "hello from the microphone"


@dataclass(frozen=True, slots=True)
class Send:
    """Send this event."""

    event: JsonObject


@dataclass(frozen=True, slots=True)
class SendLater:
    """Send these events after the next `response.done`."""

    events: tuple[JsonObject, ...]


@dataclass(frozen=True, slots=True)
class Start:
    """Begin a response; one that is being stopped is waited for."""

    builder: ResponseBuilder
    question: Question


@dataclass(frozen=True, slots=True)
class Stop:
    """Cancel a running response."""

    response_id: str
    reason: str


Effect = Send | SendLater | Start | Stop


@dataclass(slots=True)
class Session:
    """One session's state; the handlers change it, `connection.py` does the I/O."""

    rules: SessionRules
    dialect: Dialect
    plan: Plan
    conversation: Conversation = field(
        default_factory=lambda: Conversation(new_id("conv"))
    )
    input_audio: InputAudio = field(default_factory=InputAudio)
    running: dict[str, ResponseBuilder] = field(default_factory=dict)
    """Responses whose `response.done` was not sent yet."""
    stopping: set[str] = field(default_factory=set)
    """Those of them that were cancelled."""
    next_item_id: str | None = None
    """Promised by `speech_started` for the coming user item."""
    utterances: int = 0
    """Spoken user items so far."""
    answers: int = 0
    """Responses begun so far."""
    read_tokens: int = 0
    """Text tokens that the model has read before."""

    @property
    def active(self) -> ResponseBuilder | None:
        """The running response that writes to the conversation."""
        for builder in self.running.values():
            if builder.in_band:
                return builder
        return None

    def take_item_id(self) -> str:
        """Give the promised id of the next user item, or a new one."""
        item_id, self.next_item_id = self.next_item_id or new_id("item"), None
        return item_id

    def next_heard(self) -> str:
        """Give what the next spoken item says."""
        texts = self.plan.options.get("heard", HEARD).split("|")
        self.utterances += 1
        return texts[(self.utterances - 1) % len(texts)]
