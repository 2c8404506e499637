"""What pages ask for, and say, of a widget. Runs on the background loop."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from rt_widget import messages
from rt_widget.download import Download
from rt_widget.errors import RealtimeWidgetError
from rt_widget.microphone import Microphone, Sound, SoundEnds
from rt_widget.pages import Pages

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

    from rt_widget.backends.base import Backend
    from rt_widget.dialogue import Dialogue
    from rt_widget.live import Live
    from rt_widget.publisher import Page

_log = logging.getLogger(__name__)


class PageRequests:
    """Does what pages ask for.

    Microphone and sound are taken from their owner only. What another page says of
    them is left out; its wish for silence is not.
    """

    def __init__(self, live: Live, backend: Backend, page: Page) -> None:
        self._live = live
        self._download = Download(backend, page)
        self._microphone = Microphone()
        self._pages = Pages(live.publisher, self._end_foreign_microphone)
        self._is_opening = False

    def handle(
        self,
        message: messages.PageMessage,
        ear: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Do what a page asks for; `ear` is the loop that has heard it."""
        self._pages.hear(message, ear)
        match message:
            case messages.AudioPiece() | messages.Microphone():
                self._hear(message)
            case messages.Interrupt() | messages.Cut() | messages.Played():
                self._take_position(message)
            case messages.Resend():
                self._live.publisher.show_again(message)
            case messages.Replay(item_id=item_id):
                self._live.publisher.replay(item_id)
            case messages.Fetch():
                self._download.start()
            case _:
                self._ask(message)

    def let_go(self) -> None:
        """Another widget takes this one's place: no microphone, no sound any more."""
        self._live.publisher.silence()
        self._pages.release()

    def stop(self) -> None:
        """The widget is gone."""
        self._download.stop()
        self._pages.stop()

    def _ask(self, message: messages.PageMessage) -> None:
        match message:
            case messages.Connect():
                _start(self._live.connect())
            case messages.Disconnect():
                _start(self._live.disconnect())
            case messages.Confirm(call_id=call_id, allow=allow):
                self._live.confirm(call_id, allow=allow)
            case messages.Typed(text=text) if text.strip():
                _start(self._live.ask(text))
            case _:
                pass

    def _hear(self, message: messages.AudioPiece | messages.Microphone) -> None:
        microphone = self._microphone
        match message:
            case messages.AudioPiece(page=page, number=number, pcm=pcm):
                self._pass_on(microphone.push(page, number, pcm))
                gap = microphone.gap() if page == microphone.page else None
                if gap is not None:
                    self._live.publisher.tell(messages.resend_message(*gap))
            case messages.Microphone(page=page, on=True) if self._pages.claim(page):
                microphone.switch_on(page)
                if self._live.dialogue is None:
                    self._open()
            case messages.Microphone(page=page, on=False) if page == microphone.page:
                self._pass_on(microphone.switch_off())

    def _end_foreign_microphone(self) -> None:
        """Microphone and sound belong to another page, or to none."""
        page = self._microphone.page
        if page is not None and not self._pages.owns(page):
            self._pass_on(self._microphone.switch_off())

    def _take_position(
        self, message: messages.Interrupt | messages.Cut | messages.Played
    ) -> None:
        dialogue = self._live.dialogue
        is_owner = self._pages.claim(message.page)
        match message:
            case messages.Interrupt() if not is_owner:
                self._live.interrupt()
            case messages.Interrupt(response_id=response_id, positions=positions):
                self._live.publisher.drop_sound(response_id)
                if dialogue is not None:
                    dialogue.interrupt(positions, response_id)
            case messages.Cut(positions=positions) if is_owner and dialogue is not None:
                dialogue.cut(positions)
            case messages.Played(position=position, ended=ended) if (
                is_owner and dialogue is not None
            ):
                dialogue.played(position, ended=ended)

    def _open(self) -> None:
        if not self._is_opening:
            self._is_opening = True
            self._microphone.early.clear()
            _start(self._pass_on_early())

    async def _pass_on_early(self) -> None:
        """What is said while the session opens is heard when it is open."""
        try:
            dialogue = (await self._live.connect()).dialogue
            while self._microphone.early:
                # All of it comes at once: no server has fallen behind yet.
                _tell(dialogue, self._microphone.early.popleft(), is_live=False)
        finally:
            self._is_opening = False

    def _pass_on(self, sounds: Iterable[Sound | SoundEnds]) -> None:
        for sound in sounds:
            dialogue = self._live.dialogue
            if self._is_opening:
                self._microphone.early.append(sound)
            elif dialogue is not None:
                _tell(dialogue, sound, is_live=True)


def _start(work: Coroutine[object, object, object]) -> None:
    """Run what a page has asked for; its failures are shown where they happen."""
    task: asyncio.Task[object] = asyncio.create_task(work)
    _running.add(task)
    task.add_done_callback(_running.discard)
    task.add_done_callback(_retrieve)


_running: set[asyncio.Task[object]] = set()
"""The loop itself keeps only weak references to its tasks."""


def _tell(dialogue: Dialogue, sound: Sound | SoundEnds, *, is_live: bool) -> None:
    match sound:
        case Sound(pcm=pcm):
            dialogue.append_audio(pcm, is_live=is_live)
        case SoundEnds():
            dialogue.end_audio(time.monotonic())


def _retrieve(task: asyncio.Task[object]) -> None:
    if task.cancelled() or (error := task.exception()) is None:
        return
    if not isinstance(error, RealtimeWidgetError):
        _log.error("A request of the page failed.", exc_info=error)
