"""One live conversation over one connection.

A session runs on one event loop: one task reads, one task writes, and what comes in
goes through folds (`Conversation`, `Playback`, `Meters`, `Answers`, `LiveSettings`).
It knows no backend by name and no widget; it tells its watcher `Update`s.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from rt_widget import events, updates
from rt_widget.answers import Answers, Turn, new_turn
from rt_widget.audio import SAMPLE_RATE_HZ, duration_ms
from rt_widget.config import PushToTalk
from rt_widget.conversation import Conversation
from rt_widget.errors import (
    ConnectError,
    ConnectionLostError,
    NotConnectedError,
    ProtocolError,
    RealtimeWidgetError,
    ServerError,
)
from rt_widget.live_settings import LiveSettings
from rt_widget.meters import Meters
from rt_widget.outbox import Outbox
from rt_widget.playback import Playback, PlaybackPosition

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from rt_widget.backends.base import Backend, Connection
    from rt_widget.config import SessionConfig

_log = logging.getLogger(__name__)

OPENING_TIMEOUT_S = 20.0
"""For `session.created` and `session.updated` to come after connecting."""

SHORTEST_COMMIT_MS = 100
"""The service refuses to commit less sound than this."""

ENDING_SILENCE_S = 1.0
"""Silence that ends a turn when the microphone is switched off while speaking."""

SOUND_LOST = (
    "The server does not take sound as fast as it comes; the oldest of it is left out."
)

_BENIGN = {"response_cancel_not_active", "conversation_already_has_active_response"}
"""Errors that only say that a race was lost."""


class Session:
    """A live session; made by `Session.open`, used from its own event loop only."""

    def __init__(
        self,
        connection: Connection,
        settings: LiveSettings,
        tell: Callable[[updates.Update], None],
        conversation: Conversation,
    ) -> None:
        self.conversation = conversation
        self.meters = Meters()
        self.status: updates.Status = "connecting"
        self._connection = connection
        self._settings = settings
        self._tell = tell
        self._answers = Answers()
        self._playback = Playback()
        self._outbox = Outbox()
        self._hears_speech = False
        self._awaits_answer = False
        self._uncommitted_ms = 0.0
        self._tasks: list[asyncio.Task[None]] = []
        self._over = False

    @classmethod
    async def open(
        cls,
        backend: Backend,
        config: SessionConfig,
        tell: Callable[[updates.Update], None],
        conversation: Conversation | None = None,
    ) -> Session:
        """Connect, set the session up, and start reading and writing.

        Args:
            backend: Where the conversation is held.
            config: The settings to begin with.
            tell: Called on this loop with each `Update`; must not block or raise.
            conversation: What was said before, to go on from on screen.

        Raises:
            RealtimeWidgetError: it could not be opened; the error says what to do.
        """
        adjusted = backend.adjust(config)
        for notice in adjusted.notices:
            tell(updates.Noticed(notice))
        connection = await backend.connect(adjusted.config)
        settings = LiveSettings(adjusted.config, backend.capabilities)
        session = cls(connection, settings, tell, conversation or Conversation())
        try:
            async with asyncio.timeout(OPENING_TIMEOUT_S):
                await session._set_up()
        except TimeoutError:
            await connection.close()
            msg = f"The server did not set the session up in {OPENING_TIMEOUT_S:.0f} s."
            raise ConnectError(msg, hint="Connect again.") from None
        except BaseException:
            await connection.close()
            raise
        session._tasks = [
            asyncio.create_task(session._go_on(work), name=f"rt_widget {name}")
            for name, work in (("reads", session._read()), ("writes", session._write()))
        ]
        session._show_status()
        return session

    def append_audio(self, pcm: bytes, *, is_live: bool = False) -> None:
        """More of the person's sound: mono PCM16 at 24 kHz.

        `is_live`: from a microphone, so the oldest may go when the server stalls.
        """
        if not pcm:
            return
        self._uncommitted_ms += duration_ms(pcm)
        lost_before = self._outbox.dropped_ms
        event = events.InputAudioAppend(audio=pcm)
        (self._outbox.put_live if is_live else self._outbox.put)(event)
        if self._outbox.dropped_ms and not lost_before:
            self._tell(updates.Noticed(SOUND_LOST))

    def commit_audio(self) -> Turn | None:
        """End the turn by hand, and ask for an answer.

        Returns:
            The turn; None when less than `SHORTEST_COMMIT_MS` was appended, or when
            the server ends turns by itself and will answer unasked.
        """
        if not isinstance(self._settings.wanted.turn_detection, PushToTalk):
            return None
        appended, self._uncommitted_ms = self._uncommitted_ms, 0.0
        if appended < SHORTEST_COMMIT_MS:
            self._outbox.drop_audio()
            self._outbox.put(events.InputAudioClear())
            return None
        self._outbox.put(events.InputAudioCommit())
        return self.create_response()

    def end_audio(self) -> None:
        """The microphone is off: let the turn that is being spoken come to its end.

        A server that listens for silence would wait for it for ever.
        """
        if isinstance(self._settings.wanted.turn_detection, PushToTalk):
            self.commit_audio()
        elif self._hears_speech:
            self.append_audio(bytes(round(ENDING_SILENCE_S * SAMPLE_RATE_HZ) * 2))

    def ask(self, question: str | bytes) -> Turn:
        """Put a question, of text or of sound as a whole; see `create_response`."""
        item_id = events.new_id("item")
        if isinstance(question, str):
            item = events.ItemCreate(item_id=item_id, text=question)
        else:
            item = events.ItemCreate(item_id=item_id, audio=question)
        return self.create_response(item)

    def create_response(self, question: events.ItemCreate | None = None) -> Turn:
        """Ask for an answer; it waits its turn when another one is being given."""
        self._require_live()
        turn = new_turn(question)
        self._answers.ask(turn)
        self.meters.turn_ended(time.monotonic())
        self._awaits_answer = True
        self._go_on_from_here()
        return turn

    def withdraw(self, turn: Turn) -> None:
        """Nobody waits for this turn any more."""
        self._answers.withdraw(turn)
        self._go_on_from_here()

    def interrupt(self, position: PlaybackPosition | None = None) -> None:
        """Stop the answer that is being given or played.

        Args:
            position: Where the page stopped playing. Without one the page is told to
                stop, and reports its position then.
        """
        response_id = self._answers.gate.active_id
        for update in self._answers.stop():
            self._tell(update)
            self._outbox.put(events.ResponseCancel(response_id=response_id))
        if position is not None:
            self.cut(position)

    def cut(self, position: PlaybackPosition) -> None:
        """The page has stopped playing an answer at `position`."""
        cut = self._playback.cut(position)
        if cut is not None:
            self._outbox.put(cut)

    def played(self, position: PlaybackPosition) -> None:
        """The page has played an item to its end."""
        self._playback.ended(position)

    def update(self, config: SessionConfig) -> None:
        """Take new settings over, as far and as soon as the backend allows."""
        update, notices = self._settings.change(
            config, between_turns=self._answers.gate.is_free
        )
        for notice in notices:
            self._tell(updates.Noticed(notice))
        if update is not None:
            self._outbox.put(update)

    async def close(self) -> None:
        """End the session; safe to call twice."""
        await self._end(None)

    async def _set_up(self) -> None:
        """Wait for the session, send its settings, wait until they hold."""
        while not isinstance(event := await self._receive(), events.SessionCreated):
            if isinstance(event, events.ErrorReported):
                raise _server_error(event.error)
        await self._connection.send(self._settings.first())
        while not isinstance(event := await self._receive(), events.SessionUpdated):
            if isinstance(event, events.ErrorReported):
                smaller = self._settings.refused(event.error)
                if smaller is None:
                    raise _server_error(event.error)
                self._tell(updates.Noticed(event.error.message))
                await self._connection.send(smaller)
        self._settings.accepted()

    async def _receive(self) -> events.ServerEvent:
        """The next event that can be used; what cannot is logged and left out."""
        while True:
            try:
                return await self._connection.receive()
            except ProtocolError as error:
                _log.warning("An event was left out. %s", error)

    async def _go_on(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - a defect must end in the cell, not in silence
            await self._end(_shown(error))

    async def _read(self) -> None:
        while True:
            event = await self._receive()
            if self._answers.accepts(event):
                self._take(event)

    async def _write(self) -> None:
        while True:
            await self._connection.send(await self._outbox.get())

    def _take(self, event: events.ServerEvent) -> None:
        if self.meters.apply(event, time.monotonic()):
            self._tell(updates.MetersChanged(self.meters.usage, self.meters.latency))
        self._playback.apply(event)
        changed = self.conversation.apply(event)
        for update in self._answers.apply(event, self.meters.latency):
            self._tell(update)
        if changed:
            self._tell(updates.ItemsChanged(changed))
        self._react(event)
        self._go_on_from_here()

    def _react(self, event: events.ServerEvent) -> None:
        match event:
            case events.SpeechStarted():
                self._hears_speech = True
                self._stop_for_speech()
            case events.SpeechStopped() | events.InputCommitted():
                self._hears_speech = False
                self._awaits_answer = _answers_by_itself(self._settings.wanted)
                if not isinstance(self._settings.wanted.turn_detection, PushToTalk):
                    self._uncommitted_ms = 0.0
            case events.InputTranscriptDone(transcript=words) if not words.strip():
                self._awaits_answer = False
            case events.ResponseCreated() | events.ResponseDone():
                self._awaits_answer = False
            case events.AudioDelta():
                self._settings.has_spoken = True
            case events.SessionUpdated():
                self._settings.accepted()
            case events.ErrorReported(error=fault):
                self._report(fault)
            case _:
                pass

    def _stop_for_speech(self) -> None:
        """The server has heard the person: what it was saying must fall silent."""
        detection = self._settings.wanted.turn_detection
        if isinstance(detection, PushToTalk) or not detection.interrupt_response:
            return
        killed = list(self._answers.kill())
        # Sound of an answer that has ended on the wire may still be playing.
        for update in killed or [updates.Interrupted("")]:
            self._tell(update)

    def _report(self, fault: events.ServerFault) -> None:
        smaller = self._settings.refused(fault)
        if smaller is not None:
            self._outbox.put(smaller)
            self._tell(updates.Noticed(fault.message))
        elif fault.code not in _BENIGN and not _is_late_cut(fault):
            self._tell(updates.Failed(_server_error(fault)))

    def _go_on_from_here(self) -> None:
        """Something has changed: do what is to be done now, and show it."""
        if self._answers.is_unwanted:
            self.interrupt()
        # A setting made before a question holds for its answer.
        update = self._settings.due(between_turns=self._answers.gate.is_free)
        if update is not None:
            self._outbox.put(update)
        for event in self._answers.due():
            self._outbox.put(event)
        self._show_status()

    def _show_status(self) -> None:
        status: updates.Status = "ready"
        if self._hears_speech:
            status = "listening"
        elif self._answers.is_speaking:
            status = "speaking"
        elif self._awaits_answer or not self._answers.gate.is_idle:
            status = "thinking"
        if status != self.status:
            self.status = status
            self._tell(updates.StatusChanged(status))

    def _require_live(self) -> None:
        if self._over:
            msg = "The session is over."
            raise NotConnectedError(msg)

    async def _end(self, error: RealtimeWidgetError | None) -> None:
        if self._over:
            return
        self._over = True
        current = asyncio.current_task()
        others = [task for task in self._tasks if task is not current]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._connection.close()
        reason = error or ConnectionLostError("The session was closed.")
        self._answers.end(reason)
        changed = self.conversation.end()
        if changed:
            self._tell(updates.ItemsChanged(changed))
        self.status = "disconnected"
        self._tell(updates.StatusChanged("disconnected"))
        self._tell(updates.Closed(error))


def _answers_by_itself(config: SessionConfig) -> bool:
    detection = config.turn_detection
    return not isinstance(detection, PushToTalk) and detection.create_response


def _shown(error: Exception) -> RealtimeWidgetError:
    """The error that a person reads for one that ended the session."""
    if isinstance(error, RealtimeWidgetError):
        return error
    _log.error("The session failed.", exc_info=error)
    msg = "An internal error ended the session."
    return RealtimeWidgetError(msg, code="internal", hint="Connect again.")


def _server_error(fault: events.ServerFault) -> ServerError:
    where = f" ({fault.param})" if fault.param else ""
    message = fault.message or "The server reported an error without a text."
    return ServerError(f"{message}{where}", code=fault.code or fault.type or None)


def _is_late_cut(fault: events.ServerFault) -> bool:
    """A truncation that came too late to matter; the service gives it no code."""
    return not fault.code and (
        "already shorter than" in fault.message
        or "Only model output audio" in fault.message
    )
