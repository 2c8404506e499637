"""Answers that call tools, in whatever order things happen.

A strict server is played: it takes client events in their order and late, has one
response at a time, and knows which calls were made and answered.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from rt_widget import events
from rt_widget.config import ServerVad, ToolSpec
from rt_widget.faults import BUSY
from rt_widget.response_gate import REQUEST_KEY
from tests.dialogues import Talk, said

if TYPE_CHECKING:
    from rt_widget.turn import Turn


class Server:
    """The other side."""

    def __init__(self, talk: Talk, *, echoes: bool) -> None:
        self.active: str | None = None
        self.owed: set[str] = set()
        """Calls of completed responses that were not answered yet."""
        self.answered: set[str] = set()
        self._talk = talk
        self._echoes = echoes
        self._count = 0
        self._inbox: deque[events.AnyClientEvent] = deque()
        self._items: dict[str, str] = {}
        self._made: list[str] = []

    async def serve(self) -> bool:
        """Take in one client event; returns whether there was one."""
        self._inbox.extend(await self._talk.sent())
        if not self._inbox:
            return False
        match self._inbox.popleft():
            case events.ResponseCreate() as request if self.active is not None:
                fault = events.ServerFault("", BUSY, event_id=request.event_id)
                self._talk.hear(events.ErrorReported(fault))
            case events.ResponseCreate() as request:
                self.begin(request)
            case events.ResponseCancel(response_id=response_id):
                if self.active == response_id:
                    self.end("cancelled")
            case events.FunctionOutput(call_id=call_id):
                assert call_id in self._items.values(), "an unknown call"
                assert call_id not in self.answered, "answered twice"
                self.answered.add(call_id)
                self.owed.discard(call_id)
            case events.ItemDelete(item_id=item_id):
                self.owed.discard(self._items.pop(item_id, ""))
            case _:
                pass
        return True

    def begin(self, request: events.ResponseCreate | None = None) -> None:
        """A response, asked for or not."""
        if self.active is not None:
            return
        self._count += 1
        self.active, self._made = f"r{self._count}", []
        name = request.event_id if request is not None and self._echoes else None
        metadata = {} if name is None else {REQUEST_KEY: name}
        response = events.WireResponse(self.active, metadata=metadata)
        self._talk.hear(events.ResponseCreated(response))

    def speak(self) -> None:
        """Words of the active response."""
        if self.active is not None:
            self._talk.hear(said(self.active, "word "))

    def call(self) -> None:
        """A call of the active response."""
        if self.active is None:
            return
        self._count += 1
        item_id, call_id = f"item_{self._count}", f"call_{self._count}"
        self._items[item_id] = call_id
        self._made.append(call_id)
        item = events.WireItem(
            item_id, type="function_call", name="add", call_id=call_id
        )
        whole = replace(item, status="completed", arguments="{}")
        self._talk.hear(
            events.OutputItemAdded(self.active, item),
            events.OutputItemDone(self.active, whole),
        )

    def end(self, status: str) -> None:
        """The active response ends."""
        if self.active is None:
            return
        response = events.WireResponse(self.active, status)
        if status == "completed":
            self.owed.update(set(self._made) - self.answered)
        self.active = None
        self._talk.hear(events.ResponseDone(response))


class Play:
    """A person, a server, and tools."""

    def __init__(self, *, echoes: bool) -> None:
        self.talk = Talk(ServerVad(false_alarm_ms=0))
        config = self.talk.config.replace(tools=(ToolSpec("add", "", {}),))
        self.talk.dialogue.update(config)
        self.server = Server(self.talk, echoes=echoes)
        self.turns: list[Turn] = []

    async def do(self, action: str) -> None:
        match action:
            case "ask":
                self.turns.append(self.talk.dialogue.ask("What?", 0.0))
            case "withdraw" if self.turns:
                self.talk.dialogue.withdraw(self.turns.pop())
            case "interrupt":
                self.talk.dialogue.interrupt()
            case "speech":
                self.talk.hear(events.SpeechStarted("said"))
                self.talk.hear(events.SpeechStopped("said"))
            case "first" | "last" if self.talk.to_run:
                self.end_call(0 if action == "first" else -1)
            case "serve":
                await self.server.serve()
            case _:
                self.serve(action)

    def serve(self, action: str) -> None:
        match action:
            case "own":
                self.server.begin()
            case "speak":
                self.server.speak()
            case "call":
                self.server.call()
            case "completed" | "incomplete":
                self.server.end(action)
            case _:
                pass

    def end_call(self, number: int) -> None:
        call = self.talk.to_run.pop(number)
        self.talk.dialogue.call_changed(replace(call, status="completed", output="3"))

    async def settle(self) -> None:
        """Until nothing more happens."""
        while self.talk.to_run or self.server.active or await self.server.serve():
            while self.talk.to_run:
                self.end_call(0)
            self.server.end("completed")


ACTIONS = (
    *("ask", "withdraw", "interrupt", "speech", "first", "last", "serve", "serve"),
    *("own", "speak", "call", "call", "completed", "completed", "incomplete"),
)


@given(st.lists(st.sampled_from(ACTIONS), max_size=60), st.booleans())
@settings(max_examples=500, deadline=None)
def test_each_call_is_answered_once_and_each_turn_ends(
    actions: list[str],
    echoes: bool,  # noqa: FBT001 - hypothesis gives it by place
) -> None:
    async def play() -> None:
        scene = Play(echoes=echoes)
        for action in actions:
            await scene.do(action)
        await scene.settle()

        assert scene.server.owed == set()
        assert all(turn.reply.done() for turn in scene.turns)
        assert scene.talk.dialogue.status in ("ready", "thinking")
        for item in scene.talk.conversation:
            assert item.call is None or item.call.ended

    asyncio.run(play())
