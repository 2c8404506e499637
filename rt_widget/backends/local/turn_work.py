"""The work of a turn: recognising, preparing an answer ahead, answering."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.backends.local.answer import Answer
from rt_widget.backends.local.glimpses import Glimpses
from rt_widget.backends.local.outcome import (
    Discard,
    Forget,
    Glimpse,
    Listen,
    Prime,
    Recognise,
    Respond,
    Speculate,
    Stop,
)
from rt_widget.backends.local.recognition import Recognition
from rt_widget.backends.local.response import Failed, Finished
from rt_widget.errors import RealtimeWidgetError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import TypeAlias

    from rt_widget.backends.local.engines.base import ChatMessage
    from rt_widget.backends.local.outcome import Action, Outcome
    from rt_widget.backends.local.protocol import LocalProtocol, Prompt
    from rt_widget.backends.local.workers import Workers

    Spawn: TypeAlias = Callable[[Coroutine[object, object, None]], asyncio.Task[None]]

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class _Draft:
    """An answer prepared while it is not sure that the person has finished."""

    item_id: str
    recognition: Recognition
    answer: Answer | None = None
    is_dropped: bool = False

    def drop(self) -> None:
        self.is_dropped = True
        self.recognition.cancel()
        self.drop_answer()

    def drop_answer(self) -> None:
        if self.answer is not None:
            self.answer.cancel()
        self.answer = None


class TurnWork:
    """Does what the protocol asks for, and tells it what came of it.

    Args:
        workers: Where the work is done.
        protocol: Takes the results.
        emit: Gets what the protocol makes of them.
        spawn: Starts a task that ends with the session.
    """

    def __init__(
        self,
        workers: Workers,
        protocol: LocalProtocol,
        emit: Callable[[Outcome], None],
        spawn: Spawn,
    ) -> None:
        self._workers = workers
        self._protocol = protocol
        self._emit = emit
        self._spawn = spawn
        self._draft: _Draft | None = None
        self._prepared: Answer | None = None
        self._answer: Answer | None = None
        self._answering: asyncio.Task[None] | None = None
        self._recognising: dict[str, asyncio.Task[None]] = {}
        self._glimpses = Glimpses(workers, self._read)
        self._misheard: Failed | None = None
        self._ahead: tuple[ChatMessage, ...] = ()

    def perform(self, action: Action) -> None:
        """Start what is asked for; returns at once."""
        match action:
            case Glimpse() if self._is_free:
                self._spawn(self._glimpses.look(action))
            case Speculate():
                self._prepare(action)
            case Discard():
                self._drop_draft()
            case Recognise():
                self._recognise(action)
            case Respond():
                self._end_answering()
                self._answering = self._spawn(self._respond(action))
            case Forget(item_id) if item_id in self._recognising:
                self._recognising[item_id].cancel()
            case Stop():
                self._end_answering()
                self._drop_answers()
            case Prime(messages):
                self._ahead = messages
                # An answer that was stopped leaves the engine first.
                self._workers.llm.submit(
                    self._workers.prime.submit, self._read_ahead, messages
                )
            case Glimpse() | Forget() | Listen():
                """No time to look; words known; listening is the connection's work."""

    def close(self) -> None:
        """Stop all of it."""
        self._end_answering()
        self._drop_draft()
        self._drop_answers()
        self._glimpses.drop()
        self._ahead = ()

    @property
    def _is_free(self) -> bool:
        busy = self._draft or self._answer or self._recognising
        return not busy

    def _prepare(self, action: Speculate) -> None:
        self._drop_draft()
        self._glimpses.drop()
        if action.judged or self._protocol.may_speculate:
            recognition = Recognition(self._workers, action.samples)
            self._draft = _Draft(action.item_id, recognition)
            self._spawn(self._write_draft(self._draft))

    async def _write_draft(self, draft: _Draft) -> None:
        words = await draft.recognition.words()
        if draft.is_dropped:
            return
        self._emit(self._protocol.paused(draft.item_id, words))
        if self._draft is not draft or not words or not isinstance(words, str):
            return
        prompt = self._protocol.prompt(words) if self._protocol.may_speculate else None
        if prompt is not None:
            draft.answer = Answer(self._workers, prompt)

    def _recognise(self, action: Recognise) -> None:
        self._glimpses.drop()
        draft, self._draft = self._draft, None
        if draft is not None and draft.item_id == action.item_id:
            # What was prepared is now for good: it may not be dropped any more.
            draft.is_dropped = True
            self._prepared = draft.answer
            recognition = draft.recognition
        else:
            recognition = Recognition(self._workers, action.sound)
        task = self._spawn(self._report(action.item_id, recognition))
        self._recognising[action.item_id] = task

    async def _report(self, item_id: str, recognition: Recognition) -> None:
        try:
            words = await recognition.words()
        except asyncio.CancelledError:
            recognition.cancel()
            raise
        finally:
            del self._recognising[item_id]
        self._misheard = None
        if not isinstance(words, str):
            self._misheard = Failed(words.code, words.message)
        self._emit(self._protocol.recognised(item_id, words))

    async def _respond(self, action: Respond) -> None:
        item_id = action.item_id
        while self._recognising:
            await asyncio.wait(list(self._recognising.values()))
        if item_id is not None:
            begun = self._protocol.begin(item_id)
            self._emit(begun)
            if not begun.events:
                self._drop_answers()
                return
        prompt = self._protocol.prompt(verbatim=action.verbatim)
        if prompt is None:
            self._emit(self._protocol.progress(self._misheard or Finished()))
            return
        self._answer = self._claim(prompt)
        async for piece in self._answer.pieces():
            self._emit(self._protocol.progress(piece))
        self._answer = None

    def _claim(self, prompt: Prompt) -> Answer:
        """The prepared answer, where it is one to the same prompt."""
        prepared, self._prepared = self._prepared, None
        if prepared is not None and prepared.prompt == prompt:
            return prepared
        if prepared is not None:
            prepared.cancel()
        # Another may be in the making: the language model does one at a time.
        self._drop_answers()
        return Answer(self._workers, prompt)

    def _read_ahead(self, messages: tuple[ChatMessage, ...]) -> None:
        if messages is not self._ahead:
            return
        try:
            self._workers.engines.llm.warm(messages)
        except RealtimeWidgetError as error:
            # The answer itself will meet the same and report it.
            _LOG.info("Reading ahead failed: %s", error)

    def _end_answering(self) -> None:
        if self._answering is not None:
            self._answering.cancel()
        if self._answer is not None:
            self._answer.cancel()
        self._answering = self._answer = None

    def _drop_draft(self) -> None:
        if self._draft is not None:
            self._draft.drop()
        self._draft = None

    def _drop_answers(self) -> None:
        """Forget answers that were prepared; the words of a pause are still wanted."""
        if self._draft is not None:
            self._draft.drop_answer()
        if self._prepared is not None:
            self._prepared.cancel()
        self._prepared = None

    def _read(self, item_id: str, words: str) -> None:
        self._emit(self._protocol.read(item_id, words))
