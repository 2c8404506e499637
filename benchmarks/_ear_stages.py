"""How much of a recognition each of its stages takes."""

from __future__ import annotations

import resource
import time
from collections import Counter, defaultdict
from contextlib import ExitStack
from typing import TYPE_CHECKING

import onnxruntime

from rt_widget.backends.local.engines import asr

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

_STAGES = (
    (onnxruntime.InferenceSession, "run", "encoder and decoder"),
    (asr, "holds_speech", "is it speech? (in doubt)"),
)


class Stages:
    """Takes the time of each stage of all recognitions while the block runs.

    Only the processor's time, of all threads.
    """

    def __init__(self) -> None:
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._calls: Counter[str] = Counter()
        self._restore = ExitStack()

    def __enter__(self) -> Self:
        for owner, attribute, name in _STAGES:
            stage = getattr(owner, attribute)
            self._restore.callback(setattr, owner, attribute, stage)
            setattr(owner, attribute, self._timed(name, stage))
        return self

    def __exit__(self, *_: object) -> None:
        self._restore.close()

    def table(self, spoken_s: float) -> str:
        """Calls and real-time factor of each stage since the last table.

        Args:
            spoken_s: How many seconds of sound were recognised.
        """
        lines = [f"  {'stage':26}{'calls':>6}{'cpu RTF':>9}   peak RSS {peak_mb()} MB"]
        lines += [
            f"  {name:26}{self._calls[name]:6}{seconds / spoken_s:9.4f}"
            for name, seconds in self._seconds.items()
        ]
        self._seconds.clear()
        self._calls.clear()
        return "\n".join(lines)

    def _timed(self, name: str, stage: Callable[..., object]) -> Callable[..., object]:
        """`stage`, whose time is taken under `name`."""

        def run(*args: object, **options: object) -> object:
            begun = time.process_time()
            try:
                return stage(*args, **options)
            finally:
                self._seconds[name] += time.process_time() - begun
                self._calls[name] += 1

        return run


def peak_mb() -> int:
    """The most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
