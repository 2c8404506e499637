"""What a session is made of, and whether its turns are answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rt_widget.backends.local.conversation.items import Items
from rt_widget.backends.local.hearing.listening import Listening
from rt_widget.backends.local.protocol.outcome import NOTHING, Outcome
from rt_widget.backends.local.protocol.prompt import ahead
from rt_widget.backends.local.protocol.responses import Responses
from rt_widget.config import PushToTalk

if TYPE_CHECKING:
    from rt_widget.backends.local.settings import Settings


@dataclass(slots=True)
class State:
    """The parts of one session.

    Args:
        settings: What it starts with.
    """

    settings: Settings
    items: Items = field(default_factory=Items)
    listening: Listening = field(init=False)
    responses: Responses = field(init=False)

    def __post_init__(self) -> None:
        settings = self.settings
        self.listening = Listening(settings.turn_detection, settings.idle_timeout_ms)
        self.responses = Responses(self.items)

    @property
    def answers_turns(self) -> bool:
        """Whether a turn is answered without being asked."""
        detection = self.settings.turn_detection
        return not isinstance(detection, PushToTalk) and detection.create_response

    @property
    def may_speculate(self) -> bool:
        """Whether the end of the turn that is going on would be answered."""
        whole = not self.listening.expects_more
        return self.answers_turns and whole and self.responses.is_idle

    def prime(self, coming: str = "") -> Outcome:
        """Have the turn that is going on read ahead."""
        if not (self.listening.item_id and self.may_speculate):
            return NOTHING
        prime = ahead(self.settings, self.items, coming, as_turn=True)
        return Outcome(actions=(prime,))
