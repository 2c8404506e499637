"""The words of one utterance, recognised in a worker thread."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from rt_widget.backends.local.ear import as_float, resampled
from rt_widget.backends.local.workers import fault_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rt_widget.backends.local.workers import Workers
    from rt_widget.events import ServerFault


class Recognition:
    """Starts at once; made and awaited on the session's loop.

    Args:
        workers: Where it runs.
        sound: Mono int16 at `SPEECH_RATE_HZ`, or mono PCM16 at 24 kHz as bytes.
    """

    def __init__(self, workers: Workers, sound: NDArray[np.int16] | bytes) -> None:
        self._cancelled = threading.Event()
        self._asr = workers.engines.asr
        loop = asyncio.get_running_loop()
        self._words = loop.run_in_executor(workers.asr, self._recognise, sound)

    async def words(self) -> str | ServerFault:
        """What was said, empty when nothing was; or why that is not known."""
        return await asyncio.shield(self._words)

    def cancel(self) -> None:
        """Nobody wants to know any more."""
        self._cancelled.set()
        self._words.cancel()

    def _recognise(self, sound: NDArray[np.int16] | bytes) -> str | ServerFault:
        samples = resampled(sound) if isinstance(sound, bytes) else sound
        try:
            text = self._asr.transcribe(as_float(samples), self._cancelled.is_set)
        except Exception as error:  # noqa: BLE001 - engines are foreign code
            return fault_of(error)
        return text.strip()
