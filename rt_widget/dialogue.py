"""How a live session reacts, as a fold: no await, no socket, no clock.

It is fed with what the server says and with what the person does. What is to be sent
goes to an `Outbox`, what the watcher should know is told as `Update`s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget import events, updates
from rt_widget.answers import Answers
from rt_widget.config import PushToTalk
from rt_widget.errors import ConnectionLostError, NotConnectedError
from rt_widget.floor import Floor
from rt_widget.heard import Heard
from rt_widget.input_audio import InputAudio
from rt_widget.interruption import Interruption
from rt_widget.meters import Meters
from rt_widget.reactions import Reactions
from rt_widget.tool_calls import StartCall
from rt_widget.turn import Turn, turn_for
from rt_widget.turn_ending import TurnEnding
from rt_widget.verdicts import Expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rt_widget.calls import Call
    from rt_widget.config import SessionConfig
    from rt_widget.conversation import Conversation
    from rt_widget.errors import RealtimeWidgetError
    from rt_widget.interruption import Effect
    from rt_widget.live_settings import LiveSettings
    from rt_widget.outbox import Outbox
    from rt_widget.playback import PlaybackPosition
    from rt_widget.questions import Lines

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
        run: Called with each call of a tool that is to be run; what comes of it is
            told to `call_changed`, later.

    Each `at` is in seconds of one monotonic clock. `is_over` is set when the session
    begins to close: nothing may be asked from then on.
    """

    def __init__(
        self,
        settings: LiveSettings,
        conversation: Conversation,
        outbox: Outbox,
        tell: Callable[[updates.Update], None],
        run: Callable[[Call], None],
    ) -> None:
        self.status: updates.Status = "connecting"
        self.is_over = False
        self._settings = settings
        self._conversation = conversation
        self._outbox = outbox
        self._tell = tell
        self._run = run
        self._input = InputAudio(outbox)
        self._ending = TurnEnding(settings, self._input)
        self._answers = Answers(conversation)
        self._floor = Floor()
        self._meters = Meters()
        self._heard = Heard(conversation)
        self._reactions = Reactions(settings, conversation, self._input)
        self._interruption = Interruption(
            settings, self._answers, self._heard, conversation
        )

    def append_audio(
        self, pcm: bytes, *, is_live: bool = False, before: str = ""
    ) -> None:
        """More of the person's sound: mono PCM16 at 24 kHz.

        `is_live`: from a microphone, so the oldest may go when the server stalls.
        `before`: what the person has typed ahead of it, for the same turn.
        """
        if not is_live:
            self._do(self._ending.go_on(before))
        if pcm and self._input.append(pcm, is_live=is_live):
            self._tell(updates.Noticed(SOUND_LOST))
        if self._do(self._interruption.appended(self._input.appended_ms)):
            self._go_on()

    def end_turn(self, at: float, after: str = "") -> None:
        """The turn whose sound was appended is whole: it will be answered, once.

        Args:
            at: When it has ended.
            after: What the person has typed behind the sound, for the same turn.

        Raises:
            NotConnectedError: the session is over.
        """
        _check_running(is_over=self.is_over)
        self._do(self._ending.end(after), at)
        self._go_on()

    def end_audio(self, at: float) -> None:
        """The microphone is off: let the turn that is being spoken come to its end."""
        if self.is_over:
            return
        detection = self._settings.wanted.turn_detection
        if isinstance(detection, PushToTalk):
            self.end_turn(at)
        elif self._floor.hears_speech:
            self._input.fall_silent(detection)

    def ask(self, question: str | bytes | Lines | None, at: float) -> Turn:
        """Ask for an answer; it waits its turn when another one is being given.

        Args:
            question: Of text, or of sound as a whole; None for what was said last;
                `Lines` are to be said as they are.
            at: When the person has asked.

        Raises:
            NotConnectedError: the session is over.
        """
        _check_running(is_over=self.is_over)
        turn = turn_for(question)
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

    def call_changed(self, call: Call) -> bool:
        """A call of a tool goes on or has ended; what it has given is sent.

        Returns:
            Whether that counts; not when the call has ended before.
        """
        counts = self._do(self._answers.rounds.calls.change(call))
        self._go_on()
        return counts

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
        is_own = self._answers.gate.answered is None
        self._do(self._ending.apply(event, is_own=is_own), at)
        self._do(self._heard.caption(event))
        if changed:
            self._tell(updates.ItemsChanged(changed))
        unasked = is_turn and self._settings.answers_unasked
        self._floor.apply(event, answers_unasked=unasked)
        self._do(self._reactions.apply(event))
        self._go_on()

    def end(self, error: RealtimeWidgetError | None) -> None:
        """The session has ended; `error` says why when it was not meant to."""
        over = error or ConnectionLostError("The session was closed.")
        self._do(self._answers.end(over))
        changed = self._conversation.end()
        if changed:
            self._tell(updates.ItemsChanged(changed))
        self.status = "disconnected"
        self._tell(updates.StatusChanged("disconnected"))
        self._tell(updates.Closed(error))

    def _go_on(self) -> None:
        """Something has changed: do what is to be done now, and show it."""
        if self._answers.is_unwanted:
            self._do(self._interruption.give_up())
        # A setting made before a question holds for its answer.
        update = self._settings.due(between_turns=self._answers.gate.is_free)
        self._do([update] if update is not None else [])
        # An answer that may call tools goes on behind whatever is sent before its end.
        looks_ahead = not self._settings.wanted.tools
        self._do(self._answers.rounds.go_on())
        self._do(self._answers.due(looks_ahead=looks_ahead))
        status = self._floor.status(
            is_speaking=self._answers.is_speaking, is_idle=self._answers.is_idle
        )
        if status != self.status:
            self.status = status
            self._tell(updates.StatusChanged(status))

    def _do(
        self,
        effects: Iterable[Effect | updates.Update | events.AnyClientEvent | StartCall],
        at: float | None = None,
    ) -> bool:
        """Tell, send and ask what is to be; returns whether there was anything."""
        has_done = False
        for effect in effects:
            has_done = True
            match effect:
                case events.ClientEvent():
                    self._outbox.put(effect)
                case StartCall(call=call):
                    self._run(call)
                case Turn() | Expect():
                    if isinstance(effect, Turn):
                        self._answers.ask(effect)
                    if at is not None:
                        self._meters.turn_ended(at)
                    self._floor.handed_over()
                case _:
                    self._tell(effect)
        return has_done


def _check_running(*, is_over: bool) -> None:
    if is_over:
        msg = "The session is over."
        raise NotConnectedError(msg)
