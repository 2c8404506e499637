"""The words of one utterance, recognised in a worker thread."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from rt_widget.backends.local.hearing.ear import as_float, resampled
from rt_widget.backends.local.hearing.g711 import to_pcm
from rt_widget.backends.local.workers import fault_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rt_widget.backends.local.hearing.g711 import AudioFormat
    from rt_widget.backends.local.workers import Workers
    from rt_widget.events import ServerFault


class Recognition:
    """Starts at once; made and awaited on the session's loop.

    Args:
        workers: Where it runs.
        sound: Mono int16 at `SPEECH_RATE_HZ`, or bytes in `audio_format`.
        audio_format: Of bytes.
        gives_way: Whether it ends without words as soon as others are wanted.
    """

    def __init__(
        self,
        workers: Workers,
        sound: NDArray[np.int16] | bytes,
        audio_format: AudioFormat = "audio/pcm",
        *,
        gives_way: bool = False,
    ) -> None:
        self._cancelled = threading.Event()
        self._asr = workers.engines.asr
        self._line = workers.glimpse if gives_way else workers.asr
        self._audio_format = audio_format
        loop = asyncio.get_running_loop()
        self._words = loop.run_in_executor(self._line, self._recognise, sound)

    async def words(self) -> str | ServerFault:
        """What was said, empty when nothing was; or why that is not known."""
        return await asyncio.shield(self._words)

    def cancel(self) -> None:
        """Nobody wants to know any more."""
        self._cancelled.set()
        self._words.cancel()

    def _recognise(self, sound: NDArray[np.int16] | bytes) -> str | ServerFault:
        if isinstance(sound, bytes):
            samples = resampled(to_pcm(sound, self._audio_format))
        else:
            samples = sound
        if not len(samples):
            return ""
        try:
            text = self._asr.transcribe(as_float(samples), self._is_over)
        except Exception as error:  # noqa: BLE001 - engines are foreign code
            return fault_of(error)
        return text.strip()

    def _is_over(self) -> bool:
        return self._cancelled.is_set() or self._line.is_wanted
