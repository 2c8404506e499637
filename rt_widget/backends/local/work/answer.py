"""One answer in the making: the language model writes while the voice speaks."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from rt_widget.backends.local.calling.decision import decide
from rt_widget.backends.local.calling.grounded import grounded
from rt_widget.backends.local.calling.tool_text import ToolText
from rt_widget.backends.local.engines.base import LlmUsage, Offer
from rt_widget.backends.local.hearing.g711 import Encoder
from rt_widget.backends.local.protocol.pieces import (
    Called,
    Failed,
    Finished,
    Sound,
    Words,
)
from rt_widget.backends.local.speaking.voicing import Voicing
from rt_widget.backends.local.workers import fault_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from rt_widget.backends.local.calling.tool_text import Found
    from rt_widget.backends.local.protocol.pieces import Piece
    from rt_widget.backends.local.protocol.prompt import Prompt
    from rt_widget.backends.local.speaking.clauses import Clause
    from rt_widget.backends.local.workers import Workers


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
        tts = workers.engines.tts
        self._voicing = Voicing(tts, prompt, self._stopped.is_set)
        self._encoder: Encoder | None = None
        if prompt.audio_format != "audio/pcm":
            self._encoder = Encoder(prompt.audio_format)
        self._text = ToolText([tool.name for tool in prompt.tools])
        self._has_called = False
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
        if self.prompt.verbatim:
            usage = LlmUsage()
            self._add_words(self.prompt.verbatim)
        else:
            usage = self._call_apart() or self._think()
        self._finish_words()
        # The voice does one thing after the other: this comes after all its words.
        self._workers.tts.submit(self._put, Finished(usage))

    def _call_apart(self) -> LlmUsage | None:
        """Call what the question asks for, where the model cannot do so as it talks."""
        prompt, llm = self.prompt, self._workers.engines.llm
        last = prompt.messages[-1].role if prompt.messages else ""
        is_asked = bool(prompt.question) and last == "user"
        if llm.takes_tools or not prompt.tools or not (is_asked or prompt.must_call):
            return None
        decision = decide(llm, prompt, self._stopped.is_set)
        for name, arguments in decision.calls:
            self._call(name, arguments)
        return decision.usage if decision.calls else None

    def _think(self) -> LlmUsage:
        llm = self._workers.engines.llm
        offer = Offer(self.prompt.tools, self._call, self.prompt.must_call)
        usage = llm.chat(
            self.prompt.messages,
            temperature=self.prompt.temperature,
            max_tokens=self.prompt.max_tokens,
            on_delta=self._take,
            offer=offer if llm.takes_tools else None,
        )
        self._sort(self._text.flush(cut=usage.finish_reason == "length"))
        return usage

    def _take(self, delta: str) -> bool:
        """The language model's next text; tells it whether to go on."""
        if self._stopped.is_set():
            return False
        self._sort(self._text.feed(delta))
        return True

    def _sort(self, found: list[Found]) -> None:
        for piece in found:
            if isinstance(piece, str):
                self._add_words(piece)
            elif call := grounded(piece, self.prompt.tools, self.prompt.question):
                self._call(*call)

    def _add_words(self, words: str) -> None:
        if self._has_called:
            return
        self._put(Words(words))
        if self.prompt.is_spoken:
            self._speak(self._voicing.feed(words))
            if (clause := self._voicing.guess()) is not None:
                self._workers.tts.submit(self._guarded, self._voicing.prepare, clause)

    def _finish_words(self) -> None:
        if self.prompt.is_spoken and not self._has_called:
            self._speak(self._voicing.flush())
            if self._encoder is not None:
                self._workers.tts.submit(self._guarded, self._flush, self._encoder)

    def _call(self, name: str, arguments: str) -> None:
        """A call comes after the sound of the words before it."""
        self._finish_words()
        self._has_called = True
        self._workers.tts.submit(self._put, Called(name, arguments))

    def _speak(self, clauses: list[Clause]) -> None:
        for clause in clauses:
            self._workers.tts.submit(self._guarded, self._say, clause)

    def _say(self, clause: Clause) -> None:
        for sound in self._voicing.speak(clause):
            if self._encoder is None:
                self._put(sound)
            elif audio := self._encoder.encode(sound.audio):
                self._put(Sound(audio, sound.text_end))

    def _flush(self, encoder: Encoder) -> None:
        if audio := encoder.flush():
            self._put(Sound(audio, 0))

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
