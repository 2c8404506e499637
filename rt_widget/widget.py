"""`RealtimeWidget`: a live voice conversation in a notebook cell."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from typing import TYPE_CHECKING, Self, TypedDict, Unpack

from rt_widget._loop import background_loop
from rt_widget._waiting import wait_for, wait_here
from rt_widget.backends import choose_backend
from rt_widget.backends.key import Key
from rt_widget.chunks import Chunk, check_chunk
from rt_widget.errors import ClosedError, InputError
from rt_widget.page_model import PageModel
from rt_widget.settings import SETTINGS
from rt_widget.turns import check_question, chunks_for, reply_to

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from rt_widget.audio import Audio
    from rt_widget.backends import Backend
    from rt_widget.config import NoiseReduction, TurnDetection
    from rt_widget.conversation import Item
    from rt_widget.live import Live
    from rt_widget.reply import Reply

CLOSING_TIMEOUT_S = 2.0

NO_KEY_NOTICE = (
    "No OPENAI_API_KEY was found: the local voice answers, on this computer."
)


class SettingsGiven(TypedDict, total=False):
    """Keywords of `RealtimeWidget` that are settings; see `Settings`."""

    model: str
    system: str
    voice: str
    speed: float
    temperature: float
    turn_detection: str | TurnDetection | dict[str, object]
    noise_reduction: NoiseReduction


class RealtimeWidget(PageModel):
    """A live voice conversation in a notebook cell.

    Args:
        backend: `auto` (`openai` when a key or an address is given, else `local`),
            `openai`, `local`, or a `Backend`.
        base_url: Address of any Realtime-compatible server.
        api_key: A key or a function that gives it; None is `OPENAI_API_KEY`.
        **settings: `model`, `system`, `voice`, `speed`, `temperature`,
            `turn_detection`, `noise_reduction`; they are traits, see `Settings`.

    Raises:
        InputError: a value cannot be used; it says which and what can.

    Example:
        >>> w = RealtimeWidget(backend="local")
        >>> reply = w.ask_sync("What is the capital of France?")
        >>> "Paris" in reply.text
        True
        >>> w.close()
    """

    # ipywidgets closes a widget that is collected, also one that was never whole.
    _closed = True

    def __init__(
        self,
        *,
        backend: str | Backend = "auto",
        base_url: str | None = None,
        api_key: str | Callable[[], str] | Key | None = None,
        **settings: Unpack[SettingsGiven],
    ) -> None:
        # Kept from the arguments that a traceback shows.
        api_key = Key.of(api_key)
        chosen = (
            choose_backend(backend, base_url=base_url, api_key=api_key)
            if isinstance(backend, str)
            else backend
        )
        _check_names(settings)
        self._typed: list[str] = []
        super().__init__(chosen, **settings)
        self._closed = False
        adjusted = chosen.adjust(self.session_config)
        self.model = adjusted.config.model
        is_fallback = backend == "auto" and chosen.capabilities.backend == "local"
        notices = (NO_KEY_NOTICE,) * is_fallback + adjusted.notices
        self.notice = " ".join(notices)
        self.observe(lambda change: self.send(change["new"]), names=["chunk"])

    async def connect(self) -> None:
        """Open the session, unless it is open.

        Raises:
            RealtimeWidgetError: it cannot be opened; the error says what to do.
        """
        await wait_for(self._open().connect())

    async def disconnect(self) -> None:
        """End the session; what was said stays."""
        await wait_for(self._open().disconnect())

    async def ask(self, question: str | Audio) -> Reply:
        """Ask and wait for the whole answer; connects when needed.

        Args:
            question: A text, or the sound of a spoken question.

        Raises:
            RealtimeWidgetError: there will be no answer; the error says why.
        """
        return await wait_for(reply_to(self._open(), check_question(question)))

    def ask_sync(self, question: str | Audio) -> Reply:
        """`ask` without await, for a plain cell or a script."""
        return wait_here(reply_to(self._open(), check_question(question)))

    def stream(self, question: str | Audio) -> AsyncIterator[Chunk]:
        """Ask and iterate over the answer's chunks, each delta as it comes.

        Yields:
            Chunks of text and of base64 PCM16 sound at 24 kHz, in order; the last
            one is empty and `done`.
        """
        return chunks_for(self._open(), check_question(question))

    def send(self, chunk: object, buffers: None = None) -> None:
        """Stream input by the piece, as chunks.

        Text is collected until a chunk with `done`, then asked. Sound is passed on as
        it comes; its `done` ends the turn where the server does not do so itself.

        Raises:
            InputError: not a chunk; nothing was sent.
        """
        del buffers
        piece = check_chunk(chunk)
        live = self._open()
        if piece.audio:
            background_loop().submit(live.append_audio(piece.audio))
        if piece.is_audio and piece.done:
            background_loop().submit(live.commit_audio())
        if not piece.is_audio:
            self._typed.append(piece.text)
        if piece.done and not piece.is_audio:
            text, self._typed = "".join(self._typed), []
            if text.strip():
                background_loop().submit(live.ask(text))

    def interrupt(self) -> None:
        """Stop the answer that is being given; the page falls silent at once."""
        background_loop().call(self._open().interrupt)

    @property
    def conversation(self) -> tuple[Item, ...]:
        """The conversation so far, in the server's order."""
        return tuple(self._live.conversation)

    @property
    def transcript(self) -> str:
        """The conversation as text, a line an item."""
        return self._live.conversation.transcript

    def close(self) -> None:
        """End the session and remove the widget; safe to call twice."""
        if sys.is_finalizing():
            return
        if not self._closed:
            self._closed = True
            ended = background_loop().submit(self._end())
            if threading.current_thread() is not background_loop().thread:
                with suppress(FutureTimeoutError):
                    ended.result(CLOSING_TIMEOUT_S)
        super().close()

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def __enter__(self) -> Self:
        wait_here(self._open().connect())
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> Live:
        if self._closed:
            msg = "This widget was closed."
            raise ClosedError(msg)
        return self._live


def _check_names(settings: Iterable[str]) -> None:
    unknown = sorted(set(settings) - set(SETTINGS))
    if unknown:
        msg = f"There is no setting {', '.join(unknown)}."
        raise InputError(msg, hint=f"Give one of {', '.join(SETTINGS)}.")
