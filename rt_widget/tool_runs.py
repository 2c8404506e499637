"""Runs the calls of a session side by side. Everything here is on the background loop.

How long a tool may take, and that it blocks nothing, is its own business.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from rt_widget.calls import Call, TextShown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rt_widget.calls import CallStatus, Shown
    from rt_widget.config import SessionConfig, ToolSpec

_log = logging.getLogger(__name__)

ASKING_TIMEOUT_S = 60.0
"""For a person to allow a call."""

STOPPING_TIMEOUT_S = 0.5
"""For tools to see that nobody waits for them any more."""

DECLINED = "The person did not allow this. It was not run."

UNANSWERED = "Nobody was there to allow this. It was not run."

_NAMES_TOLD = 50


class Result(Protocol):
    """What came of a run; see `rt_widget.tools.ToolResult`."""

    @property
    def output(self) -> str:
        """What the model is told."""

    @property
    def status(self) -> CallStatus:
        """How it ended."""

    @property
    def shown(self) -> tuple[Shown, ...]:
        """What a person sees of it."""

    @property
    def printed(self) -> str:
        """What it has printed."""

    @property
    def seconds(self) -> float:
        """How long it ran."""

    @property
    def trace(self) -> str:
        """The traceback of one that raised, for the person."""


class Runnable(Protocol):
    """What can be called; see `rt_widget.tools.Tool`."""

    @property
    def spec(self) -> ToolSpec:
        """What a model is told of it."""

    @property
    def confirm(self) -> bool:
        """Whether a person is asked before each run."""

    async def run(self, arguments: str) -> Result:
        """Run it with the JSON text of a model's arguments; ends in time."""


@dataclass(frozen=True, slots=True)
class Toolbox:
    """What a session may run, and whether anybody can be asked.

    Attributes:
        tools: By name, as they are at the moment.
        is_attended: Whether a page is there that can ask a person.
    """

    tools: Callable[[], Mapping[str, Runnable]] = dict
    is_attended: Callable[[], bool] = lambda: False


def with_tools(config: SessionConfig, tools: Mapping[str, Runnable]) -> SessionConfig:
    """The settings of a session whose model may call these."""
    return config.replace(tools=tuple(tool.spec for tool in tools.values()))


class ToolRuns:
    """The calls that are running, and those that a person is asked about.

    `changed` is told each change of a call, on the loop, after `start` has returned;
    it says whether that counts: a call that has ended elsewhere is not run.
    """

    def __init__(self, toolbox: Toolbox) -> None:
        self.changed: Callable[[Call], bool] = lambda _: False
        self._toolbox = toolbox
        self._tasks: set[asyncio.Task[None]] = set()
        self._asked: dict[str, asyncio.Future[bool]] = {}

    def start(self, call: Call) -> None:
        """Run a call, once it is allowed where a person has to allow it."""
        name = f"rt_widget tool {call.name[:50]}"
        task = asyncio.create_task(self._run(call), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def confirm(self, call_id: str, *, allow: bool) -> None:
        """A person has answered; only the first answer to a call counts."""
        asked = self._asked.get(call_id)
        if asked is not None and not asked.done():
            asked.set_result(allow)

    async def stop(self) -> None:
        """The session is over: nothing is told any more, and what can end ends."""
        self.changed = lambda _: False
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=STOPPING_TIMEOUT_S)

    async def _run(self, call: Call) -> None:
        tools = self._toolbox.tools()
        tool = tools.get(call.name)
        if tool is None:
            output = _unknown(call.name, tools)
            self.changed(replace(call, status="failed", output=output))
            return
        refused = await self._refusal(call) if tool.confirm else ""
        if refused:
            self.changed(replace(call, status="declined", output=refused))
            return
        if self.changed(call):
            self.changed(await _outcome(tool, call))

    async def _refusal(self, call: Call) -> str:
        """What the model is told when a call is not allowed; empty when it is."""
        if not self._toolbox.is_attended():
            return UNANSWERED
        asked = self._asked[call.call_id] = asyncio.get_running_loop().create_future()
        self.changed(replace(call, status="asking"))
        try:
            async with asyncio.timeout(ASKING_TIMEOUT_S):
                if not await asked:
                    return DECLINED
        except TimeoutError:
            return UNANSWERED
        finally:
            del self._asked[call.call_id]
        return ""


async def _outcome(tool: Runnable, call: Call) -> Call:
    """The call as it has ended."""
    try:
        result = await tool.run(call.arguments)
    except Exception:  # noqa: BLE001 - a defect of ours is not to leave a call unanswered
        _log.exception("A tool could not be run.")
        return replace(call, status="failed", output=f"{call.name} could not be run.")
    trace = (TextShown(result.trace),) if result.trace else ()
    return replace(
        call,
        status=result.status,
        output=result.output,
        printed=result.printed,
        shown=(*result.shown, *trace),
        seconds=result.seconds,
    )


def _unknown(name: str, tools: Mapping[str, Runnable]) -> str:
    known = ", ".join(list(tools)[:_NAMES_TOLD])
    there_is = f"There is: {known}." if known else "There is none at all."
    return f"There is no function named {name!r:.80}. {there_is}"
