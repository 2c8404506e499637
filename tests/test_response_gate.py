from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from rt_widget import events
from rt_widget.response_gate import REQUEST_KEY, Refused, ResponseGate

if TYPE_CHECKING:
    from unittest import TestCase

BUSY = "conversation_already_has_active_response"


def ask(gate: ResponseGate, name: str) -> events.ResponseCreate:
    event = events.ResponseCreate(event_id=name, metadata={REQUEST_KEY: name})
    gate.request(event)
    return event


def created(response_id: str, request: str = "") -> events.WireResponse:
    return events.WireResponse(
        response_id, metadata={REQUEST_KEY: request} if request else {}
    )


def busy(request: str) -> events.ServerFault:
    return events.ServerFault("busy", code=BUSY, event_id=request)


def test_a_request_is_sent_once_and_answered() -> None:
    gate = ResponseGate()
    one = ask(gate, "one")

    assert gate.due() is one
    assert gate.due() is None
    assert gate.created(created("resp", "one")) is one
    assert gate.active_id == "resp"
    gate.done(created("resp"))
    assert gate.is_idle


def test_the_second_waits_for_the_end_of_the_first() -> None:
    gate = ResponseGate()
    ask(gate, "one")
    two = ask(gate, "two")
    gate.due()
    gate.created(created("resp", "one"))

    assert gate.due() is None
    gate.done(created("resp"))
    assert gate.due() is two


def test_the_servers_own_answer_is_not_taken_for_one_that_was_asked_for() -> None:
    gate = gate_that_has_seen_an_echo()
    one = ask(gate, "one")
    gate.due()

    assert gate.created(created("own")) is None
    assert gate.refused(busy("one")) is None
    assert gate.due() is None
    gate.done(created("own"))
    assert gate.due() is one


def test_asking_what_a_response_answers_changes_nothing() -> None:
    gate = gate_that_has_seen_an_echo()
    one = ask(gate, "one")
    gate.due()

    assert gate.asked_for(created("own")) is None
    assert gate.asked_for(created("resp", "one")) is one
    assert gate.requested is one


def test_a_server_that_sends_nothing_back_answers_what_was_asked() -> None:
    gate = ResponseGate()
    one = ask(gate, "one")
    gate.due()

    assert gate.asked_for(created("resp")) is one
    assert gate.created(created("resp")) is one


def test_a_refusal_may_come_before_the_answer_that_caused_it() -> None:
    gate = gate_that_has_seen_an_echo()
    one = ask(gate, "one")
    gate.due()

    assert gate.refused(busy("one")) is None
    assert gate.due() is None
    assert gate.created(created("own")) is None
    gate.done(created("own"))
    assert gate.due() is one


def test_a_server_that_sends_no_metadata_back_is_believed_until_it_refuses() -> None:
    gate = ResponseGate()
    one = ask(gate, "one")
    gate.due()

    assert gate.created(created("own")) is one
    assert gate.refused(busy("one")) is None
    gate.done(created("own"))
    assert gate.due() is one


def test_an_answer_of_another_name_ends_nothing() -> None:
    gate = ResponseGate()
    ask(gate, "one")
    gate.due()
    gate.created(created("resp", "one"))
    gate.done(created("out_of_band"))

    assert gate.active_id == "resp"
    assert gate.due() is None


def test_a_request_that_is_refused_for_good_frees_the_gate() -> None:
    gate = ResponseGate()
    one = ask(gate, "one")
    two = ask(gate, "two")
    gate.due()
    fault = events.ServerFault("no", code="invalid_value", event_id="one")

    assert gate.refused(fault) == Refused(one, fault)
    assert gate.due() is two


def test_faults_of_other_events_are_no_refusals() -> None:
    gate = ResponseGate()
    ask(gate, "one")
    gate.due()

    assert gate.refused(busy("")) is None
    assert gate.refused(busy("another")) is None
    assert gate.requested is not None


def test_only_what_was_not_sent_can_be_withdrawn() -> None:
    gate = ResponseGate()
    one, two = ask(gate, "one"), ask(gate, "two")
    gate.due()

    assert not gate.withdraw(one)
    assert gate.withdraw(two)
    gate.created(created("resp", "one"))
    gate.done(created("resp"))
    assert gate.is_idle


def test_between_turns_means_neither_active_nor_asked() -> None:
    gate = ResponseGate()
    free = []
    for step in (
        lambda: None,
        lambda: ask(gate, "one"),
        gate.due,
        lambda: gate.created(created("resp", "one")),
        lambda: gate.done(created("resp")),
    ):
        step()
        free.append(gate.is_free)

    assert free == [True, True, False, False, True]


def gate_that_has_seen_an_echo() -> ResponseGate:
    gate = ResponseGate()
    ask(gate, "earlier")
    gate.due()
    gate.created(created("resp_earlier", "earlier"))
    gate.done(created("resp_earlier"))
    return gate


News = tuple[str, str, str]


@dataclass
class Server:
    """What the service does with requests, and in which order it says so."""

    echoes: bool
    arriving: deque[str] = field(default_factory=deque)
    leaving: deque[News] = field(default_factory=deque)
    active: str | None = None
    unannounced: str | None = None
    taken: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _names: count[int] = field(default_factory=count)

    def process(self) -> None:
        request = self.arriving.popleft()
        if self.active is not None:
            self.leaving.append(("busy", "", request))
            return
        self.active = f"resp_{next(self._names)}"
        self.taken.append(request)
        self.leaving.append(("created", self.active, request))

    def refuse(self) -> None:
        request = self.arriving.popleft()
        self.refused.append(request)
        self.leaving.append(("invalid", "", request))

    def hear_a_turn(self) -> None:
        self.active = self.unannounced = f"own_{next(self._names)}"

    def announce(self) -> None:
        if self.unannounced is not None:
            self.leaving.append(("created", self.unannounced, ""))
            self.unannounced = None

    def finish(self) -> None:
        self.announce()
        self.leaving.append(("done", self.active or "", ""))
        self.active = None


class GateMachine(RuleBasedStateMachine):
    """Any order of what people ask, what the server does, and what arrives."""

    echoes = True
    is_known_to_echo = True

    def __init__(self) -> None:
        super().__init__()
        known = self.is_known_to_echo
        self.gate = gate_that_has_seen_an_echo() if known else ResponseGate()
        self.server = Server(self.echoes)
        self.asked: list[events.ResponseCreate] = []
        self.withdrawn: list[str] = []
        self.outstanding: set[str] = set()

    @rule()
    def a_person_asks(self) -> None:
        self.asked.append(ask(self.gate, f"ask_{len(self.asked)}"))
        self._send_due()

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def a_person_gives_up(self, data: st.DataObject) -> None:
        request = data.draw(st.sampled_from(self.asked))
        if self.gate.withdraw(request):
            self.withdrawn.append(request.event_id)

    @precondition(lambda self: self.server.arriving)
    @rule()
    def the_server_takes_a_request(self) -> None:
        self.server.process()

    @precondition(lambda self: self.server.arriving)
    @rule()
    def the_server_refuses_a_request(self) -> None:
        self.server.refuse()

    @precondition(lambda self: self.server.active is None)
    @rule()
    def the_server_hears_a_turn(self) -> None:
        self.server.hear_a_turn()

    @rule()
    def the_server_announces_its_answer(self) -> None:
        self.server.announce()

    @precondition(lambda self: self.server.active and self.server_keeps_up)
    @rule()
    def the_server_finishes(self) -> None:
        self.server.finish()

    @precondition(lambda self: self.server.leaving)
    @rule()
    def news_arrives(self) -> None:
        match self.server.leaving.popleft():
            case ("created", response_id, request):
                self.outstanding.discard(request)
                echo = request if self.server.echoes else ""
                answered = self.gate.created(created(response_id, echo))
                if self.is_known_to_echo:
                    assert (answered.event_id if answered else "") == request
            case ("done", response_id, _):
                self.gate.done(created(response_id))
            case ("busy", _, request):
                self.outstanding.discard(request)
                assert self.gate.refused(busy(request)) is None
            case (code, _, request):
                self.outstanding.discard(request)
                fault = events.ServerFault("no", code=code, event_id=request)
                refused = self.gate.refused(fault)
                assert refused is None or refused.request.event_id == request
        self._send_due()

    @property
    def server_keeps_up(self) -> bool:
        """Whether the server may finish: answers take longer than the way."""
        server = self.server
        on_the_way = server.arriving or server.leaving or server.unannounced
        return self.is_known_to_echo or not on_the_way

    @invariant()
    def no_two_requests_are_outstanding(self) -> None:
        assert len(self.outstanding) <= 1

    def teardown(self) -> None:
        for _ in range(4 * len(self.asked) + 4):
            while self.server.arriving or self.server.leaving:
                if self.server.arriving:
                    self.server.process()
                if self.server.leaving:
                    self.news_arrives()
            if self.server.unannounced:
                self.server.announce()
            elif self.server.active:
                self.server.finish()
        settled = [*self.server.taken, *self.server.refused, *self.withdrawn]
        assert sorted(settled) == sorted(event.event_id for event in self.asked)
        assert self.gate.is_idle

    def _send_due(self) -> None:
        due = self.gate.due()
        if due is not None:
            self.outstanding.add(due.event_id)
            self.server.arriving.append(due.event_id)


class NewServerMachine(GateMachine):
    """A server that has not yet shown whether it sends metadata back."""

    is_known_to_echo = False


class SilentServerMachine(NewServerMachine):
    """A server that sends none back."""

    echoes = False


def examples_of(machine: type[GateMachine]) -> type[TestCase]:
    case: Any = machine.TestCase
    case.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
    return cast("type[TestCase]", case)


TestRaces = examples_of(GateMachine)
TestRacesWithANewServer = examples_of(NewServerMachine)
TestRacesWithoutMetadata = examples_of(SilentServerMachine)
