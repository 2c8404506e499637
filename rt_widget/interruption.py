"""How an answer ends before its end: by voice, by hand, or unheard. A fold.

The page, the server and the session may each decide the same interruption, in any
order; whatever is sent and told is so once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from rt_widget import events, verdicts
from rt_widget.alarms import Alarms, Scene
from rt_widget.answers import Turn, new_turn
from rt_widget.faults import BUSY
from rt_widget.grace import grace_of
from rt_widget.tool_calls import CallEffect
from rt_widget.updates import Held, Interrupted, ItemsChanged, Update

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rt_widget.answers import Answers
    from rt_widget.conversation import Conversation
    from rt_widget.grace import Grace
    from rt_widget.heard import Heard
    from rt_widget.live_settings import LiveSettings
    from rt_widget.playback import PlaybackPosition
    from rt_widget.verdicts import Verdict

Effect: TypeAlias = (
    Held
    | Interrupted
    | ItemsChanged
    | Update
    | CallEffect
    | events.ResponseCancel
    | events.ItemTruncate
    | events.ItemDelete
    | Turn
    | verdicts.Expect
)
"""What is to be told, sent, asked for, or waited for."""


class Interruption:
    """Decides what is silenced, and says what follows from it.

    Args:
        settings: Say whether speech interrupts, and how soon.
        answers: Those that are given.
        heard: What of them was heard.
        conversation: Forgets what came of an answer that nobody may hear.
    """

    def __init__(
        self,
        settings: LiveSettings,
        answers: Answers,
        heard: Heard,
        conversation: Conversation,
    ) -> None:
        self._settings = settings
        self._answers = answers
        self._heard = heard
        self._conversation = conversation
        self._alarms = Alarms()
        self._asked: Turn | None = None
        self._unheard: dict[str, list[str]] = {}

    def is_false_alarm(self, event: events.ServerEvent) -> bool:
        """Whether an event ends a sound that counts as no turn, unless words come."""
        match event:
            case events.SpeechStopped() | events.InputCommitted():
                return self._alarms.is_short(event.item_id)
            case _:
                return False

    def stop(
        self, positions: Sequence[PlaybackPosition] | None, response_id: str | None
    ) -> Iterator[Effect]:
        """Somebody wants silence; see `Dialogue.interrupt`."""
        answers = self._answers
        is_active = response_id == answers.gate.active_id
        if response_id is None or is_active or _gives(answers, response_id):
            if response_id is None or not is_active:
                answers.refuse_requested()
            yield from self._end_answer(is_told=positions is None)
        self._alarms.interrupted()
        if positions is not None:
            yield from self._heard.cut(positions)

    def give_up(self) -> Iterator[Effect]:
        """Nobody waits for the active answer any more."""
        if self._answers.living_id is not None or self._answers.rounds.is_paused:
            yield from self._end_answer(is_told=False)

    def appended(self, appended_ms: float) -> Iterator[Effect]:
        """More of the person's sound is on its way: so much in all."""
        grace = grace_of(self._settings.wanted.turn_detection)
        if grace is not None:
            for verdict in self._alarms.appended(grace, appended_ms):
                yield from self._enact(verdict)

    def apply(self, event: events.ServerEvent, appended_ms: float) -> Iterator[Effect]:
        """Take in a server event, before anybody else does."""
        is_own = self._is_own(event)
        for verdict in self._judge(event, appended_ms, is_own=is_own):
            yield from self._enact(verdict, event)
            is_own = is_own and not isinstance(verdict, verdicts.Dismiss)
        match event:
            case events.ResponseCreated() if is_own:
                self._take_back()
                yield from self._answers.rounds.stop()
            case events.ResponseDone(response=response):
                for item_id in self._unheard.pop(response.id, ()):
                    yield events.ItemDelete(item_id=item_id)
            case events.SpeechStarted() if self._settings.server_interrupts:
                yield from self._answers.rounds.stop()
                # Sound of an answer that has ended on the wire may still be playing.
                yield Interrupted(self._answers.kill() or "")
                self._heard.kill(None)
            case _:
                pass

    def late(self, event: events.ServerEvent) -> Iterator[Effect]:
        """Take in an event of an answer that is dead: its items were never heard."""
        match event:
            case events.OutputItemAdded(response_id=response_id, item=item) if (
                response_id == self._answers.gate.active_id
                and item.id not in self._unheard.get(response_id, ())
                and not self._answers.drafts.has_output(response_id, item.id)
            ):
                self._unheard.setdefault(response_id, []).append(item.id)
                if self._conversation.forget(item.id):
                    yield ItemsChanged((item.id,))
            case _:
                pass

    def _enact(
        self, verdict: Verdict, event: events.ServerEvent | None = None
    ) -> Iterator[Effect]:
        match verdict:
            case verdicts.Hold():
                yield Held()
            case verdicts.Interrupt():
                yield from self._end_answer(is_told=True)
            case verdicts.Respond():
                self._asked = new_turn()
                yield self._asked
            case verdicts.Expect():
                yield verdict
            case verdicts.Discard(item_id=item_id):
                yield events.ItemDelete(item_id=item_id)
            case verdicts.Dismiss() if isinstance(event, events.ResponseCreated):
                yield self._dismiss(event.response)
            case verdicts.FalseAlarm() | verdicts.Dismiss():
                pass

    def _end_answer(self, *, is_told: bool) -> Iterator[Effect]:
        """End the active answer, and what may be heard of one that the server ended.

        `is_told`: also where no answer is active, because the page may be playing.
        """
        yield from self._answers.rounds.stop()
        response_id = self._answers.kill()
        self._heard.kill(response_id if response_id and not is_told else None)
        if response_id is not None:
            yield Interrupted(response_id)
            yield events.ResponseCancel(response_id=response_id)
        elif is_told:
            yield Interrupted("")

    def _judge(
        self, event: events.ServerEvent, appended_ms: float, *, is_own: bool
    ) -> list[Verdict]:
        grace = grace_of(self._settings.wanted.turn_detection)
        if grace is None:
            self._alarms.forget()
            return []
        if isinstance(event, events.ErrorReported):
            return list(self._refused(event.error, grace))
        answers = self._answers
        is_under_way = answers.living_id is not None or answers.rounds.is_paused
        is_given = is_under_way or self._heard.is_audible
        is_active = self._answers.gate.active_id is not None
        scene = Scene(appended_ms, is_given, is_active, is_own)
        return list(self._alarms.apply(event, grace, scene))

    def _is_own(self, event: events.ServerEvent) -> bool:
        """Whether the server begins a new answer unasked."""
        if not isinstance(event, events.ResponseCreated):
            return False
        is_new = not self._answers.drafts.is_known(event.response.id)
        return is_new and self._answers.gate.asked_for(event.response) is None

    def _take_back(self) -> None:
        """The server answers by itself: nothing needs to be asked for."""
        asked, self._asked = self._asked, None
        if asked is not None:
            self._answers.withdraw(asked)

    def _dismiss(self, response: events.WireResponse) -> events.ResponseCancel:
        """A new answer is not to be heard at all, nor told of."""
        self._answers.gate.created(response)
        self._answers.drafts.close(response.id)
        return events.ResponseCancel(response_id=response.id)

    def _refused(self, fault: events.ServerFault, grace: Grace) -> Iterator[Verdict]:
        if fault.code != BUSY:
            return
        asked = self._asked
        if asked is not None and fault.event_id == asked.request.event_id:
            self._take_back()
        elif not fault.event_id:
            yield from self._alarms.refused(grace)


def _gives(answers: Answers, response_id: str) -> bool:
    """Whether a response is a part of the answer that is given or asked for."""
    active = answers.gate.active_id or ""
    is_given = answers.drafts.has_part(response_id, active)
    return is_given or answers.rounds.has_part(response_id)
