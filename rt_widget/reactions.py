"""What else follows from what a server says: for settings, sound, words. A fold."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from rt_widget import events
from rt_widget.faults import server_error, tells_of_lost_race
from rt_widget.self_talk import HINT, SelfTalk
from rt_widget.updates import Failed, Noticed, WordsRecognised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget.conversation import Conversation
    from rt_widget.input_audio import InputAudio
    from rt_widget.live_settings import LiveSettings

Reaction: TypeAlias = WordsRecognised | Noticed | Failed | events.SessionUpdate
"""What is to be told or sent."""


class Reactions:
    """Takes in each event once all others have.

    Args:
        settings: Learn what the server has taken and refused.
        conversation: Knows the person's words so far.
        sound: The person's, on its way to the server.
    """

    def __init__(
        self, settings: LiveSettings, conversation: Conversation, sound: InputAudio
    ) -> None:
        self._settings = settings
        self._conversation = conversation
        self._sound = sound
        self._self_talk = SelfTalk()

    def apply(self, event: events.ServerEvent) -> Iterator[Reaction]:
        """Take in a server event."""
        match event:
            case events.SpeechStopped() | events.InputCommitted():
                if not self._settings.ends_by_hand:
                    self._sound.taken()
            case events.AudioDelta():
                self._settings.has_spoken = True
            case events.SessionUpdated():
                self._settings.accepted()
            case events.InputTranscriptDelta() | events.InputTranscriptDone():
                yield from self._words(event)
            case events.ErrorReported(error=fault):
                yield from self._complaint(fault)
            case _:
                pass
        if self._self_talk.apply(event):
            yield Noticed(HINT)

    def _words(
        self, event: events.InputTranscriptDelta | events.InputTranscriptDone
    ) -> Iterator[WordsRecognised]:
        """What the person has said so far; nothing of an item that is gone."""
        item = self._conversation.item(event.item_id)
        if item is not None and item.text:
            is_final = isinstance(event, events.InputTranscriptDone)
            yield WordsRecognised(item.id, item.text, is_final)

    def _complaint(self, fault: events.ServerFault) -> Iterator[Reaction]:
        """What follows from an error that the server reports."""
        smaller = self._settings.refused(fault)
        if smaller is not None:
            yield smaller
            yield Noticed(fault.message)
        elif not tells_of_lost_race(fault):
            yield Failed(server_error(fault))
