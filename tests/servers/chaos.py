"""A TCP proxy on loopback that spoils the line to a server.

It runs on a thread of its own; the line can be changed from any thread while
connections are open:

    with ChaosProxy(server.port, Line(latency=0.05, jitter=0.02)) as proxy:
        ...                           # connect to proxy.url
        proxy.set_line(Line(slice_bytes=3))
        proxy.stall()

It also runs as a process: `python -m tests.servers.chaos PORT --latency 0.1` prints
one JSON line, `{"port": ..., "url": ...}`, and ends on SIGTERM.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import threading
from dataclasses import fields
from typing import TYPE_CHECKING, Self

from tests.servers.flow import Conditions, Line
from tests.servers.relay import Relay

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

__all__ = ["ChaosProxy", "Line"]

ORDER_SECONDS = 10.0


class ChaosProxy:
    """Forwards TCP connections to a port of 127.0.0.1.

    Args:
        target_port: Where the server listens.
        line: How the line is at first.
    """

    def __init__(self, target_port: int, line: Line | None = None) -> None:
        self._conditions = Conditions(line or Line())
        self._conditions.flowing.set()
        self._relay = Relay(target_port, self._conditions)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=lambda: self._loop.run_until_complete(
                self._relay.serve(self._ready.set)
            ),
            name="chaos",
            daemon=True,
        )
        self._ready = threading.Event()

    @property
    def port(self) -> int:
        """Where it listens; 0 before `start()`."""
        return self._relay.port

    @property
    def connections(self) -> int:
        """How many were accepted so far."""
        return self._relay.connections

    @property
    def url(self) -> str:
        """`ws://127.0.0.1:PORT/v1`, in the shape of the server's own."""
        return f"ws://127.0.0.1:{self.port}/v1"

    def set_line(self, line: Line) -> None:
        """Change the line for all that follows."""
        self._order(lambda: setattr(self._conditions, "line", line))

    def stall(self) -> None:
        """Hold everything back, in both directions; sockets stay open."""
        self._order(self._conditions.flowing.clear)

    def resume(self) -> None:
        """Let what was held back go on."""
        self._order(self._conditions.flowing.set)

    def half_open(self) -> None:
        """Swallow everything from now on, as a dead route does: no FIN, no RST."""
        self._order(lambda: setattr(self._conditions, "deaf", True))

    def reset(self) -> None:
        """Reset all open connections (RST to both ends)."""
        self._order(self._relay.reset)

    def cut(self) -> None:
        """Close all open connections (FIN to both ends)."""
        self._order(self._relay.cut)

    def start(self) -> Self:
        """Listen; returns when it does."""
        self._thread.start()
        if not self._ready.wait(ORDER_SECONDS):
            raise TimeoutError("the proxy did not start")
        return self

    def stop(self) -> None:
        """Close everything and end the thread."""
        self._order(self._relay.stopped.set)
        self._thread.join(ORDER_SECONDS)
        self._loop.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _order(self, action: Callable[[], object]) -> None:
        async def carry_out() -> None:
            action()

        work = asyncio.run_coroutine_threadsafe(carry_out(), self._loop)
        work.result(ORDER_SECONDS)


def main() -> None:
    """Run as a process until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers.chaos")
    parser.add_argument("target", type=int, help="port of the server")
    for entry in fields(Line):
        kind = float if "." in str(entry.default) else int
        name = entry.name.replace("_", "-")
        parser.add_argument(f"--{name}", type=kind, default=entry.default)
    arguments = vars(parser.parse_args())
    with ChaosProxy(arguments.pop("target"), Line(**arguments)) as proxy:
        sys.stdout.write(json.dumps({"port": proxy.port, "url": proxy.url}) + "\n")
        sys.stdout.flush()
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
