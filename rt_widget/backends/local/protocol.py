"""The server's side of the protocol as a fold: client events in, server events out.

No I/O and no clock: what takes time (listening, recognising, answering) goes out as
an action, and its result comes back through one of the methods.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rt_widget import events
from rt_widget.backends.local import edits
from rt_widget.backends.local.deciding import deciding_messages
from rt_widget.backends.local.engines.base import ChatMessage
from rt_widget.backends.local.items import Items, Message
from rt_widget.backends.local.listening import Listening, Turn
from rt_widget.backends.local.outcome import (
    NOTHING,
    Outcome,
    Prime,
    Recognise,
)
from rt_widget.backends.local.responses import Responses
from rt_widget.backends.local.turn_detection import Paused, Resumed, Started, Stopped
from rt_widget.backends.local.voices import at_hand
from rt_widget.config import PushToTalk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rt_widget.backends.local.ear import Heard
    from rt_widget.backends.local.response import Piece
    from rt_widget.backends.local.turn_detection import Signal
    from rt_widget.config import SessionConfig, ToolSpec

MOST_CALLS = 8
"""Calls of one turn after which it is answered in words."""

MODEL = "local"
"""The only model's name."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """All that an answer depends on.

    Args:
        messages: The conversation.
        temperature: Of the sampling.
        voice: Who speaks; `none` for text.
        speed: Of the voice, as a factor.
        tools: What may be called; none once the turn has had its calls.
        question: What the person has said last.
        verbatim: Words to say in place of an answer.
    """

    messages: tuple[ChatMessage, ...]
    temperature: float
    voice: str
    speed: float
    tools: tuple[ToolSpec, ...] = ()
    question: str = ""
    verbatim: str = ""

    @property
    def is_spoken(self) -> bool:
        """Whether the answer has sound."""
        return self.voice != "none"


class LocalProtocol:
    """One session.

    Args:
        config: What it starts with.
        voices: Names of the voices that can speak.
    """

    def __init__(self, config: SessionConfig, *, voices: Sequence[str]) -> None:
        self._config = config
        self._voices = voices
        self._id = events.new_id("sess")
        self._items = Items()
        self._listening = Listening(config.turn_detection)
        self._responses = Responses(self._items)

    def open(self) -> Outcome:
        """The first event, and what can be prepared before the first turn."""
        session = _session(self._id, self._config, self._voices)
        prime = _ahead(self._config, self._items, "")
        return Outcome((events.SessionCreated(session),), (prime,))

    def receive(self, event: events.AnyClientEvent) -> Outcome:
        """Take in a client event."""
        match event:
            case events.SessionUpdate():
                outcome = self._update(event)
            case events.InputAudioAppend():
                outcome = self._listening.append(event)
            case events.InputAudioCommit():
                outcome, turn = self._listening.commit(event)
                outcome += self._take(turn) if turn else NOTHING
            case events.InputAudioClear():
                outcome = self._listening.clear()
            case events.ResponseCreate():
                spoken = not self._config.text_only
                outcome = self._responses.create(event, spoken=spoken)
            case events.ResponseCancel():
                outcome = self._responses.cancel(event)
            case events.ItemCreate() | events.FunctionOutput():
                outcome = edits.create(self._items, event)
            case events.ItemTruncate():
                outcome = edits.truncate(self._items, event) + self._prime("")
            case events.ItemDelete():
                outcome = edits.delete(self._items, event) + self._prime("")
        return outcome

    def hear(self, heard: Heard) -> Outcome:
        """Sound was listened to."""
        outcome = NOTHING
        for signal in self._listening.hear(heard):
            outcome += self._turn(signal)
        return outcome + self._listening.glimpse()

    def read(self, item_id: str, reading: str) -> Outcome:
        """Words of a turn that is not over yet."""
        if item_id != self._listening.item_id:
            return NOTHING
        delta = self._listening.live.update(reading)
        told = (events.InputTranscriptDelta(item_id, delta),) if delta else ()
        return Outcome(told) + self._prime(reading.rpartition(" ")[0])

    def paused(self, item_id: str, words: str | events.ServerFault) -> Outcome:
        """The words up to a pause, or why there are none: they may end the turn."""
        if item_id != self._listening.item_id:
            return NOTHING
        stopped = self._listening.judge(words if isinstance(words, str) else "")
        return self._turn(stopped) if stopped else NOTHING

    def recognised(self, item_id: str, words: str | events.ServerFault) -> Outcome:
        """All words of an item, or why there are none."""
        message = self._items.get(item_id)
        if message is None:
            return NOTHING
        if isinstance(words, events.ServerFault):
            return Outcome((events.InputTranscriptFailed(item_id, words),))
        message.text = words
        return Outcome((events.InputTranscriptDone(item_id, words),))

    def begin(self, item_id: str) -> Outcome:
        """The words of a turn are known: its answer begins, unless there are none."""
        return self._responses.begin(item_id, spoken=not self._config.text_only)

    def progress(self, piece: Piece) -> Outcome:
        """A piece of the answer has been made."""
        return self._responses.progress(piece)

    def prompt(self, coming: str = "", verbatim: str = "") -> Prompt | None:
        """What the next answer depends on; `coming` words are taken as said.

        None when there is nothing to answer: the person's last message has no words.
        """
        last = self._items.last
        is_message = isinstance(last, Message) and last.role == "user"
        question = coming.strip() or self._items.question
        if is_message and not question and not verbatim:
            return None
        config = self._config
        may_call = self._items.calls_of_turn < MOST_CALLS or bool(coming)
        return Prompt(
            messages=self._items.chat(config.system, coming),
            temperature=config.temperature,
            voice=at_hand(config.voice, self._voices),
            speed=config.speed,
            tools=config.tools if may_call else (),
            question=question,
            verbatim=verbatim,
        )

    @property
    def may_speculate(self) -> bool:
        """Whether the end of the turn that is going on would be answered."""
        detection = self._config.turn_detection
        answers = not isinstance(detection, PushToTalk) and detection.create_response
        whole = not self._listening.expects_more
        return answers and whole and self._responses.is_idle

    def _turn(self, signal: Signal) -> Outcome:
        match signal:
            case Started():
                outcome = self._listening.begin(signal)
                detection = self._config.turn_detection
                if isinstance(detection, PushToTalk) or detection.server_interrupts:
                    outcome += self._responses.interrupt()
                return outcome + self._prime("")
            case Paused() | Resumed():
                return self._listening.pause(signal)
            case Stopped():
                outcome, turn = self._listening.end(signal)
                outcome += self._take(turn)
                detection = self._config.turn_detection
                if isinstance(detection, PushToTalk) or not detection.create_response:
                    return outcome
                return outcome + self._responses.await_words(turn.item_id)

    def _take(self, turn: Turn) -> Outcome:
        """What was said becomes an item."""
        previous = self._items.last_id
        message = Message(turn.item_id, "user", is_audio=True)
        committed = events.InputCommitted(turn.item_id, previous)
        told = (committed, *self._items.add(message))
        return Outcome(told, (Recognise(turn.item_id, turn.samples),))

    def _update(self, event: events.SessionUpdate) -> Outcome:
        before = self._config
        wanted = {name: getattr(event.config, name) for name in event.changed}
        self._config = replace(before, **wanted)
        outcome = self._listening.configure(self._config.turn_detection)
        session = _session(self._id, self._config, self._voices)
        outcome += Outcome((events.SessionUpdated(session),))
        config = self._config
        if (config.system, config.tools) != (before.system, before.tools):
            outcome += Outcome(actions=(_ahead(config, self._items, ""),))
        return outcome

    def _prime(self, coming: str) -> Outcome:
        """Have the turn that is going on read ahead, up to its first uncertain word."""
        if not (self._listening.item_id and self.may_speculate):
            return NOTHING
        prime = _ahead(self._config, self._items, coming, as_turn=True)
        return Outcome(actions=(prime,))


def _ahead(
    config: SessionConfig, items: Items, coming: str, *, as_turn: bool = False
) -> Prime:
    """What a model may read of the next prompt, whose question has begun."""
    if config.tools:
        return Prime(deciding_messages(config.tools, coming))
    turn = (ChatMessage("user", coming),) if as_turn else ()
    return Prime((*items.chat(config.system), *turn))


def _session(
    session_id: str, config: SessionConfig, voices: Sequence[str]
) -> events.ServerSession:
    return events.ServerSession(session_id, MODEL, at_hand(config.voice, voices))
