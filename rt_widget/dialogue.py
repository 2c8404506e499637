"""How a live session reacts, as a fold: no await, no socket, no clock.

It is fed with what the server says and with what the person does. What is to be sent
goes to an `Outbox`, what the watcher should know is told as `Update`s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget import events, updates
from rt_widget.answers import Answers, Turn, new_turn
from rt_widget.errors import ConnectionLostError, NotConnectedError
from rt_widget.faults import server_error, tells_of_lost_race
from rt_widget.floor import Floor
from rt_widget.heard import Heard
from rt_widget.input_audio import InputAudio
from rt_widget.interruption import Interruption
from rt_widget.meters import Meters
from rt_widget.self_talk import HINT, SelfTalk
from rt_widget.verdicts import Expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rt_widget.config import SessionConfig
    from rt_widget.conversation import Conversation
    from rt_widget.errors import RealtimeWidgetError
    from rt_widget.interruption import Effect
    from rt_widget.live_settings import LiveSettings
    from rt_widget.outbox import Outbox
    from rt_widget.playback import PlaybackPosition

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
        self._self_talk = SelfTalk()
        self._heard = Heard(conversation)
        self._interruption = Interruption(
            settings, self._answers, self._heard, conversation
        )

    def append_audio(self, pcm: bytes, *, is_live: bool = False) -> None:
        """More of the person's sound: mono PCM16 at 24 kHz.

        `is_live`: from a microphone, so the oldest may go when the server stalls.
        """
        if pcm and self._input.append(pcm, is_live=is_live):
            self._tell(updates.Noticed(SOUND_LOST))
        if self._do(self._interruption.appended(self._input.appended_ms)):
            self._go_on()

    def commit_audio(self, at: float) -> Turn | None:
        """End the turn by hand, and ask for an answer.

        Returns:
            The turn; None when too little was appended, or when the server ends turns
            by itself and will answer unasked.

        Raises:
            NotConnectedError: the session is over.
        """
        if self._settings.ends_by_hand and self._input.commit():
            return self.ask(None, at)
        return None

    def end_audio(self, at: float) -> None:
        """The microphone is off: let the turn that is being spoken come to its end."""
        if self.is_over:
            return
        if self._settings.ends_by_hand:
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

    def interrupt(
        self,
        positions: Sequence[PlaybackPosition] | None = None,
        response_id: str | None = None,
    ) -> None:
        """Stop the answer that is being given or played; safe to repeat.

        Args:
            positions: Where the page has fallen silent: first of the item that was
                heard, then of those that had not begun; empty when nothing was
                played. None tells the page to stop, and it reports by `cut`.
            response_id: The answer that was heard: another one, which may be active
                by now, is left alone. None for whatever is given or asked for.
        """
        self._do(self._interruption.stop(positions, response_id))
        self._go_on()

    def cut(self, positions: Sequence[PlaybackPosition]) -> None:
        """The page has fallen silent because it was told to.

        Args:
            positions: First of the item that was heard, then of those that had not
                begun; positions that came before change nothing.
        """
        self._do(self._heard.cut(positions))

    def played(self, position: PlaybackPosition, *, ended: bool) -> None:
        """The page has come so far.

        Args:
            position: Of the item that is being played.
            ended: Whether nothing more waits to be played.
        """
        self._do(self._heard.played(position, ended=ended))

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
        if not self._answers.drafts.accepts(event):
            self._do(self._interruption.late(event))
            return
        self._do(self._interruption.apply(event, self._input.appended_ms), at)
        is_turn = not self._interruption.is_false_alarm(event)
        if is_turn and self._meters.apply(event, at):
            self._tell(updates.MetersChanged(self._meters.usage, self._meters.latency))
        changed = self._conversation.apply(event)
        self._do(self._heard.apply(event))
        self._do(self._answers.apply(event, self._meters.latency))
        self._do(self._heard.caption(event))
        if changed:
            self._tell(updates.ItemsChanged(changed))
        unasked = is_turn and self._settings.answers_unasked
        self._floor.apply(event, answers_unasked=unasked)
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
            case events.SpeechStopped() | events.InputCommitted():
                if not self._settings.ends_by_hand:
                    self._input.taken()
            case events.AudioDelta():
                self._settings.has_spoken = True
            case events.SessionUpdated():
                self._settings.accepted()
            case events.ErrorReported(error=fault):
                self._do(_complaint(self._settings, fault))
            case _:
                pass
        if self._self_talk.apply(event):
            self._tell(updates.Noticed(HINT))

    def _go_on(self) -> None:
        """Something has changed: do what is to be done now, and show it."""
        if self._answers.is_unwanted:
            self._do(self._interruption.give_up())
        # A setting made before a question holds for its answer.
        update = self._settings.due(between_turns=self._answers.gate.is_free)
        self._do([update] if update is not None else [])
        self._do(self._answers.due())
        status = self._floor.status(
            is_speaking=self._answers.is_speaking, is_idle=self._answers.is_idle
        )
        if status != self.status:
            self.status = status
            self._tell(updates.StatusChanged(status))

    def _do(
        self,
        effects: Iterable[Effect | updates.Update | events.AnyClientEvent],
        at: float | None = None,
    ) -> bool:
        """Tell, send and ask what is to be; returns whether there was anything."""
        has_done = False
        for effect in effects:
            has_done = True
            match effect:
                case events.ClientEvent():
                    self._outbox.put(effect)
                case Turn() | Expect():
                    if isinstance(effect, Turn):
                        self._answers.ask(effect)
                    if at is not None:
                        self._meters.turn_ended(at)
                    self._floor.handed_over()
                case _:
                    self._tell(effect)
        return has_done


def _complaint(
    settings: LiveSettings, fault: events.ServerFault
) -> Iterator[updates.Noticed | updates.Failed | events.SessionUpdate]:
    """What follows from an error that the server reports."""
    smaller = settings.refused(fault)
    if smaller is not None:
        yield smaller
        yield updates.Noticed(fault.message)
    elif not tells_of_lost_race(fault):
        yield updates.Failed(server_error(fault))


def _item(question: str | bytes) -> events.ItemCreate:
    item_id = events.new_id("item")
    if isinstance(question, str):
        return events.ItemCreate(item_id=item_id, text=question)
    return events.ItemCreate(item_id=item_id, audio=question)
