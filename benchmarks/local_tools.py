"""How well the local voice's language model calls tools, and how long that takes.

Four tools are offered. Of thirty typed questions in one conversation ten need one of
them and twenty need none; then come thirty more, which nothing was ever tuned to. A
call is right when the tool and its argument are; an answer uses the result when it
says what the tool gave. The floor of the times is the first word where no tools are
offered.

    python -m benchmarks.local_tools --threads 2
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks._typed import given, turn, typed
from rt_widget.backends.local import LocalBackend
from rt_widget.config import PushToTalk, SessionConfig, ToolSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rt_widget import events
    from rt_widget.backends.base import Connection

_QUESTIONS = Path(__file__).with_name("local_tools.toml")
_FLOOR_QUESTIONS = 10
_SILENT = SessionConfig(voice="none", turn_detection=PushToTalk())


@dataclass
class Score:
    """What came of all questions."""

    right: int = 0
    used: int = 0
    invented: int = 0
    call_ms: list[float] = field(default_factory=list)
    word_ms: list[float] = field(default_factory=list)
    answer_ms: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


async def main() -> None:
    options = _options()
    asked = tomllib.loads(_QUESTIONS.read_text())
    backend = LocalBackend(threads=options.threads, llm_base_url=options.llm_base_url)
    await backend.prepare()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python "
        f"{sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}\n"
    )
    tools = tuple(_spec(**tool) for tool in asked["tools"])
    questions = asked["none"]["questions"][:_FLOOR_QUESTIONS]
    floor = await _converse(backend, _SILENT, questions)
    for name, group in (("tuned to", asked), ("held out", asked["held_out"])):
        needs, others = group["needs"], group["none"]["questions"]
        pairs = zip(others[::2], others[1::2], needs, strict=True)
        mixed = [each for trio in pairs for each in trio]
        score = await _converse(backend, replace(_SILENT, tools=tools), mixed)
        print(f"\n{name}")
        _print(score, len(needs), len(others), floor)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--llm-base-url", help="another language model")
    return parser.parse_args()


def _spec(name: str, description: str, parameters: dict[str, str]) -> ToolSpec:
    properties = {key: {"type": kind} for key, kind in parameters.items()}
    schema = {"type": "object", "properties": properties, "required": [*parameters]}
    return ToolSpec(name, description, schema)


async def _converse(
    backend: LocalBackend, config: SessionConfig, needs: Sequence[str | dict[str, str]]
) -> Score:
    score = Score()
    connection = await backend.connect(config)
    for need in needs:
        await _ask(connection, need, score)
    await connection.close()
    return score


async def _ask(
    connection: Connection, need: str | dict[str, str], score: Score
) -> None:
    question = need if isinstance(need, str) else need["question"]
    came = await turn(connection, typed(question))
    (score.call_ms if came.calls else score.word_ms).append(came.first_ms)
    if isinstance(need, str):
        score.invented += bool(came.calls)
        if came.calls:
            score.failures.append(f"invented: {question} {_shown(came.calls)}")
        return
    right = len(came.calls) == 1 and _is_right(came.calls[0], need)
    score.right += right
    if not right:
        score.failures.append(f"wrong: {question} {_shown(came.calls)} {came.text:.60}")
        return
    call_id = came.calls[0].call_id
    answer = await turn(connection, given(call_id, need["output"]))
    score.answer_ms.append(answer.first_ms)
    used = need["heard"].casefold() in answer.text.casefold()
    score.used += used
    if not used:
        score.failures.append(f"not used: {question} {answer.text}")


def _is_right(call: events.WireItem, need: dict[str, str]) -> bool:
    values = [str(value) for value in json.loads(call.arguments).values()]
    said = need["said"].casefold()
    return call.name == need["tool"] and any(said in v.casefold() for v in values)


def _shown(calls: Sequence[events.WireItem]) -> str:
    return ", ".join(f"{call.name}({call.arguments})" for call in calls) or "no call"


def _print(score: Score, needed: int, unneeded: int, floor: Score) -> None:
    for failure in score.failures:
        print(failure)
    print(
        f"\nright calls         {score.right:3} of {needed}"
        f"\ninvented calls      {score.invented:3} of {unneeded}"
        f"\nanswers that use it {score.used:3} of {score.right}\n"
    )
    base = statistics.median(floor.word_ms)
    print(f"{'':30}{'p50':>7}{'ratio':>7}   ms")
    print(f"{'first word without tools':30}{base:7.0f}{1:7.2f}")
    for name, values in (
        ("first word with tools", score.word_ms),
        ("call", score.call_ms),
        ("first word after the output", score.answer_ms),
    ):
        if values:
            middle = statistics.median(values)
            print(f"{name:30}{middle:7.0f}{middle / base:7.2f}")
    print(f"\nload {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    asyncio.run(main())
