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


class Drafts:
    """At most one draft, and at most one answer of a turn that is over.

    Args:
        means: What they are made with.
    """

    def __init__(self, means: Means) -> None:
        self._means = means
        self._draft: _Draft | None = None
        self._prepared: Answer | None = None

    @property
    def is_busy(self) -> bool:
        """Whether the person pauses, and what they said is looked at."""
        return self._draft is not None

    def prepare(self, action: Speculate) -> None:
        """The person pauses: find the words, and where it is wanted an answer."""
        self.discard()
        if action.judged or self._means.protocol.may_speculate:
            recognition = Recognition(self._means.workers, action.samples)
            self._draft = _Draft(action.item_id, recognition)
            self._means.spawn(self._write(self._draft))

    def discard(self) -> None:
        """The person goes on."""
        if self._draft is not None:
            self._draft.drop()
        self._draft = None

    def finish(self, item_id: str) -> Recognition | None:
        """The turn is over: its recognition, where that was begun in the pause."""
        draft, self._draft = self._draft, None
        if draft is None or draft.item_id != item_id:
            return None
        # What was prepared is now for good: it may not be dropped any more.
        draft.is_dropped = True
        self._prepared = draft.answer
        return draft.recognition

    def claim(self, prompt: Prompt) -> Answer:
        """The prepared answer, where it is one to the same prompt, or a new one."""
        prepared, self._prepared = self._prepared, None
        if prepared is not None and prepared.prompt == prompt:
            return prepared
        if prepared is not None:
            prepared.cancel()
        # Another may be in the making: the language model does one at a time.
        self.drop_answers()
        return Answer(self._means.workers, prompt)

    def drop_answers(self) -> None:
        """Forget answers that were prepared; the words of a pause are still wanted."""
        if self._draft is not None:
            self._draft.drop_answer()
        if self._prepared is not None:
            self._prepared.cancel()
        self._prepared = None

    async def _write(self, draft: _Draft) -> None:
        protocol = self._means.protocol
        words = await draft.recognition.words()
        if draft.is_dropped:
            return
        self._means.emit(protocol.paused(draft.item_id, words))
        if self._draft is not draft or not words or not isinstance(words, str):
            return
        prompt = protocol.prompt(words) if protocol.may_speculate else None
        if prompt is not None:
            draft.answer = Answer(self._means.workers, prompt)
