"""Whatever a client asks and whenever work is done, what was promised is kept.

`RT_WIDGET_CASES` says how many sessions are tried.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from rt_widget.backends.local.requests.values import CreateResponse
from tests.local.any_request import (
    FAULT,
    ITEMS,
    PIECES,
    RESPONSES,
    SOUND,
    SPOKEN,
    WORDS,
)
from tests.local.requests.patches import PATCHES
from tests.local.session_machine import Session

if TYPE_CHECKING:
    from rt_widget.backends.local.protocol.pieces import Piece
    from rt_widget.events import ServerFault

CASES = int(os.environ.get("RT_WIDGET_CASES", "200"))
STEPS = 40

STRANGE = ["a", "root"]
INDEX = st.integers(0, 7)


class AnyOrder(RuleBasedStateMachine):
    """One session; ids are picked by an index, the newest first."""

    def __init__(self) -> None:
        super().__init__()
        self.session = Session()

    def _item(self, at: int) -> str:
        items = self.session.promises.items[::-1]
        known = [*items[:5], *self.session.announced, *STRANGE]
        return known[at % len(known)]

    @initialize(patch=PATCHES)
    def start(self, patch: dict[str, Any]) -> None:
        self.session.send("session.update", session=patch)

    # --- what a client asks -----------------------------------------------------

    @rule(patch=PATCHES)
    def update(self, patch: dict[str, Any]) -> None:
        self.session.send("session.update", session=patch)

    @rule()
    def append(self) -> None:
        self.session.send("input_audio_buffer.append", audio=SOUND)
        self.session.hear(0.0, 6)

    @rule()
    def commit(self) -> None:
        self.session.send("input_audio_buffer.commit")

    @rule()
    def clear(self) -> None:
        self.session.send("input_audio_buffer.clear")

    @rule(item=ITEMS, after=st.none() | INDEX)
    def insert(self, item: dict[str, Any], after: int | None) -> None:
        place = {} if after is None else {"previous_item_id": self._item(after)}
        self.session.send("conversation.item.create", item=item, **place)

    @rule(item=ITEMS, at=INDEX)
    def insert_under_a_name(self, item: dict[str, Any], at: int) -> None:
        names = [*self.session.announced, *self.session.gone[-2:], self._item(at), "b"]
        named = {**item, "id": names[at % len(names)]}
        self.session.send("conversation.item.create", item=named)

    @precondition(lambda self: self.session.promises.items)
    @rule(at=INDEX)
    def retrieve(self, at: int) -> None:
        self.session.send("conversation.item.retrieve", item_id=self._item(at))

    @precondition(lambda self: self.session.promises.unfinished)
    @rule()
    def delete_too_soon(self) -> None:
        (name,) = self.session.promises.unfinished
        self.session.send("conversation.item.delete", item_id=name)

    @precondition(lambda self: len(self.session.promises.items) > 1)
    @rule(at=INDEX)
    def delete(self, at: int) -> None:
        self.session.send("conversation.item.delete", item_id=self._item(at))

    @precondition(lambda self: self.session.promises.items)
    @rule(
        at=INDEX, end=st.sampled_from([0, 5, 20, 999]), part=st.sampled_from([0, 0, 1])
    )
    def truncate(self, at: int, end: int, part: int) -> None:
        self.session.send(
            "conversation.item.truncate",
            item_id=self._item(at),
            content_index=part,
            audio_end_ms=end,
        )

    @precondition(lambda self: not self.session.promises.active)
    @rule(response=st.none() | RESPONSES)
    def respond(self, response: dict[str, Any] | None) -> None:
        given = {} if response is None else {"response": response}
        self.session.send("response.create", **given)

    @rule(inputs=st.lists(ITEMS | INDEX, max_size=3), response=RESPONSES)
    def respond_to(self, inputs: list[Any], response: dict[str, Any]) -> None:
        chosen = [
            {"type": "item_reference", "id": self._item(given)}
            if isinstance(given, int)
            else given
            for given in inputs
        ]
        self.session.send("response.create", response={**response, "input": chosen})

    @rule()
    def say(self) -> None:
        request = CreateResponse(verbatim="Ready.", out_of_band=True, event_id="say")
        self.session.ask(request, "response.create")

    @precondition(lambda self: self.session.responding or self.session.stopped)
    @rule(at=st.none() | INDEX)
    def cancel(self, at: int | None) -> None:
        names = [*self.session.responding, *self.session.stopped[-2:], "resp_none"]
        which = {} if at is None else {"response_id": names[at % len(names)]}
        self.session.send("response.cancel", **which)

    # --- what the engines give --------------------------------------------------

    @rule(is_speech=st.booleans(), frames=st.sampled_from([1, 8, 40]))
    def hear(self, *, is_speech: bool, frames: int) -> None:
        self.session.hear(0.95 if is_speech else 0.0, frames)

    @precondition(lambda self: self.session.protocol._state.listening.detects)
    @rule(frames=st.sampled_from([20, 45]))
    def speak(self, frames: int) -> None:
        self.session.hear(0.95, frames)
        self.session.hear(0.0, 40)

    @precondition(lambda self: self.session.recognising)
    @rule(at=INDEX, words=WORDS | st.just(FAULT))
    def recognise(self, at: int, words: str | ServerFault) -> None:
        self.session.recognise(at, words)

    @precondition(lambda self: self.session.responding)
    @rule(at=INDEX, pieces=PIECES)
    def make(self, at: int, pieces: list[Piece]) -> None:
        names = list(self.session.responding)
        name = names[at % len(names)]
        if name not in self.session.promises.responses:
            self.session.begin(name)
        for piece in pieces:
            self.session.make(name, piece)

    @precondition(lambda self: self.session.promises.active)
    @rule(pieces=PIECES)
    def answer(self, pieces: list[Piece]) -> None:
        name = self.session.promises.active or ""
        for piece in [*SPOKEN, *pieces]:
            self.session.make(name, piece)

    @precondition(lambda self: self.session.stopped)
    @rule(pieces=PIECES)
    def make_too_late(self, pieces: list[Piece]) -> None:
        for piece in pieces:
            self.session.make(self.session.stopped[-1], piece)

    @precondition(lambda self: self.session.speculating)
    @rule(words=WORDS | st.just(FAULT))
    def pause(self, words: str | ServerFault) -> None:
        name, self.session.speculating = self.session.speculating, None
        assert name is not None
        self.session.keep(self.session.protocol.paused(name, words))

    @precondition(lambda self: self.session.glimpsing)
    @rule(words=WORDS)
    def glimpse(self, words: str) -> None:
        name, self.session.glimpsing = self.session.glimpsing, None
        assert name is not None
        self.session.keep(self.session.protocol.read(name, words))

    @precondition(lambda self: self.session.is_to_wake)
    @rule()
    def wake(self) -> None:
        self.session.is_to_wake = False
        self.session.keep(self.session.protocol.woke())


# It takes up to five minutes to make a long session that fails a short one.
@pytest.mark.timeout(360 + CASES)
def test_whatever_happens_in_any_order_promises_are_kept() -> None:
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=CASES,
            stateful_step_count=STEPS,
            deadline=None,
            # Not `explain`: it traces every line.
            phases=[Phase.reuse, Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
