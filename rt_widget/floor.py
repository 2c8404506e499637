"""Who has the floor: the person, the assistant, or neither. A fold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget import events

if TYPE_CHECKING:
    from rt_widget.updates import Status


class Floor:
    """What a person sees of the turns that are taken, as one word."""

    def __init__(self) -> None:
        self.hears_speech = False
        self._awaits_answer = False

    def handed_over(self) -> None:
        """The person has asked for an answer."""
        self._awaits_answer = True

    def apply(self, event: events.ServerEvent, *, answers_unasked: bool) -> None:
        """Take in a server event.

        Args:
            event: What has come.
            answers_unasked: Whether the server answers a spoken turn by itself.
        """
        match event:
            case events.SpeechStarted():
                self.hears_speech = True
            case events.SpeechStopped() | events.InputCommitted():
                self.hears_speech = False
                self._awaits_answer = answers_unasked
            case events.InputTranscriptDone(transcript=words) if not words.strip():
                self._awaits_answer = False
            case events.ResponseCreated() | events.ResponseDone():
                self._awaits_answer = False
            case _:
                pass

    def status(self, *, is_speaking: bool, is_idle: bool) -> Status:
        """The word for it.

        Args:
            is_speaking: Whether an answer has begun to come.
            is_idle: Whether no answer is being given, asked for or waited for.
        """
        if self.hears_speech:
            return "listening"
        if is_speaking:
            return "speaking"
        if self._awaits_answer or not is_idle:
            return "thinking"
        return "ready"
