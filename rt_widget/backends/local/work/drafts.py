"""Answers that are prepared in a pause, in case it is the end of the turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.backends.local.work.answer import Answer
from rt_widget.backends.local.work.recognition import Recognition

if TYPE_CHECKING:
    from rt_widget.backends.local.protocol.outcome import Speculate
    from rt_widget.backends.local.protocol.prompt import Prompt
    from rt_widget.backends.local.work.means import Means


@dataclass(slots=True)
class _Reading:
    """The words up to a pause, while it is not sure that the person has finished."""

    item_id: str
    recognition: Recognition
    is_dropped: bool = False

    def drop(self) -> None:
        self.is_dropped = True
        self.recognition.cancel()


class Drafts:
    """At most one reading of a pause, and at most one answer that nobody asked for yet.

    The answer is to the words of the newest reading. Where the next reading finds the
    same words it is kept: what came between was the last sound of the turn.

    Args:
        means: What they are made with.
    """

    def __init__(self, means: Means) -> None:
        self._means = means
        self._reading: _Reading | None = None
        self._answer: Answer | None = None

    @property
    def is_busy(self) -> bool:
        """Whether the person pauses or has just paused, and their words are read."""
        return self._reading is not None

    def prepare(self, action: Speculate) -> None:
        """The person pauses: find the words, and where it is wanted an answer."""
        self._drop_reading()
        if action.judged or self._means.protocol.may_speculate:
            recognition = Recognition(self._means.workers, action.samples)
            self._reading = _Reading(action.item_id, recognition)
            self._means.spawn(self._follow(self._reading))

    def discard(self) -> None:
        """The turn goes on, or was ended by other means."""
        self._drop_reading()
        self.drop_answer()

    def finish(self, item_id: str) -> Recognition | None:
        """The turn is over: its recognition, where that was begun in the pause."""
        reading, self._reading = self._reading, None
        if reading is None or reading.item_id != item_id:
            return None
        # It is now for good: nobody may cancel it any more, or answer it beforehand.
        reading.is_dropped = True
        return reading.recognition

    def claim(self, prompt: Prompt) -> Answer:
        """The prepared answer, where it is one to the same prompt, or a new one."""
        answer = self._answer_to(prompt)
        self._answer = None
        return answer

    def drop_answer(self) -> None:
        """Forget an answer that was prepared; the words of a pause are still wanted."""
        if self._answer is not None:
            self._answer.cancel()
        self._answer = None

    def _answer_to(self, prompt: Prompt) -> Answer:
        answer = self._answer
        if answer is None or not answer.prompt.is_like(prompt):
            # The language model does one at a time.
            self.drop_answer()
            answer = self._answer = Answer(self._means.workers, prompt)
        return answer

    def _drop_reading(self) -> None:
        if self._reading is not None:
            self._reading.drop()
        self._reading = None

    async def _follow(self, reading: _Reading) -> None:
        words = await reading.recognition.words()
        if reading.is_dropped:
            return
        self._means.emit(self._means.protocol.paused(reading.item_id, words))
        if self._reading is reading and words and isinstance(words, str):
            self._suppose(reading.item_id, words)

    def _suppose(self, item_id: str, words: str) -> None:
        """Answer the words of a pause, or have them read where more will follow."""
        protocol = self._means.protocol
        prompt = protocol.supposed(words)
        if prompt is not None:
            self._answer_to(prompt)
            return
        self.drop_answer()
        self._means.emit(protocol.read(item_id, words))
