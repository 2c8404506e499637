"""Fixtures: a strict server in a process of its own, and widgets that talk to it."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

import comm
import numpy as np
import pytest
from comm.base_comm import BaseComm

from rt_widget import RealtimeWidget
from rt_widget._loop import background_loop
from rt_widget.audio import SAMPLE_RATE_HZ
from tests.servers.process import RealtimeServerProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rt_widget.chunks import Chunk
    from tests.servers.wire import JsonObject

PATIENCE_S = 20.0
"""A guard against waiting for ever; what is waited for comes far sooner."""


def pytest_configure() -> None:
    """Compiled modules are kept, also where Python is told not to.

    Container images tell it so. Then pytest rewrites all modules of tests in each of
    its runs, and every server and kernel of a test compiles what it imports.
    """
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(autouse=True)
def run_closes_its_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """`asyncio.run` stays Python's own.

    nest_asyncio2, once a test has called for it, replaces it for the whole process by
    one that leaves its loop open.
    """
    monkeypatch.setattr(asyncio, "run", asyncio.run)


@dataclass(frozen=True, slots=True)
class Wire:
    """One run's connections, as the server's log tells them."""

    server: RealtimeServerProcess
    model: str

    @property
    def closings(self) -> list[JsonObject]:
        """How connections were closed: `code` and `reason`."""
        mine = set(self.connections)
        return [c for c in self.server.log("closed") if c["connection"] in mine]

    @property
    def connections(self) -> list[int]:
        """Numbers of the connections that named this run's model."""
        opened = self.server.log("opened")
        return [line["connection"] for line in opened if line["model"] == self.model]

    def received(self, event_type: str | None = None) -> list[JsonObject]:
        """Client events, oldest first."""
        mine = set(self.connections)
        lines = self.server.received(event_type)
        return [line["event"] for line in lines if line["connection"] in mine]

    def sent(self, event_type: str | None = None) -> list[JsonObject]:
        """Server events, oldest first."""
        mine = set(self.connections)
        lines = self.server.sent(event_type)
        return [line["event"] for line in lines if line["connection"] in mine]

    def types(self) -> list[str]:
        """Names of the client events, oldest first."""
        return [event["type"] for event in self.received()]

    def wait(self, condition: Callable[[Self], bool]) -> None:
        """Return once `condition(self)` is true."""
        self.server.wait_for(lambda _: condition(self), PATIENCE_S)

    async def soon(self, condition: Callable[[Self], bool]) -> None:
        """`wait`, while the test's loop goes on."""
        await asyncio.to_thread(self.wait, condition)


class Talk(NamedTuple):
    """A widget, and the wire that it talks over."""

    widget: RealtimeWidget
    wire: Wire


class StartTalk(Protocol):
    """Makes a widget on a scenario of the server."""

    def __call__(
        self,
        scenario: str = ...,
        *,
        on: RealtimeServerProcess = ...,
        **settings: object,
    ) -> Talk:
        """`scenario` is what the server answers; `settings` are the widget's."""


@pytest.fixture(scope="session")
def server() -> Iterator[RealtimeServerProcess]:
    """A strict GA server; a model's name says what it answers."""
    with RealtimeServerProcess(options={"pace": 0}) as running:
        yield running


@pytest.fixture(scope="session")
def beta_server() -> Iterator[RealtimeServerProcess]:
    """The same in the flat dialect."""
    with RealtimeServerProcess(dialect="beta", options={"pace": 0}) as running:
        yield running


@pytest.fixture
def own_server() -> Iterator[RealtimeServerProcess]:
    """A server for tests that stop it or break it."""
    with RealtimeServerProcess(options={"pace": 0}) as running:
        yield running


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on, or spends, a key of this machine."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def talk(server: RealtimeServerProcess) -> Iterator[StartTalk]:
    """Makes widgets; closes them in the end, and sees that nothing is left running."""
    made: list[RealtimeWidget] = []

    def start(
        scenario: str = "echo",
        *,
        on: RealtimeServerProcess = server,
        **settings: object,
    ) -> Talk:
        model = f"{scenario},run={secrets.token_hex(4)}"
        given = {"base_url": on.url, "model": model, **settings}
        widget = make_widget(**given)
        made.append(widget)
        return Talk(widget, Wire(on, widget.model))

    yield start
    for widget in made:
        widget.close()
    assert tasks_of_sessions() == []


@pytest.fixture
def unconnected() -> Iterator[RealtimeWidget]:
    """A widget whose server is not there."""
    widget = RealtimeWidget(base_url="ws://127.0.0.1:1/v1")
    yield widget
    widget.close()


def make_widget(**arguments: object) -> RealtimeWidget:
    """A widget of arguments that may be wrong."""
    return RealtimeWidget(**arguments)  # type: ignore[arg-type] # that is what is tested


def tasks_of_sessions() -> list[str]:
    """Names of the sessions' tasks that are running."""
    tasks = asyncio.all_tasks(background_loop().loop)
    return [task.get_name() for task in tasks if "rt_widget" in task.get_name()]


@dataclass
class Recorder:
    """All that widgets have sent to pages."""

    messages: list[JsonObject] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def take(self, message: JsonObject) -> None:
        """Keep a message."""
        with self._changed:
            self.messages.append(message)
            self._changed.notify_all()

    async def soon(self, condition: Callable[[Self], bool]) -> None:
        """Return once `condition(self)` is true."""

        def wait() -> None:
            with self._changed:
                assert self._changed.wait_for(lambda: condition(self), PATIENCE_S)

        await asyncio.to_thread(wait)

    def states(self) -> list[JsonObject]:
        """Trait updates, oldest first."""
        methods = ("update", "echo_update")
        return [m["state"] for m in self.messages if m.get("method") in methods]

    def customs(self) -> list[JsonObject]:
        """Custom messages, oldest first."""
        return [m["content"] for m in self.messages if m.get("method") == "custom"]


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Keeps what widgets that are made in the test send."""
    recorder = Recorder()

    class RecordingComm(BaseComm):
        def publish_msg(
            self,
            msg_type: str,
            data: JsonObject | None = None,
            *_: object,
            **__: object,
        ) -> None:
            recorder.take({"msg_type": msg_type, **(data or {})})

    monkeypatch.setattr(comm, "create_comm", RecordingComm)
    return recorder


def speech(seconds: float, level: float = 0.2) -> bytes:
    """PCM16 of noise that a voice activity detector takes for speech."""
    rng = np.random.default_rng(1)
    samples = rng.normal(0.0, level, round(seconds * SAMPLE_RATE_HZ))
    return (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()


def silence(seconds: float) -> bytes:
    """PCM16 of nothing."""
    return bytes(2 * round(seconds * SAMPLE_RATE_HZ))


def is_closing(chunk: Chunk) -> bool:
    """Whether a chunk of `output_chunk` closes an answer."""
    return chunk["done"]


async def until(widget: RealtimeWidget, name: str, value: object) -> None:
    """Return once the trait has that value, or is as a function says.

    Those who observe the widget have been told of it by then.
    """
    loop, reached = asyncio.get_running_loop(), asyncio.Event()

    def check(change: dict[str, object] | None) -> None:
        now = getattr(widget, name) if change is None else change["new"]
        if value(now) if callable(value) else now == value:
            loop.call_soon_threadsafe(reached.set)

    widget.observe(check, names=[name])
    try:
        check(None)
        async with asyncio.timeout(PATIENCE_S):
            await reached.wait()
        await asyncio.to_thread(widget._observers.lane.wait, PATIENCE_S)
    finally:
        widget.unobserve(check, names=[name])
