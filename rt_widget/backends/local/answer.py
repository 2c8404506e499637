"""One answer in the making: the language model writes while the voice speaks."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

from rt_widget.backends.local.clauses import Clauses
from rt_widget.backends.local.patience import Patience
from rt_widget.backends.local.pauses import paced
from rt_widget.backends.local.response import Failed, Finished, Words
from rt_widget.backends.local.sounding import sounding
from rt_widget.backends.local.workers import fault_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from rt_widget.backends.local.clauses import Clause
    from rt_widget.backends.local.engines.base import Speech
    from rt_widget.backends.local.protocol import Prompt
    from rt_widget.backends.local.response import Piece
    from rt_widget.backends.local.workers import Workers

LONGEST_ANSWER_TOKENS = 400


class Answer:
    """Starts at once, and keeps its pieces until they are asked for.

    Made, read and cancelled on the session's loop.

    Args:
        workers: Where it is made.
        prompt: What it depends on.
    """

    def __init__(self, workers: Workers, prompt: Prompt) -> None:
        self.prompt = prompt
        self._workers = workers
        self._loop = asyncio.get_running_loop()
        self._pieces: asyncio.Queue[Piece] = asyncio.Queue()
        self._stopped = threading.Event()
        self._clauses = Clauses()
        self._patience = Patience()
        self._said = 0
        workers.llm.submit(self._guarded, self._write)

    def cancel(self) -> None:
        """Stop making it; what was not asked for yet is lost."""
        self._stopped.set()

    async def pieces(self) -> AsyncIterator[Piece]:
        """Words and sound as they are made; the last is `Finished` or `Failed`."""
        while True:
            piece = await self._pieces.get()
            yield piece
            if isinstance(piece, Finished | Failed):
                return

    def _write(self) -> None:
        usage = self._workers.engines.llm.chat(
            self.prompt.messages,
            temperature=self.prompt.temperature,
            max_tokens=LONGEST_ANSWER_TOKENS,
            on_delta=self._take,
        )
        if self.prompt.is_spoken:
            self._speak(self._clauses.flush())
        # The voice is one thread: this comes after all that it has to say.
        self._workers.tts.submit(self._put, Finished(usage))

    def _take(self, delta: str) -> bool:
        """The language model's next words; tells it whether to go on."""
        if self._stopped.is_set():
            return False
        if delta:
            self._put(Words(delta))
        if delta and self.prompt.is_spoken:
            now = time.monotonic()
            self._patience.wrote(now)
            hurry = self._patience.is_over(now)
            self._speak(self._clauses.feed(delta, hurry=hurry))
        return True

    def _speak(self, clauses: list[Clause]) -> None:
        for clause in clauses:
            self._workers.tts.submit(self._guarded, self._say, clause)

    def _say(self, clause: Clause) -> None:
        rate = self._workers.engines.tts.sample_rate
        for sound in sounding(self._spoken(clause), rate, clause.ends, self._said):
            self._put(sound)
        self._said = clause.ends[-1]

    def _spoken(self, clause: Clause) -> Iterator[Speech]:
        prompt, tts = self.prompt, self._workers.engines.tts
        for speech in tts.speak(clause.text, voice=prompt.voice, speed=prompt.speed):
            if self._stopped.is_set():
                return
            heard = paced(speech, tts.sample_rate, clause.text, prompt.speed)
            seconds = len(heard.samples) / tts.sample_rate
            self._patience.spoke(time.monotonic(), seconds)
            yield heard

    def _guarded(self, work: Callable[..., None], *args: object) -> None:
        if self._stopped.is_set():
            return
        try:
            work(*args)
        except Exception as error:  # noqa: BLE001 - engines are foreign code
            fault = fault_of(error)
            self._put(Failed(fault.code, fault.message))
            self._stopped.set()

    def _put(self, piece: Piece) -> None:
        if self._stopped.is_set() or self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._pieces.put_nowait, piece)
