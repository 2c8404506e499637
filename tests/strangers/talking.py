"""What a stock client's script has in common with the others: a plan, a microphone.

A script reads its plan from the file that it is given, performs it over its own client,
and prints a line of JSON for all that happens (`report`).
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from tests.servers.wire import JsonObject

RATE_HZ = 24_000
PIECE_MS = 40
BYTES_PER_MS = 2 * RATE_HZ // 1000
PIECE = PIECE_MS * BYTES_PER_MS

INSTRUCTIONS = "You are a friendly host."
TEMPERATURE = "21 degrees"


@dataclass(frozen=True, slots=True)
class Act:
    """A question as a file of PCM16 at 24 kHz, and one spoken into its answer."""

    say: str
    over: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the server is, and what is said to it."""

    url: str
    """As far as `/v1`."""
    key: str
    model: str
    acts: tuple[Act, ...]

    @classmethod
    def read(cls, path: str) -> Plan:
        """A plan as `write` has left it."""
        told = json.loads(Path(path).read_text("utf-8"))
        acts = tuple(Act(**act) for act in told.pop("acts"))
        return cls(acts=acts, **told)


def report(kind: str, **fields: object) -> None:
    """Print what happened: one line of JSON, with the time in milliseconds."""
    line = {"at": time.monotonic() * 1000, "kind": kind, **fields}
    print(json.dumps(line), flush=True)  # noqa: T201 - the script's output


def report_history(items: Iterable[JsonObject]) -> None:
    """Print who has said what, as a client has it in the end."""
    messages = [item for item in items if item["type"] == "message"]
    told = [{"role": m["role"], "text": _words_of(m)} for m in messages]
    report("history", messages=told)


def _words_of(message: JsonObject) -> str:
    parts = message["content"]
    return "".join(part.get("transcript") or part.get("text") or "" for part in parts)


class Microphone:
    """Sends a piece of sound every 40 ms for as long as it runs: speech, or silence.

    Args:
        send: Sends a piece of PCM16.
    """

    def __init__(self, send: Callable[[bytes], Awaitable[object]]) -> None:
        self._send = send
        self._speech = b""
        self._silent = asyncio.Event()

    async def say(self, file: str) -> None:
        """Speak a file; returns when its last piece is sent."""
        speech = await asyncio.to_thread(Path(file).read_bytes)
        report("says", file=file)
        self._silent.clear()
        self._speech = speech
        await self._silent.wait()
        report("said", file=file)

    async def run(self) -> None:
        """Send, until cancelled."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            piece, self._speech = self._speech[:PIECE], self._speech[PIECE:]
            await self._send(piece.ljust(PIECE, b"\0"))
            if not self._speech:
                self._silent.set()
            due += PIECE_MS / 1000
            await asyncio.sleep(due - loop.time())


@dataclass
class Answers:
    """How far the answer to the latest question is: a fold over server events."""

    sounding: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    plays_until: float = 0.0
    """When a loudspeaker is through with it, in seconds of the loop's clock."""

    def expect(self) -> None:
        """Forget the answers before."""
        self.sounding.clear()
        self.ended.clear()

    def take(self, event: JsonObject) -> None:
        """Follow the server."""
        match event:
            case {"type": "response.created"}:
                self.plays_until = 0.0
            case {"type": "response.output_audio.delta", "delta": str(delta)}:
                seconds = len(delta) * 3 / 4 / 2 / RATE_HZ
                now = asyncio.get_running_loop().time()
                self.plays_until = max(self.plays_until, now) + seconds
                self.sounding.set()
            case {"type": "response.done", "response": response}:
                if response["status"] != "cancelled" and not calls_of(response):
                    self.ended.set()


def calls_of(response: JsonObject) -> list[JsonObject]:
    """The calls of functions in a response that has ended."""
    return [item for item in response["output"] if item["type"] == "function_call"]


async def perform(plan: Plan, microphone: Microphone, answers: Answers) -> None:
    """Say what is planned, and hear each answer to its end."""
    running = asyncio.create_task(microphone.run())
    loop = asyncio.get_running_loop()
    for act in plan.acts:
        answers.expect()
        await microphone.say(act.say)
        if act.over:
            await answers.sounding.wait()
            await microphone.say(act.over)
        await answers.ended.wait()
        await asyncio.sleep(answers.plays_until - loop.time())
    running.cancel()
