"""A dialogue without a session: its shell is played by the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget import events, updates
from rt_widget.backends.base import Capabilities
from rt_widget.config import ServerVad, SessionConfig
from rt_widget.conversation import Conversation, Item
from rt_widget.dialogue import Dialogue
from rt_widget.live_settings import LiveSettings
from rt_widget.outbox import Outbox
from rt_widget.playback import PlaybackPosition
from rt_widget.response_gate import REQUEST_KEY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rt_widget.calls import Call
    from rt_widget.config import TurnDetection

SECOND = bytes(48_000)
SET_UP = events.SessionUpdated(events.ServerSession())
SPEECH = events.SpeechStarted("said")
SILENCE = events.SpeechStopped("said")


class Talk:
    """A dialogue that is set up."""

    def __init__(self, detection: TurnDetection | None = None) -> None:
        self.config = SessionConfig(turn_detection=detection or ServerVad())
        self.conversation = Conversation()
        self.told: list[updates.Update] = []
        self._outbox = Outbox()
        settings = LiveSettings(self.config, Capabilities("here", "here"))
        settings.first()
        self.to_run: list[Call] = []
        self.dialogue = Dialogue(
            settings,
            self.conversation,
            self._outbox,
            self.told.append,
            self.to_run.append,
        )
        self.hear(SET_UP)

    def hear(self, *news: events.ServerEvent, at: float = 0.0) -> list[updates.Update]:
        """What is told of events that come one after the other."""
        self.told.clear()
        for event in news:
            self.dialogue.take(event, at)
        return list(self.told)

    async def sent(self) -> list[events.AnyClientEvent]:
        """What is to be sent that was not asked for before."""
        end = events.InputAudioClear()
        self._outbox.put(end)
        sent = []
        while (event := await self._outbox.get()) is not end:
            sent.append(event)
        return sent

    def item(self, response_id: str) -> Item:
        """The item of an answer."""
        item = self.conversation.item(f"item_{response_id}")
        assert item is not None
        return item

    async def request(self) -> events.ResponseCreate:
        """The request among what is to be sent."""
        (request,) = (
            e for e in await self.sent() if isinstance(e, events.ResponseCreate)
        )
        return request


def created(
    response_id: str, request: events.ResponseCreate | None = None
) -> events.ResponseCreated:
    """A response begins."""
    metadata = {REQUEST_KEY: request.event_id} if request else {}
    return events.ResponseCreated(events.WireResponse(response_id, metadata=metadata))


def said(response_id: str, delta: str) -> events.TranscriptDelta:
    """Words of a response."""
    return events.TranscriptDelta(response_id, f"item_{response_id}", delta)


def sounded(response_id: str, pcm: bytes = SECOND) -> events.AudioDelta:
    """Sound of a response."""
    return events.AudioDelta(response_id, f"item_{response_id}", pcm)


def done(response_id: str, status: str = "completed") -> events.ResponseDone:
    """A response ends."""
    return events.ResponseDone(events.WireResponse(response_id, status))


def at(response_id: str, ms: int) -> PlaybackPosition:
    """Where the page stands in the answer's item."""
    return PlaybackPosition(f"item_{response_id}", 0, ms * 24)


def kinds(
    happened: Sequence[updates.Update] | Sequence[events.AnyClientEvent],
) -> list[str]:
    """What happened, by name."""
    return [type(each).__name__ for each in happened]


def states(told: list[updates.Update]) -> list[str]:
    """The words of the status that were told."""
    return [each.status for each in told if isinstance(each, updates.StatusChanged)]
