"""The server's side of the protocol as a fold: requests in, server events out.

No I/O and no clock: what takes time (listening, recognising, answering) goes out as
an action, and its result comes back through one of the methods.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.backends.local.conversation import edits
from rt_widget.backends.local.conversation.items import taken
from rt_widget.backends.local.hearing.idle_timeout import Silence
from rt_widget.backends.local.hearing.turn_detection import (
    Paused,
    Resumed,
    Started,
    Stopped,
)
from rt_widget.backends.local.protocol.outcome import NOTHING, Outcome
from rt_widget.backends.local.protocol.prompt import Prompt, ahead, prompt_of
from rt_widget.backends.local.protocol.state import State
from rt_widget.backends.local.protocol.told import session, sound
from rt_widget.backends.local.requests import values
from rt_widget.config import PushToTalk
from rt_widget.events import ServerFault

if TYPE_CHECKING:
    from rt_widget.backends.local.hearing.ear import Heard
    from rt_widget.backends.local.hearing.turn_detection import Signal
    from rt_widget.backends.local.protocol.pieces import Piece
    from rt_widget.backends.local.settings import Settings


class LocalProtocol:
    """One session.

    Args:
        settings: What it starts with.
    """

    def __init__(self, settings: Settings) -> None:
        self._state = State(settings)

    def open(self) -> Outcome:
        """The first event, and what can be prepared before the first turn."""
        state = self._state
        prime = ahead(state.settings, state.items)
        return Outcome((session.created(state.settings.wire),), (prime,))

    def receive(self, request: values.Request) -> Outcome:
        """Take in what the client asks for; a refusal changes nothing."""
        responses = self._state.responses
        before = responses.active
        try:
            outcome = self._serve(request)
        except values.RequestError as error:
            return Outcome((error.event(request.event_id),))
        if responses.active is not None and responses.active is not before:
            self._state.listening.idle.stop()
        elif before is not None and responses.active is None:
            # What was said before is dropped by the client that cancelled.
            outcome += self._state.listening.idle.answered(0.0)
        return outcome

    def hear(self, heard: Heard) -> Outcome:
        """Sound was listened to."""
        outcome = NOTHING
        for signal in self._state.listening.hear(heard):
            outcome += self._turn(signal)
        return outcome + self._state.listening.look()

    def read(self, item_id: str, reading: str) -> Outcome:
        """Words of a turn that is not over yet."""
        state = self._state
        if item_id != state.listening.item_id:
            return NOTHING
        delta = state.listening.live.update(reading)
        is_told = delta and state.settings.transcription is not None
        told = (sound.transcript_delta(item_id, delta),) if is_told else ()
        return Outcome(told) + state.prime(reading)

    def paused(self, item_id: str, words: str | ServerFault) -> Outcome:
        """The words up to a pause, or why there are none: they may end the turn."""
        listening = self._state.listening
        if item_id != listening.item_id or not listening.paused:
            return NOTHING
        stopped = listening.judge(words if isinstance(words, str) else "")
        return self._turn(stopped) if stopped else NOTHING

    def recognised(
        self, item_id: str, words: str | ServerFault, content_index: int = 0
    ) -> Outcome:
        """All words of a part of an item, or why there are none."""
        state = self._state
        message = state.items.get(item_id)
        is_own = message is not None
        # It may be one that only a response was given.
        message = message or state.responses.heard(item_id)
        part = message.sound_at(content_index) if message else None
        if part is None:
            return NOTHING
        is_told = is_own and state.settings.transcription is not None
        if isinstance(words, ServerFault):
            failed = sound.transcript_failed(item_id, words, content_index)
            return Outcome((failed if is_told else sound.misheard(words),))
        part.text = words
        if not is_told:
            return NOTHING
        part.transcript = words
        seconds = part.audio_ms / 1000
        done = sound.transcript_completed(item_id, words, seconds, content_index)
        return Outcome((done,))

    def begin(self, response_id: str) -> Outcome:
        """The words of a turn are known: its answer begins, unless there are none."""
        state = self._state
        outcome = state.responses.begin(response_id, state.settings)
        if outcome.events:
            state.listening.idle.stop()
        elif state.responses.is_idle:
            # It was a noise: whoever is waited for has still said nothing.
            outcome += state.listening.idle.answered(0.0)
        return outcome

    def progress(self, response_id: str, piece: Piece) -> Outcome:
        """A piece of an answer has been made."""
        state = self._state
        active = state.responses.active
        outcome = state.responses.progress(response_id, piece)
        ended = active if state.responses.active is None else None
        if ended is not None and not ended.has_called:
            outcome += state.listening.idle.answered(ended.said_ms)
        return outcome

    def woke(self) -> Outcome:
        """The time of a `Wake` is over: nobody may have spoken for too long."""
        state = self._state
        silence = state.listening.idle.woke()
        if not isinstance(silence, Silence):
            return silence
        outcome, turn = state.listening.end(silence)
        outcome += edits.take(state.items, turn)
        return outcome + state.responses.await_words(turn.item_id, even_silence=True)

    def prompt(self, coming: str = "") -> Prompt | None:
        """What the next answer depends on; `coming` words are taken as said.

        None when there is nothing to answer: the person's last message has no words.
        """
        return prompt_of(self._state.settings, self._state.items, coming=coming)

    def supposed(self, words: str) -> Prompt | None:
        """What an answer depends on, if these are all words of the turn that goes on.

        None where they will not be, or where it will not be answered.
        """
        may_end = self._state.listening.may_end(words) and self.may_speculate
        return self.prompt(words) if may_end else None

    def prompt_for(self, response_id: str) -> Prompt | None:
        """What a response depends on; None when there is nothing to answer."""
        response = self._state.responses.get(response_id)
        return response.task.prompt if response else None

    @property
    def may_speculate(self) -> bool:
        """Whether the end of the turn that is going on would be answered."""
        return self._state.may_speculate

    def _serve(self, request: values.Request) -> Outcome:
        state = self._state
        match request:
            case values.UpdateSession():
                outcome = self._update(request)
            case values.AppendAudio():
                outcome = state.listening.append(request, state.settings.input_format)
            case values.CommitAudio():
                outcome, turn = state.listening.commit()
                outcome += edits.take(state.items, turn)
            case values.ClearAudio():
                outcome = state.listening.clear()
            case values.CreateResponse():
                outcome = state.responses.create(request, state.settings)
            case values.CancelResponse():
                outcome = state.responses.cancel(request)
            case _:
                outcome = self._edit(request)
        return outcome

    def _edit(
        self,
        request: values.InsertItem
        | values.RetrieveItem
        | values.DeleteItem
        | values.TruncateItem,
    ) -> Outcome:
        state = self._state
        match request:
            case values.InsertItem(item=new):
                if new.id == state.listening.item_id:
                    # It was told already that the coming turn will have this id.
                    raise taken(new.id)
                return edits.insert(state.items, request, state.settings.input_format)
            case values.RetrieveItem():
                audio_format = state.settings.input_format
                return edits.retrieve(state.items, request, audio_format)
            case values.DeleteItem():
                return edits.delete(state.items, request) + state.prime()
            case values.TruncateItem():
                return edits.truncate(state.items, request) + state.prime()

    def _turn(self, signal: Signal) -> Outcome:
        state = self._state
        detection = state.settings.turn_detection
        match signal:
            case Started():
                outcome = state.listening.begin(signal)
                if isinstance(detection, PushToTalk) or detection.server_interrupts:
                    outcome += state.responses.interrupt()
                return outcome + state.prime()
            case Paused() | Resumed():
                return state.listening.pause(signal)
            case Stopped():
                outcome, turn = state.listening.end(signal)
                outcome += edits.take(state.items, turn)
                if not state.answers_turns:
                    return outcome
                return outcome + state.responses.await_words(turn.item_id)

    def _update(self, request: values.UpdateSession) -> Outcome:
        state = self._state
        before, state.settings = state.settings, state.settings.updated(request.patch)
        settings = state.settings
        outcome = state.listening.configure(
            settings.turn_detection, settings.idle_timeout_ms
        )
        outcome += Outcome((session.updated(settings.wire),))
        read_before = ahead(before, state.items)
        prime = ahead(settings, state.items)
        return outcome if prime == read_before else outcome + Outcome(actions=(prime,))
