"""The server process: `python -m tests.servers.realtime --port 0`.

Prints one JSON line, `{"port": ..., "url": "ws://127.0.0.1:PORT/v1"}`, when it is
ready. Ends on SIGTERM, or with `--lifeline` when its standard input ends; then each
line of standard input is a command for all open connections: `{"do": "close",
"code": 1011}`, `{"do": "reset"}`, `{"do": "fin"}` or `{"do": "send", "event": {}}`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from websockets.asyncio.server import serve

from tests.servers.connection import Connection
from tests.servers.dialects import DIALECTS
from tests.servers.faults import CONNECTING, FAULTS, is_known
from tests.servers.journal import Journal
from tests.servers.refusals import Door
from tests.servers.rules import SessionRules
from tests.servers.scenarios import SCENARIOS, Plan, parse_plan
from tests.servers.state import Session
from tests.servers.steps import Close, Cut
from tests.servers.wire import new_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from websockets.asyncio.server import ServerConnection

    from tests.servers.wire import JsonObject

CLOSE_SECONDS = 1.0
MAX_MESSAGE_BYTES = 64 * 1024 * 1024
AT_THE_DOOR = ("http_", "hang")
BETA_IS_GONE = "The Realtime Beta API is no longer supported. Use the GA API."


class RealtimeServer:
    """Accepts connections and gives each its session.

    Args:
        arguments: The command line, as `parse_arguments` gives it.
        journal: Where everything is noted.
    """

    def __init__(self, arguments: argparse.Namespace, journal: Journal) -> None:
        self.journal = journal
        self.door = Door(arguments, journal, self._plan, self._strikes)
        self._arguments = arguments
        self._struck: Counter[str] = Counter()
        self._connections: dict[Connection, ServerConnection] = {}
        self._count = 0

    async def handle(self, socket: ServerConnection) -> None:
        """Serve one connection to its end."""
        self._count += 1
        number = self._count
        entry = self.door.entry(socket)
        self.journal.write("opened", number, **entry)
        plan = self._plan(entry["model"])
        session = self._session(entry["model"], plan)
        struck = plan.name == "fault" and not plan.argument.startswith(AT_THE_DOOR)
        strikes = struck and self._strikes(plan)
        connection = Connection(socket, number, session, self.journal, strikes=strikes)
        self._connections[connection] = socket
        try:
            if self.door.is_beta_call(socket):
                await connection.refuse(BETA_IS_GONE, "beta_api_shape_disabled", 4000)
            elif not strikes or not await self._spoil_start(connection, plan):
                await connection.serve(self._arguments.expires_in)
            await socket.close()
        finally:
            del self._connections[connection]
            self.journal.write(
                "closed", number, code=socket.close_code, reason=socket.close_reason
            )

    async def command(self, order: JsonObject) -> None:
        """Do something to all open connections."""
        for connection in list(self._connections):
            match order:
                case {"do": "close"}:
                    reason = order.get("reason", "")
                    await connection.end(Close(order.get("code", 1000), reason))
                case {"do": "reset" | "fin" as how}:
                    await connection.end(Cut(how))
                case {"do": "send", "event": event}:
                    await connection.post(event)

    def _plan(self, model: str) -> Plan:
        plan = self._arguments.scenario
        with contextlib.suppress(ValueError):
            named = parse_plan(model)
            if named.name in SCENARIOS or named.name == "fault":
                plan = named
        return Plan(
            plan.name, plan.argument, {**self._arguments.option, **plan.options}
        )

    def _session(self, model: str, plan: Plan) -> Session:
        expires_at = int(time.time() + self._arguments.expires_in)
        rules = SessionRules(model, new_id("sess"), expires_at)
        if self._arguments.dialect == "beta":
            rules.update({"temperature": 0.8})
        session = Session(rules, DIALECTS[self._arguments.dialect], plan)
        session.input_audio.configure(rules.turn_detection)
        return session

    def _strikes(self, plan: Plan) -> bool:
        """Tell whether a fault shall strike now, and count it."""
        limit = plan.options.get("times")
        key = f"{plan.name}:{plan.argument}"
        self._struck[key] += 1
        return limit is None or self._struck[key] <= int(limit)

    async def _spoil_start(self, connection: Connection, plan: Plan) -> bool:
        """Strike at the start of a connection; False if the fault comes later."""
        socket = self._connections[connection]
        code = plan.options.get("code", "1000")
        match plan.argument:
            case "mute":
                async for _ in socket:
                    pass
            case "gone":
                await socket.close(int(code))
            case "greet_close":
                await connection.greet()
                await socket.close(int(code))
            case "model_not_found":
                message = "The model does not exist or you do not have access to it."
                await connection.refuse(message, "model_not_found", 4004)
            case _:
                return False
        return True


async def main(arguments: argparse.Namespace) -> None:
    """Serve until told to end."""
    journal = Journal(arguments.log)
    server = RealtimeServer(arguments, journal)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, ended.set)
    listener = await serve(
        server.handle,
        "127.0.0.1",
        arguments.port,
        process_request=server.door.process,
        compression=None,
        max_size=MAX_MESSAGE_BYTES,
        close_timeout=CLOSE_SECONDS,
    )
    port = next(iter(listener.sockets)).getsockname()[1]
    ready = {"port": port, "url": f"ws://127.0.0.1:{port}/v1"}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    orders = asyncio.create_task(_obey(server, ended)) if arguments.lifeline else None
    await ended.wait()
    if orders is not None:
        orders.cancel()
    listener.close()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(listener.wait_closed(), CLOSE_SECONDS)
    journal.close()


async def _obey(server: RealtimeServer, ended: asyncio.Event) -> None:
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    while line := await reader.readline():
        await server.command(json.loads(line))
    ended.set()


def parse_arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.servers.realtime",
        description="A strict Realtime server on 127.0.0.1 for tests and benchmarks.",
        epilog=f"Scenarios: {', '.join(SCENARIOS)}, fault:NAME. "
        f"Faults: {', '.join((*CONNECTING, *FAULTS))}.",
    )
    add = parser.add_argument
    add("--port", type=int, default=0, help="0 takes a free one")
    add("--scenario", type=_scenario, default=Plan("echo"), metavar="PLAN")
    add("--option", type=_pair, action="append", default=[], metavar="NAME=VALUE")
    add("--key", default=None, help="the only key that is accepted; default: any")
    add("--dialect", choices=sorted(DIALECTS), default="ga")
    add("--log", type=Path, default=None, help="a file of JSON lines")
    add("--refuse", type=int, default=None, metavar="STATUS", help="for all upgrades")
    add("--retry-after", type=int, default=7, help="seconds, with 429 and 503")
    add("--expires-in", type=float, default=3600.0, metavar="SECONDS")
    add("--lifeline", action="store_true", help="end when standard input ends")
    arguments = parser.parse_args(argv)
    arguments.option = dict(arguments.option)
    return arguments


def _scenario(text: str) -> Plan:
    try:
        plan = parse_plan(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    known = is_known(plan.argument) if plan.name == "fault" else plan.name in SCENARIOS
    if not known:
        raise argparse.ArgumentTypeError(f"no such scenario: {text!r}")
    return plan


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE, got {text!r}")
    return name, value


if __name__ == "__main__":
    asyncio.run(main(parse_arguments()))
