"""The work that the protocol asks for: who does it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from rt_widget.backends.local.protocol.outcome import (
    Discard,
    Forget,
    Glimpse,
    Listen,
    Prime,
    Recognise,
    Respond,
    Speculate,
    Stop,
    Wake,
)
from rt_widget.backends.local.work.answering import Answering
from rt_widget.backends.local.work.drafts import Drafts
from rt_widget.backends.local.work.glimpses import Glimpses
from rt_widget.backends.local.work.recognising import Recognising
from rt_widget.backends.local.work.recognition import Recognition
from rt_widget.errors import RealtimeWidgetError

if TYPE_CHECKING:
    from rt_widget.backends.local.engines.base import ChatMessage
    from rt_widget.backends.local.protocol.outcome import Action
    from rt_widget.backends.local.work.means import Means

_LOG = logging.getLogger(__name__)


class TurnWork:
    """Does what the protocol asks for, and tells it what came of it.

    Args:
        means: What it is done with.
    """

    def __init__(self, means: Means) -> None:
        self._means = means
        self._drafts = Drafts(means)
        self._recognising = Recognising(means)
        self._answering = Answering(means, self._recognising, self._drafts)
        self._glimpses = Glimpses(
            means.workers, lambda *read: means.emit(means.protocol.read(*read))
        )
        self._ahead: tuple[ChatMessage, ...] = ()

    def perform(self, action: Action) -> None:
        """Start what is asked for; returns at once."""
        match action:
            case Recognise():
                self._recognise(action)
            case Respond():
                self._answering.respond(action)
            case Forget(item_id):
                self._recognising.forget(item_id)
            case Stop(response_id):
                self._answering.stop(response_id)
            case Prime(messages):
                self._ahead = messages
                # An answer that was stopped leaves the engine first.
                workers = self._means.workers
                workers.llm.submit(workers.prime.submit, self._read_ahead, messages)
            case Glimpse() | Speculate() | Discard():
                self._look_ahead(action)
            case Listen() | Wake():
                """The session's own work."""

    def close(self) -> None:
        """Stop all of it."""
        self._answering.close()
        self._drafts.discard()
        self._glimpses.drop()
        self._ahead = ()

    def _look_ahead(self, action: Glimpse | Speculate | Discard) -> None:
        match action:
            case Speculate():
                self._glimpses.drop()
                self._drafts.prepare(action)
            case Discard():
                self._drafts.discard()
            case Glimpse() if self._is_free:
                self._means.spawn(self._glimpses.look(action))

    @property
    def _is_free(self) -> bool:
        works = (self._drafts, self._answering, self._recognising)
        return not any(work.is_busy for work in works)

    def _recognise(self, action: Recognise) -> None:
        self._glimpses.drop()
        recognition = self._drafts.finish(action.item_id)
        if recognition is None:
            recognition = Recognition(
                self._means.workers, action.sound, action.audio_format
            )
        key = (action.item_id, action.content_index)
        self._recognising.follow(key, recognition)

    def _read_ahead(self, messages: tuple[ChatMessage, ...]) -> None:
        if messages is not self._ahead:
            return
        try:
            self._means.workers.engines.llm.warm(messages)
        except RealtimeWidgetError as error:
            # The answer itself will meet the same and report it.
            _LOG.info("Reading ahead failed: %s", error)
