"""The engines, and the threads in which they run."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rt_widget.backends.local.fair_threads import FairThreads
from rt_widget.errors import RealtimeWidgetError
from rt_widget.events import ServerFault

if TYPE_CHECKING:
    from rt_widget.backends.local.engines.base import Engines
    from rt_widget.backends.local.fair_threads import Line

_LOG = logging.getLogger(__name__)

ANSWERS_AT_ONCE = 4
"""Sessions whose answers are written side by side; others wait for their turn."""


@dataclass(frozen=True, slots=True, eq=False)
class _Threads:
    """Of all sessions: one for each engine, but several for the language model."""

    vad: FairThreads = field(default_factory=lambda: FairThreads("vad"))
    asr: FairThreads = field(default_factory=lambda: FairThreads("asr"))
    llm: FairThreads = field(
        default_factory=lambda: FairThreads("llm", ANSWERS_AT_ONCE)
    )
    tts: FairThreads = field(default_factory=lambda: FairThreads("tts"))
    # Reading ahead gives way to an answer, so it must not stand in the same line.
    prime: FairThreads = field(default_factory=lambda: FairThreads("prime"))


class Workers:
    """The engines, and for each a line of work that is done piece by piece.

    The threads end when nobody holds the workers, or a session's, any more.

    Args:
        engines: What does the work.
        whose: The workers that share their threads; None starts new ones.
    """

    def __init__(self, engines: Engines, *, whose: Workers | None = None) -> None:
        self.engines = engines
        # The engines are shared for as long as one of their sessions lives.
        self._origin = whose
        threads = whose._threads if whose else _Threads()  # noqa: SLF001 - its own kind
        self._threads: _Threads = threads
        self.vad: Line = threads.vad.line()
        self.asr: Line = threads.asr.line()
        self.glimpse: Line = threads.asr.line(gives_way=True)
        self.llm: Line = threads.llm.line()
        self.tts: Line = threads.tts.line()
        self.prime: Line = threads.prime.line()

    def for_session(self) -> Workers:
        """The same for one session: it shares the threads fairly with the others."""
        engines = self.engines
        if engines.new_llm is not None:
            engines = replace(engines, llm=engines.new_llm())
        return Workers(engines, whose=self)


def fault_of(error: Exception) -> ServerFault:
    """An engine's failure in the words of the protocol; a bug is logged."""
    if isinstance(error, RealtimeWidgetError):
        return ServerFault(str(error), error.code, "server_error")
    _LOG.error("A local engine failed.", exc_info=error)
    message = f"A local engine failed: {type(error).__name__}: {error}"
    return ServerFault(message, "engine_failed", "server_error")
