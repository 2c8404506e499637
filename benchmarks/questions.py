"""How sanely the local voice's language model answers simple questions.

Asks the questions of questions.toml, typed, each in a conversation of its own with
the usual settings, and judges the answers by the rules there. Of the three lists only
the last was held out: nothing was tuned to it. Sampling draws at random: `--runs` asks
everything so many times.

    python -m benchmarks.questions --runs 10

With `--record` the answers of the first run go to questions_answers.toml, with the
date. The command fails when an answer to the first list is not sane.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import re
import sys
import tomllib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks._typed import turn, typed
from rt_widget.backends.local import LocalBackend
from rt_widget.config import PushToTalk, SessionConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

TABLE = Path(__file__).with_suffix(".toml")
ANSWERS = TABLE.with_name("questions_answers.toml")
USUAL = SessionConfig(voice="none", turn_detection=PushToTalk())


@dataclass(frozen=True)
class Asked:
    """A question, and what an answer to it must and must not say (patterns)."""

    question: str
    says: str
    wrong: str = r"(?!)"

    def is_answered(self, answer: str) -> bool:
        """Whether `answer` is sane."""
        found = re.search(self.says, answer, re.IGNORECASE)
        return bool(found) and not re.search(self.wrong, answer, re.IGNORECASE)


@dataclass
class Result:
    """All answers to one list, run by run."""

    name: str
    asked: list[Asked]
    runs: list[list[str]] = field(default_factory=list)

    @property
    def right(self) -> list[int]:
        """Sane answers of each run."""
        return [sum(self._judged(answers)) for answers in self.runs]

    def insane(self) -> list[str]:
        """Each answer that is not sane, with its question."""
        return [
            f"{asked.question} {answer}"
            for answers in self.runs
            for asked, answer in zip(self.asked, answers, strict=True)
            if not asked.is_answered(answer)
        ]

    def _judged(self, answers: Sequence[str]) -> list[bool]:
        pairs = zip(self.asked, answers, strict=True)
        return [asked.is_answered(answer) for asked, answer in pairs]


async def main() -> int:
    options = _options()
    backend = LocalBackend(threads=options.threads, llm_base_url=options.llm_base_url)
    await backend.prepare()
    load = f"{os.getloadavg()[0]:.1f}"
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {load}\n")
    config = replace(USUAL, temperature=options.temperature)
    results = [
        Result(table["name"], [Asked(**each) for each in table["asked"]])
        for table in tomllib.loads(TABLE.read_text(encoding="utf-8"))["list"]
    ]
    for result in results:
        for _ in range(options.runs):
            answers = [await _answer(backend, config, each) for each in result.asked]
            result.runs.append(answers)
        _print(result)
    if options.record:
        ANSWERS.write_text(_recorded(results, backend, config), encoding="utf-8")
    return 1 if results[0].insane() else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--temperature", type=float, default=USUAL.temperature)
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--llm-base-url", help="another language model")
    parser.add_argument("--record", action="store_true", help="keep the answers")
    return parser.parse_args()


async def _answer(backend: LocalBackend, config: SessionConfig, asked: Asked) -> str:
    connection = await backend.connect(config)
    try:
        return (await turn(connection, typed(asked.question))).text.strip()
    finally:
        await connection.close()


def _print(result: Result) -> None:
    for asked, answer in zip(result.asked, result.runs[0], strict=True):
        mark = " " if asked.is_answered(answer) else "!"
        print(f"{mark} {asked.question}\n      {answer}")
    print(f"{result.name}: sane answers of {len(result.asked)}, by run: {result.right}")
    for each in result.insane():
        print(f"  not sane: {each}")


def _recorded(
    results: Sequence[Result], backend: LocalBackend, config: SessionConfig
) -> str:
    (model,) = backend.capabilities.models
    lines = [
        "# Answers of one run of benchmarks/questions.py, written by `--record`.",
        "",
        f"date = {datetime.now(UTC).date()}",
        f"model = {json.dumps(model.label, ensure_ascii=False)}",
        f"temperature = {config.temperature}",
    ]
    for result in results:
        sane = f"{result.right[0]} of {len(result.asked)}"
        lines += ["", "[[list]]", f'name = "{result.name}"', f'sane = "{sane}"']
        for asked, answer in zip(result.asked, result.runs[0], strict=True):
            said = json.dumps(answer, ensure_ascii=False)
            lines += ["", "[[list.answers]]", f'question = "{asked.question}"']
            lines.append(f"answer = {said}")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
