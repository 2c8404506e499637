"""How a live session reacts, as a fold: no await, no socket, no clock.

It is fed with what the server says and with what the person does. What is to be sent
goes to an `Outbox`, what the watcher should know is told as `Update`s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget import events, updates
from rt_widget.answers import Answers, Turn, new_turn
from rt_widget.config import PushToTalk
from rt_widget.errors import ConnectionLostError, NotConnectedError
from rt_widget.faults import server_error, tells_of_lost_race
from rt_widget.floor import Floor
from rt_widget.input_audio import InputAudio
from rt_widget.meters import Meters
from rt_widget.playback import Playback, PlaybackPosition

if TYPE_CHECKING:
    from collections.abc import Callable

    from rt_widget.config import SessionConfig
    from rt_widget.conversation import Conversation
    from rt_widget.errors import RealtimeWidgetError
    from rt_widget.live_settings import LiveSettings
    from rt_widget.outbox import Outbox

SOUND_LOST = (
    "The server does not take sound as fast as it comes; the oldest of it is left out."
)


class Dialogue:
    """What is said and done in a session, by the person and by the server.

    Args:
        settings: Those that the session was set up with.
        conversation: What was said before; goes on.
        outbox: Gets what is to be sent.
        tell: Called with each `Update`; must not raise.

    Each `at` is in seconds of one monotonic clock. `is_over` is set when the session
    begins to close: nothing may be asked from then on.
    """

    def __init__(
        self,
        settings: LiveSettings,
        conversation: Conversation,
        outbox: Outbox,
        tell: Callable[[updates.Update], None],
    ) -> None:
        self.status: updates.Status = "connecting"
        self.is_over = False
        self._settings = settings
        self._conversation = conversation
        self._outbox = outbox
        self._tell = tell
        self._input = InputAudio(outbox)
        self._answers = Answers()
        self._floor = Floor()
        self._meters = Meters()
        self._playback = Playback()

    def append_audio(self, pcm: bytes, *, is_live: bool = False) -> None:
        """More of the person's sound: mono PCM16 at 24 kHz.

        `is_live`: from a microphone, so the oldest may go when the server stalls.
        """
        if pcm and self._input.append(pcm, is_live=is_live):
            self._tell(updates.Noticed(SOUND_LOST))

    def commit_audio(self, at: float) -> Turn | None:
        """End the turn by hand, and ask for an answer.

        Returns:
            The turn; None when too little was appended, or when the server ends turns
            by itself and will answer unasked.

        Raises:
            NotConnectedError: the session is over.
        """
        if _ends_by_hand(self._settings) and self._input.commit():
            return self.ask(None, at)
        return None

    def end_audio(self, at: float) -> None:
        """The microphone is off: let the turn that is being spoken come to its end."""
        if self.is_over:
            return
        if _ends_by_hand(self._settings):
            self.commit_audio(at)
        elif self._floor.hears_speech:
            self._input.fall_silent()

    def ask(self, question: str | bytes | None, at: float) -> Turn:
        """Ask for an answer; it waits its turn when another one is being given.

        Args:
            question: Of text, or of sound as a whole; None for what was said last.
            at: When the person has asked.

        Raises:
            NotConnectedError: the session is over.
        """
        if self.is_over:
            msg = "The session is over."
            raise NotConnectedError(msg)
        turn = new_turn(None if question is None else _item(question))
        self._answers.ask(turn)
        self._meters.turn_ended(at)
        self._floor.handed_over()
        self._go_on()
        return turn

    def withdraw(self, turn: Turn) -> None:
        """Nobody waits for this turn any more."""
        self._answers.withdraw(turn)
        self._go_on()

    def interrupt(self, position: PlaybackPosition | None = None) -> None:
        """Stop the answer that is being given or played.

        Args:
            position: Where the page stopped playing. Without one the page is told to
                stop, and reports its position then.
        """
        response_id = self._answers.gate.active_id
        for update in self._answers.stop():
            self._tell(update)
            self._outbox.put(events.ResponseCancel(response_id=response_id))
        if position is not None:
            self.cut(position)

    def cut(self, position: PlaybackPosition) -> None:
        """The page has stopped playing an answer at `position`."""
        cut = self._playback.cut(position)
        if cut is not None:
            self._outbox.put(cut)

    def played(self, position: PlaybackPosition) -> None:
        """The page has played an item to its end."""
        self._playback.ended(position)

    def update(self, config: SessionConfig) -> None:
        """Take new settings over, as far and as soon as the backend allows."""
        update, notices = self._settings.change(
            config, between_turns=self._answers.gate.is_free
        )
        for notice in notices:
            self._tell(updates.Noticed(notice))
        if update is not None:
            self._outbox.put(update)

    def take(self, event: events.ServerEvent, at: float) -> None:
        """Take in a server event that came `at`; one of a dead answer is left out."""
        if not self._answers.accepts(event):
            return
        if self._meters.apply(event, at):
            self._tell(updates.MetersChanged(self._meters.usage, self._meters.latency))
        self._playback.apply(event)
        changed = self._conversation.apply(event)
        for update in self._answers.apply(event, self._meters.latency):
            self._tell(update)
        if changed:
            self._tell(updates.ItemsChanged(changed))
        self._floor.apply(event, answers_unasked=_answers_unasked(self._settings))
        self._react(event)
        self._go_on()

    def end(self, error: RealtimeWidgetError | None) -> None:
        """The session has ended; `error` says why when it was not meant to."""
        self._answers.end(error or ConnectionLostError("The session was closed."))
        changed = self._conversation.end()
        if changed:
            self._tell(updates.ItemsChanged(changed))
        self.status = "disconnected"
        self._tell(updates.StatusChanged("disconnected"))
        self._tell(updates.Closed(error))

    def _react(self, event: events.ServerEvent) -> None:
        match event:
            case events.SpeechStarted() if _yields_to_speech(self._settings):
                # Sound of an answer that has ended on the wire may still be playing.
                for update in [*self._answers.kill()] or [updates.Interrupted("")]:
                    self._tell(update)
            case events.SpeechStopped() | events.InputCommitted():
                if not _ends_by_hand(self._settings):
                    self._input.taken()
            case events.AudioDelta():
                self._settings.has_spoken = True
            case events.SessionUpdated():
                self._settings.accepted()
            case events.ErrorReported(error=fault):
                self._report(fault)
            case _:
                pass

    def _report(self, fault: events.ServerFault) -> None:
        smaller = self._settings.refused(fault)
        if smaller is not None:
            self._outbox.put(smaller)
            self._tell(updates.Noticed(fault.message))
        elif not tells_of_lost_race(fault):
            self._tell(updates.Failed(server_error(fault)))

    def _go_on(self) -> None:
        """Something has changed: do what is to be done now, and show it."""
        if self._answers.is_unwanted:
            self.interrupt()
        # A setting made before a question holds for its answer.
        update = self._settings.due(between_turns=self._answers.gate.is_free)
        if update is not None:
            self._outbox.put(update)
        for event in self._answers.due():
            self._outbox.put(event)
        status = self._floor.status(
            is_speaking=self._answers.is_speaking, is_idle=self._answers.gate.is_idle
        )
        if status != self.status:
            self.status = status
            self._tell(updates.StatusChanged(status))


def _item(question: str | bytes) -> events.ItemCreate:
    item_id = events.new_id("item")
    if isinstance(question, str):
        return events.ItemCreate(item_id=item_id, text=question)
    return events.ItemCreate(item_id=item_id, audio=question)


def _ends_by_hand(settings: LiveSettings) -> bool:
    return isinstance(settings.wanted.turn_detection, PushToTalk)


def _answers_unasked(settings: LiveSettings) -> bool:
    detection = settings.wanted.turn_detection
    return not isinstance(detection, PushToTalk) and detection.create_response


def _yields_to_speech(settings: LiveSettings) -> bool:
    detection = settings.wanted.turn_detection
    return not isinstance(detection, PushToTalk) and detection.interrupt_response
