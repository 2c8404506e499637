"""The engines, and the threads in which they run."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rt_widget.errors import RealtimeWidgetError
from rt_widget.events import ServerFault

if TYPE_CHECKING:
    from rt_widget.backends.local.engines.base import Engines

_LOG = logging.getLogger(__name__)


def _thread(name: str) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix=f"rt-widget-{name}")


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Workers:
    """One thread for each engine, so that each does one thing at a time.

    The threads end when nobody holds the workers any more.

    Args:
        engines: What runs in them.
    """

    engines: Engines
    vad: ThreadPoolExecutor = field(default_factory=lambda: _thread("vad"))
    asr: ThreadPoolExecutor = field(default_factory=lambda: _thread("asr"))
    llm: ThreadPoolExecutor = field(default_factory=lambda: _thread("llm"))
    tts: ThreadPoolExecutor = field(default_factory=lambda: _thread("tts"))
    # Reading ahead gives way to an answer, so it must not stand in the same line.
    prime: ThreadPoolExecutor = field(default_factory=lambda: _thread("prime"))


def fault_of(error: Exception) -> ServerFault:
    """An engine's failure in the words of the protocol; a bug is logged."""
    if isinstance(error, RealtimeWidgetError):
        return ServerFault(str(error), error.code, "server_error")
    _LOG.error("A local engine failed.", exc_info=error)
    message = f"A local engine failed: {type(error).__name__}: {error}"
    return ServerFault(message, "engine_failed", "server_error")
