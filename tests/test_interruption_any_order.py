"""Any order of speech, sound, deltas, reports, interruptions: each act happens once."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from typing import TYPE_CHECKING, Any, TypeVar, cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from rt_widget import events, updates
from rt_widget.alarms import WAY_MS
from rt_widget.config import ServerVad
from rt_widget.faults import BUSY
from rt_widget.playback import PlaybackPosition
from rt_widget.response_gate import REQUEST_KEY
from tests.dialogues import Talk

if TYPE_CHECKING:
    from collections.abc import Callable
    from unittest import TestCase

Result = TypeVar("Result")

PATIENCE_MS = 500 + 400 + WAY_MS
WORDS = st.sampled_from(["Stop it.", "", "(coughs)", "Yes"])


class Server:
    """Answers each turn and each request, one at a time, and never interrupts."""

    def __init__(self) -> None:
        self.arriving: deque[events.AnyClientEvent] = deque()
        self.leaving: deque[events.ServerEvent] = deque()
        self.active = ""
        self.speaking = ""
        self.unread: list[str] = []
        self.clock_ms = 0
        self.start_ms = 0
        self._count = 0

    def process(self) -> None:
        match self.arriving.popleft():
            case events.InputAudioAppend(audio=pcm):
                self.clock_ms += len(pcm) // 48
            case events.ResponseCreate(event_id=event_id, metadata=metadata):
                self._begin(event_id, dict(metadata))
            case events.ResponseCancel(response_id=response_id):
                if response_id == self.active:
                    self.finish("cancelled")
            case events.ItemTruncate(item_id=item_id, audio_end_ms=end_ms):
                self.leaving.append(events.ItemTruncated(item_id, 0, end_ms))
            case events.ItemDelete(item_id=item_id):
                self.leaving.append(events.ItemDeleted(item_id))
            case _:
                pass

    def start_speech(self) -> None:
        self.speaking, self.start_ms = self._name("said"), self.clock_ms
        start_ms = max(0, self.clock_ms - 300)
        self.leaving.append(events.SpeechStarted(self.speaking, start_ms))

    def stop_speech(self) -> None:
        said, self.speaking = self.speaking, ""
        self.leaving.append(events.SpeechStopped(said, self.clock_ms))
        self.leaving.append(events.InputCommitted(said))
        self.unread.append(said)
        self._begin("", {})

    def read(self, words: str) -> None:
        said = self.unread.pop(0)
        self.leaving.append(events.InputTranscriptDone(said, words))

    def speak(self, ms: int) -> None:
        where = (self.active, f"item_{self.active}")
        self.leaving.append(events.TranscriptDelta(*where, "la "))
        self.leaving.append(events.AudioDelta(*where, bytes(48 * ms)))

    def finish(self, status: str = "completed") -> None:
        response_id, self.active = self.active, ""
        if status == "completed":
            self.leaving.append(events.AudioDone(response_id, f"item_{response_id}"))
        done = events.ResponseDone(events.WireResponse(response_id, status))
        self.leaving.append(done)

    def _begin(self, event_id: str, metadata: dict[str, str]) -> None:
        if self.active:
            fault = events.ServerFault("Busy.", code=BUSY, event_id=event_id)
            self.leaving.append(events.ErrorReported(fault))
            return
        self.active = self._name("resp")
        response = events.WireResponse(self.active, metadata=metadata)
        self.leaving.append(events.ResponseCreated(response))
        item = events.WireItem(f"item_{self.active}", role="assistant")
        self.leaving.append(events.OutputItemAdded(self.active, item))

    def _name(self, kind: str) -> str:
        self._count += 1
        return f"{kind}_{self._count}"


class InterruptionMachine(RuleBasedStateMachine):
    """A person, a page and a server that know nothing of each other's timing."""

    false_alarm_ms = 500

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.server = Server()
        self.talk = self._run(self._begin)
        self.dialogue = self.talk.dialogue
        self.seen = 0
        self.acts: Counter[tuple[str, str]] = Counter()
        self.received_ms: Counter[str] = Counter()
        self.dead: set[str] = set()
        self.active: set[str] = set()
        self.requested: set[str] = set()
        self.held_ms: int | None = None
        self.may_interrupt = True
        # Of a server that has not sent metadata back nobody knows what it answers.
        self.person_asks()
        self.settle()

    @rule()
    def person_asks(self) -> None:
        self._run(lambda: self.dialogue.ask("Hello", at=0.0))

    @rule(pieces=st.integers(1, 25))
    def person_makes_sound(self, pieces: int) -> None:
        for _ in range(pieces):
            if self.held_ms is not None:
                self.held_ms += 100
            self._run(lambda: self.dialogue.append_audio(bytes(4_800), is_live=True))

    @rule()
    def person_stops_it(self) -> None:
        self._run(self.dialogue.interrupt)

    @precondition(lambda self: self.received_ms)
    @rule(data=st.data(), ended=st.booleans())
    def page_plays(self, data: st.DataObject, *, ended: bool) -> None:
        where = self._position(data)
        self._run(lambda: self.dialogue.played(where, ended=ended))

    @rule(data=st.data())
    def page_falls_silent(self, data: st.DataObject) -> None:
        count = data.draw(st.integers(0, 3)) if self.received_ms else 0
        where = [self._position(data) for _ in range(count)]
        names = sorted({name for _, name in self.acts} | self.active)
        response_id = data.draw(st.sampled_from([None, *names]))
        if data.draw(st.booleans()):
            self._run(lambda: self.dialogue.cut(where))
        else:
            self._run(lambda: self.dialogue.interrupt(where, response_id))

    @precondition(lambda self: self.server.arriving)
    @rule(count=st.integers(1, 8))
    def server_reads(self, count: int) -> None:
        for _ in range(min(count, len(self.server.arriving))):
            self.server.process()

    @rule()
    def server_hears(self) -> None:
        if self.server.speaking:
            self.server.stop_speech()
        else:
            self.server.start_speech()

    @precondition(lambda self: self.server.unread)
    @rule(words=WORDS)
    def server_recognises(self, words: str) -> None:
        self.server.read(words)

    @precondition(lambda self: self.server.active)
    @rule(ms=st.integers(1, 3_000))
    def server_answers(self, ms: int) -> None:
        self.server.speak(ms)

    @precondition(lambda self: self.server.active)
    @rule()
    def server_finishes(self) -> None:
        self.server.finish()

    @precondition(lambda self: self.server.leaving)
    @rule(count=st.integers(1, 8))
    def news_arrive(self, count: int) -> None:
        for _ in range(min(count, len(self.server.leaving))):
            self._deliver(self.server.leaving.popleft())

    @invariant()
    def each_act_happens_once(self) -> None:
        assert not [act for act, count in self.acts.items() if count > 1]

    @invariant()
    def what_is_held_is_decided(self) -> None:
        assert self.held_ms is None or self.held_ms <= PATIENCE_MS

    def settle(self) -> None:
        """All speech ends, all is read and answered, all news arrive."""
        if self.server.speaking:
            self.server.stop_speech()
        for _ in range(100):
            while self.server.arriving:
                self.server.process()
            while self.server.unread:
                self.server.read("")
            if not (self.server.active or self.server.leaving):
                return
            if self.server.active:
                self.server.finish()
            while self.server.leaving:
                self._deliver(self.server.leaving.popleft())
        msg = "There is no end to it."
        raise AssertionError(msg)

    def teardown(self) -> None:
        self.settle()
        assert self.dialogue.status == "ready"
        assert self.held_ms is None
        self.each_act_happens_once()
        self.loop.close()

    def _begin(self) -> Talk:
        return Talk(ServerVad(false_alarm_ms=self.false_alarm_ms))

    def _position(self, data: st.DataObject) -> PlaybackPosition:
        item_id = data.draw(st.sampled_from(sorted(self.received_ms)))
        return PlaybackPosition(item_id, 0, data.draw(st.integers(0, 200_000)))

    def _run(self, act: Callable[[], Result]) -> Result:
        """Do something on a loop, and look at what follows."""

        async def on_loop() -> Result:
            return act()

        result = self.loop.run_until_complete(on_loop())
        if hasattr(self, "talk"):
            self._look()
        return result

    def _deliver(self, event: events.ServerEvent) -> None:
        match event:
            case events.ResponseCreated(response=response):
                self.active.add(response.id)
                self.requested.discard(response.metadata.get(REQUEST_KEY, ""))
            case events.ResponseDone(response=response):
                self.active.discard(response.id)
            case events.AudioDelta(response_id=response_id, item_id=item_id):
                if response_id not in self.dead:
                    self.received_ms[item_id] += len(event.delta) // 48
            case events.ErrorReported(error=fault):
                self.requested.discard(fault.event_id)
            case events.SpeechStopped():
                # The page sees by the status that it was a false alarm.
                self.held_ms = None
            case _:
                pass
        self._run(lambda: self.dialogue.take(event, 0.0))

    def _look(self) -> None:
        told, self.talk.told[:] = list(self.talk.told), []
        for update in told:
            match update:
                case updates.Held():
                    self.held_ms = 0
                case updates.Interrupted(response_id=response_id):
                    self.held_ms = None
                    self.dead.add(response_id)
                case updates.TextReceived() | updates.AudioReceived():
                    assert update.response_id not in self.dead
                case updates.Failed():
                    raise AssertionError(update.error)
                case _:
                    pass
        for event in self.loop.run_until_complete(self.talk.sent()):
            self._check(event)
            self.server.arriving.append(event)

    def _check(self, event: events.AnyClientEvent) -> None:
        match event:
            case events.ResponseCancel(response_id=response_id):
                self.acts["cancel", response_id or ""] += 1
                self.dead.add(response_id or "")
            case events.ItemTruncate(item_id=item_id, audio_end_ms=end_ms):
                self.acts["cut", item_id] += 1
                assert 0 < end_ms <= self.received_ms[item_id]
            case events.ItemDelete(item_id=item_id):
                self.acts["cut", item_id] += 1
            case events.ResponseCreate(event_id=event_id):
                assert not self.active
                assert not self.requested
                self.requested.add(event_id)
            case _:
                pass


class AtOnceMachine(InterruptionMachine):
    """The server is to interrupt, says the setting: this one never does."""

    false_alarm_ms = 0


def examples_of(machine: type[InterruptionMachine]) -> type[TestCase]:
    case: Any = machine.TestCase
    case.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
    return cast("type[TestCase]", case)


TestInterruptions = examples_of(InterruptionMachine)
TestInterruptionsByTheServer = examples_of(AtOnceMachine)
