"""Runs of tools on a loop, without a session."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from rt_widget import tool_runs
from rt_widget.calls import Call, TextShown
from rt_widget.config import SessionConfig, ToolSpec
from rt_widget.tool_runs import DECLINED, UNANSWERED, Toolbox, ToolRuns, with_tools
from rt_widget.tools import ToolResult

CALL = Call("call", "add", '{"a": 1}', "running")


@dataclass
class Recorded:
    """A tool that notes what it is given, and ends when it is told to."""

    confirm: bool = False
    result: ToolResult = field(default_factory=lambda: ToolResult("3", "completed"))
    given: list[str] = field(default_factory=list)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    was_cancelled: bool = False

    @property
    def spec(self) -> ToolSpec:
        return ToolSpec("add", "Add.", {"type": "object"})

    async def run(self, arguments: str) -> ToolResult:
        self.given.append(arguments)
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        return self.result


class Defective(Recorded):
    async def run(self, arguments: str) -> ToolResult:
        raise RuntimeError(arguments)


class Runs:
    """Runs of one tool; `told` is what was told of its calls."""

    def __init__(self, tool: Recorded, *, is_attended: bool = True) -> None:
        self.told: list[Call] = []
        self._news = asyncio.Event()
        self.runs = ToolRuns(Toolbox(lambda: {"add": tool}, lambda: is_attended))
        self.runs.changed = self._take

    def _take(self, call: Call) -> bool:
        self.told.append(call)
        self._news.set()
        return True

    async def until(self, status: str, count: int = 1) -> list[Call]:
        """All that was told, once so many calls have a status."""
        while sum(call.status == status for call in self.told) < count:
            self._news.clear()
            async with asyncio.timeout(20):
                await self._news.wait()
        return self.told


def statuses(calls: list[Call]) -> list[str]:
    return [call.status for call in calls]


def ended(**result: object) -> Recorded:
    tool = Recorded(result=replace(ToolResult("3", "completed"), **result))  # type: ignore[arg-type] # the case
    tool.may_end.set()
    return tool


async def test_a_call_is_run_with_its_arguments_and_told_as_it_ends() -> None:
    tool = ended(printed="on it\n", seconds=0.5, shown=(TextShown("a"),), trace="boom")
    runs = Runs(tool)
    runs.runs.start(CALL)
    assert runs.told == []
    *_, call = await runs.until("completed")

    assert statuses(runs.told) == ["running", "completed"]
    assert tool.given == ['{"a": 1}']
    assert call == replace(
        CALL,
        status="completed",
        output="3",
        printed="on it\n",
        shown=(TextShown("a"), TextShown("boom")),
        seconds=0.5,
    )


async def test_calls_run_side_by_side() -> None:
    tool = Recorded()
    runs = Runs(tool)
    for number in range(100):
        runs.runs.start(replace(CALL, call_id=str(number)))
    await runs.until("running", 100)
    assert "completed" not in statuses(runs.told)
    tool.may_end.set()
    await runs.until("completed", 100)


async def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    runs = Runs(Recorded())
    runs.runs.start(replace(CALL, name="subtract"))
    (call,) = await runs.until("failed")

    assert call.output == "There is no function named 'subtract'. There is: add."


async def test_a_tool_that_breaks_its_promise_leaves_no_call_unanswered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    runs = Runs(Defective())
    runs.runs.start(CALL)
    *_, call = await runs.until("failed")

    assert call.output == "add could not be run."
    assert "A tool could not be run." in caplog.text


async def test_a_call_that_a_person_allows_is_run() -> None:
    tool = ended()
    tool.confirm = True
    runs = Runs(tool)
    runs.runs.start(CALL)
    await runs.until("asking")
    assert tool.given == []
    runs.runs.confirm("another", allow=True)
    runs.runs.confirm("call", allow=True)
    runs.runs.confirm("call", allow=False)
    await runs.until("completed")
    runs.runs.confirm("call", allow=False)

    assert statuses(runs.told) == ["asking", "running", "completed"]


async def test_a_call_that_a_person_declines_is_not_run() -> None:
    tool = ended()
    tool.confirm = True
    runs = Runs(tool)
    runs.runs.start(CALL)
    await runs.until("asking")
    runs.runs.confirm("call", allow=False)
    runs.runs.confirm("call", allow=True)
    *_, call = await runs.until("declined")

    assert (call.output, tool.given) == (DECLINED, [])


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool_runs, "ASKING_TIMEOUT_S", 0.01)


@pytest.mark.parametrize("is_attended", [False, True])
@pytest.mark.usefixtures("no_patience")
async def test_a_call_that_nobody_allows_is_not_run(
    is_attended: bool,  # noqa: FBT001 - the case
) -> None:
    tool = ended()
    tool.confirm = True
    runs = Runs(tool, is_attended=is_attended)
    runs.runs.start(CALL)
    *_, call = await runs.until("declined")

    assert (call.output, tool.given) == (UNANSWERED, [])
    assert ("asking" in statuses(runs.told)) is is_attended


async def test_nothing_is_told_after_the_end() -> None:
    tool = Recorded()
    runs = Runs(tool)
    runs.runs.start(CALL)
    await runs.until("running")
    await runs.runs.stop()

    assert tool.was_cancelled
    assert statuses(runs.told) == ["running"]


def test_a_session_is_told_of_the_tools() -> None:
    config = with_tools(SessionConfig(), {"add": Recorded()})
    assert config.tools == (ToolSpec("add", "Add.", {"type": "object"}),)
