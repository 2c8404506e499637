"""How a turn that is sent from Python ends, and who asks for its answer. A fold.

With push to talk the turn is committed here and its answer asked for. Where the server
listens, it gets the silence that ends a turn: it then answers by itself, or, when it
does not answer, is asked once it has made an item of the sound.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias

from rt_widget import events
from rt_widget.answers import Turn, new_turn
from rt_widget.config import PushToTalk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget.input_audio import InputAudio
    from rt_widget.live_settings import LiveSettings

Step: TypeAlias = events.ItemCreate | Turn
"""What is to be sent, or asked for."""


class TurnEnding:
    """The turn that is being sent, and those whose sound the server has yet to take.

    Args:
        settings: Say who ends a turn and who answers it.
        sound: The person's, on its way to the server.
    """

    def __init__(self, settings: LiveSettings, sound: InputAudio) -> None:
        self._settings = settings
        self._sound = sound
        self._start_ms: float | None = None
        self._has_words = False
        self._unanswered: deque[float] = deque()
        self._late: str | None = None
        self._is_too_late = False
        self._hears_speech = False
        self._stopped_ms = 0
        self._committed_ms = 0

    def go_on(self, before: str) -> Iterator[Step]:
        """More sound of the turn comes, after this text, if any."""
        if self._start_ms is None:
            self._start_ms = self._sound.appended_ms
        if before:
            self._has_words = True
            yield _item(before)

    def end(self, after: str) -> Iterator[Step]:
        """The turn is whole, with this text behind its sound, if any."""
        start_ms, self._start_ms = self._start_ms, None
        has_words, self._has_words = self._has_words or bool(after), False
        detection = self._settings.wanted.turn_detection
        if isinstance(detection, PushToTalk):
            self._unanswered.clear()
            has_sound = self._sound.commit()
            yield from [_item(after)] if after else []
            yield from [new_turn()] if has_sound or has_words else []
            return
        is_taken = not self._hears_speech and self._committed_ms > (start_ms or 0)
        if self._settings.answers_unasked:
            yield from self._add(after, is_taken=is_taken)
        else:
            yield from [_item(after)] if after else []
            yield from [new_turn()] if is_taken else []
        self._sound.fall_silent(detection)
        if not is_taken and not self._settings.answers_unasked:
            self._unanswered.append(self._sound.appended_ms)

    def apply(self, event: events.ServerEvent, *, is_own: bool) -> Iterator[Turn]:
        """Take in a server event.

        Args:
            event: What has come.
            is_own: Of a new answer: whether the server has begun it unasked.
        """
        match event:
            case events.SpeechStarted(audio_start_ms=start_ms):
                self._hears_speech = True
                while self._unanswered and self._unanswered[0] <= start_ms:
                    # The server has heard no speech in that turn.
                    self._unanswered.popleft()
            case events.SpeechStopped(audio_end_ms=end_ms):
                self._hears_speech, self._stopped_ms = False, end_ms
            case events.InputCommitted():
                self._hears_speech, self._committed_ms = False, self._stopped_ms
                if self._unanswered:
                    self._unanswered.popleft()
                    yield new_turn()
            case events.ResponseCreated() if is_own and self._late is not None:
                self._is_too_late = True
            case events.ItemAdded(item=item) if item.id == self._late:
                self._late = None
                if self._is_too_late:
                    yield new_turn()
            case _:
                pass

    def _add(self, after: str, *, is_taken: bool) -> Iterator[Step]:
        """Text behind sound that the server answers by itself."""
        if not after:
            return
        if is_taken:
            yield new_turn(_item(after))
            return
        item = _item(after)
        self._late, self._is_too_late = item.item_id, False
        yield item


def _item(text: str) -> events.ItemCreate:
    return events.ItemCreate(item_id=events.new_id("item"), text=text)
