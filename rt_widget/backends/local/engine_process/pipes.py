"""The three pipes of a child, each with a thread of its own.

Threads, because a loop of asyncio cannot start or follow processes in every kernel:
not where Windows has a selector loop, as ipykernel wants it.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, cast

from rt_widget.backends.local.engine_process.frames import read_frame
from rt_widget.errors import ProtocolError

if TYPE_CHECKING:
    import queue
    from collections.abc import Callable
    from subprocess import Popen

    from rt_widget.backends.local.engine_process.routes import Routes

_LOG = logging.getLogger(__name__)

_LAST_LINES = 20
_LONGEST_LINE = 300
_FATAL = "Fatal Python error"
_GRACE_S = 2.0


def connect_pipes(
    child: Popen[bytes], outgoing: queue.SimpleQueue[bytes | None], routes: Routes
) -> None:
    """Carry what goes down and what comes up, until the child ends.

    Args:
        child: It has three pipes.
        outgoing: What it is sent.
        routes: Get its frames, and last how it ended.
    """
    said: deque[str] = deque(maxlen=_LAST_LINES)
    listens = _thread(_listen, child, said)

    def read() -> None:
        _read(child, routes)
        code = child.wait()
        # A grandchild may keep this pipe open.
        listens.join(_GRACE_S)
        outgoing.put(None)
        routes.lose(_reason(code, said))

    _thread(read)
    _thread(_write, child, outgoing)


def _thread(work: Callable[..., None], *arguments: object) -> threading.Thread:
    name = f"rt-widget-engines-{work.__name__.strip('_')}"
    thread = threading.Thread(target=work, args=arguments, name=name, daemon=True)
    thread.start()
    return thread


def _read(child: Popen[bytes], routes: Routes) -> None:
    with cast("BinaryIO", child.stdout) as pipe:
        try:
            while (frame := read_frame(pipe)) is not None:
                routes.pass_on(frame)
        except ProtocolError:
            child.kill()


def _write(child: Popen[bytes], outgoing: queue.SimpleQueue[bytes | None]) -> None:
    # When the child is gone, its reader says so.
    with suppress(OSError), cast("BinaryIO", child.stdin) as pipe:
        while (frame := outgoing.get()) is not None:
            pipe.write(frame)
            pipe.flush()


def _listen(child: Popen[bytes], said: deque[str]) -> None:
    with cast("BinaryIO", child.stderr) as pipe:
        while line := pipe.readline(_LONGEST_LINE):
            text = line.decode("utf-8", errors="replace").strip()
            _LOG.info("%s", text)
            # What comes after it are the stacks of all threads.
            if not (said and said[-1].startswith(_FATAL)):
                said.append(text)


def _reason(code: int, said: deque[str]) -> str:
    last = [line for line in said if line][-1:]
    how = f"code {code}"
    if code < 0:
        with suppress(ValueError):
            how = signal.Signals(-code).name
    return ": ".join([f"The process of the local voice ended ({how})", *last]) + "."
