"""Makes the answers that responses ask for, and tells the protocol of their pieces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.backends.local.protocol.pieces import Finished
from rt_widget.backends.local.work.answer import Answer

if TYPE_CHECKING:
    import asyncio

    from rt_widget.backends.local.protocol.outcome import Respond
    from rt_widget.backends.local.work.drafts import Drafts
    from rt_widget.backends.local.work.means import Means
    from rt_widget.backends.local.work.recognising import Recognising
    from rt_widget.backends.local.workers import Workers


@dataclass(slots=True)
class _Job:
    """One response in the making."""

    is_beside: bool
    task: asyncio.Task[None] | None = None
    answer: Answer | None = None

    def end(self) -> None:
        if self.task is not None:
            self.task.cancel()
        if self.answer is not None:
            self.answer.cancel()


class Answering:
    """One answer of the conversation at a time, and those beside it.

    Args:
        means: What they are made with.
        recognising: Knows when all words are known.
        drafts: May have the answer already.
    """

    def __init__(self, means: Means, recognising: Recognising, drafts: Drafts) -> None:
        self._means = means
        self._recognising = recognising
        self._drafts = drafts
        self._beside: Workers | None = None
        self._jobs: dict[str, _Job] = {}

    @property
    def is_busy(self) -> bool:
        """Whether an answer is being made."""
        return any(job.answer for job in self._jobs.values())

    def respond(self, action: Respond) -> None:
        """Start; an answer of the conversation takes the place of the one before."""
        if not action.is_beside:
            for name, job in list(self._jobs.items()):
                if not job.is_beside:
                    self._end(name)
        self._jobs[action.response_id] = job = _Job(action.is_beside)
        job.task = self._means.spawn(self._answer(action, job))

    def stop(self, response_id: str) -> None:
        """Drop what is being made for a response."""
        job = self._jobs.get(response_id)
        self._end(response_id)
        if job is None or not job.is_beside:
            self._drafts.drop_answer()

    def close(self) -> None:
        """Drop all of it."""
        for name in list(self._jobs):
            self._end(name)

    def _end(self, response_id: str) -> None:
        job = self._jobs.pop(response_id, None)
        if job is not None:
            job.end()

    async def _answer(self, action: Respond, job: _Job) -> None:
        name = action.response_id
        try:
            await self._make(action, job)
        finally:
            if self._jobs.get(name) is job:
                del self._jobs[name]

    async def _make(self, action: Respond, job: _Job) -> None:
        name, protocol = action.response_id, self._means.protocol
        misheard = await self._recognising.all_words()
        if action.is_turn:
            begun = protocol.begin(name)
            self._means.emit(begun)
            if not begun.events:
                self._drafts.drop_answer()
                return
        prompt = protocol.prompt_for(name)
        if prompt is None:
            self._means.emit(protocol.progress(name, misheard or Finished()))
            return
        if action.is_beside:
            job.answer = Answer(self._beside_workers(), prompt)
        else:
            job.answer = self._drafts.claim(prompt)
        async for piece in job.answer.pieces():
            self._means.emit(protocol.progress(name, piece))

    def _beside_workers(self) -> Workers:
        """A line of their own, so that the conversation does not wait for them."""
        if self._beside is None:
            self._beside = self._means.workers.for_session()
        return self._beside
