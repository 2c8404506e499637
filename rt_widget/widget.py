"""`RealtimeWidget`: a live voice conversation in a notebook cell."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from typing import TYPE_CHECKING, Never, Self

from rt_widget._loop import background_loop
from rt_widget._waiting import wait_for, wait_here
from rt_widget.backends import choose_backend
from rt_widget.backends.key import Key
from rt_widget.callbacks import Callbacks
from rt_widget.chunk_turn import ChunkTurn
from rt_widget.chunks import check_chunk
from rt_widget.config import DEFAULT_SYSTEM, DEFAULT_VOICE
from rt_widget.errors import InputError
from rt_widget.page_model import PageModel
from rt_widget.settings import SETTINGS
from rt_widget.turns import Turns
from rt_widget.widget_tools import WidgetTools, by_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from rt_widget.backends import Backend
    from rt_widget.chunks import Chunk
    from rt_widget.config import NoiseReduction
    from rt_widget.conversation import Item
    from rt_widget.live import Live
    from rt_widget.settings import TurnDetectionGiven
    from rt_widget.widget_tools import Offered

CLOSING_TIMEOUT_S = 2.0

NO_KEY_NOTICE = (
    "No OPENAI_API_KEY was found: the local voice answers, on this computer."
)


class RealtimeWidget(Turns, WidgetTools, Callbacks, PageModel):
    """A live voice conversation in a notebook cell.

    The settings, from `model` to `noise_reduction`, are traits: set, observe and link
    them; see `Settings`.

    Args:
        model: The model's name; empty for the backend's default.
        system: Instructions for the session.
        voice: The voice's name; `none` for answers in text only.
        speed: Of the voice, 0.25 to 1.5.
        temperature: Of the sampling, 0.6 to 1.2, where the backend takes one.
        turn_detection: Who ends a turn: `server_vad`, `semantic_vad`, `push_to_talk`,
            or a `ServerVad`, `SemanticVad`, `PushToTalk`.
        noise_reduction: What the service does about noise, where it can: `none`,
            `near_field`, `far_field`.
        tools: Functions, plain or async, that the model may call; see `tool`.
        backend: `auto` (`openai` when a key or an address is given, else `local`),
            `openai`, `local`, or a `Backend`.
        base_url: Address of any Realtime-compatible server.
        api_key: A key or a function that gives it; None is `OPENAI_API_KEY`.

    Raises:
        InputError: a value cannot be used; it says which and what can.

    Example:
        >>> w = RealtimeWidget(backend="local")
        >>> reply = w.ask_sync("What is the capital of France?")
        >>> "Paris" in reply.text
        True
        >>> w.close()
    """

    def __init__(  # noqa: PLR0913 - notebooks complete no keywords but these
        self,
        *,
        model: str = "",
        system: str = DEFAULT_SYSTEM,
        voice: str = DEFAULT_VOICE,
        speed: float = 1.0,
        temperature: float = 0.8,
        turn_detection: TurnDetectionGiven = "server_vad",
        noise_reduction: NoiseReduction = "none",
        tools: Iterable[Offered] = (),
        backend: str | Backend = "auto",
        base_url: str | None = None,
        api_key: str | Callable[[], str] | Key | None = None,
        **unknown: Never,
    ) -> None:
        # Kept from the arguments that a traceback shows.
        api_key = Key.of(api_key)
        chosen = _chosen(backend, base_url, api_key)
        _check_names(unknown)
        offered = by_name(tools)
        self._chunk_turn = ChunkTurn()
        super().__init__(
            chosen,
            model=model,
            system=system,
            voice=voice,
            speed=speed,
            temperature=temperature,
            turn_detection=turn_detection,
            noise_reduction=noise_reduction,
        )
        self._live.tools = offered
        self._life = "open"
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

        Example:
            >>> await w.connect()
            >>> w.status
            'ready'
        """
        await wait_for(self._open().connect)

    async def disconnect(self) -> None:
        """End the session; what was said stays.

        Example:
            >>> await w.disconnect()
            >>> w.status
            'disconnected'
        """
        await wait_for(self._open().disconnect)

    def send(self, chunk: Chunk | Mapping[str, object], buffers: None = None) -> None:
        """Stream input by the piece, as chunks; assigning to `chunk` is the same.

        Text is collected until its turn is `done`, or sound follows it. Sound (base64
        of mono PCM16 at 24 kHz) is passed on as it comes. Text and sound until a chunk
        with `done` are one turn, and get one answer; a turn of blank text gets none.

        Where the server listens for the end of a turn, `done` sends the silence that
        it listens for; sound in which it hears no speech is no turn to it.

        Raises:
            InputError: not a chunk; it says why, and nothing was sent.
            ClosedError: the widget was closed.

        Example:
            >>> w.send({"content": "What is the capital "})
            >>> w.send({"content": "of France?", "done": True})
        """
        del buffers
        piece = check_chunk(chunk)
        live = self._open()
        with self._lock:
            for part in self._chunk_turn.take(piece):
                background_loop().submit(live.put(part))

    def interrupt(self) -> None:
        """Stop the answer that is being given; the page falls silent at once.

        Example:
            >>> w.interrupt()
        """
        background_loop().call(self._open().interrupt)

    @property
    def conversation(self) -> tuple[Item, ...]:
        """The conversation so far, in the server's order.

        Example:
            >>> reply = w.ask_sync("Good morning")
            >>> [item.role for item in w.conversation]
            ['user', 'assistant']
        """
        return tuple(self._live.conversation)

    @property
    def transcript(self) -> str:
        """The conversation as text, a line an item.

        Example:
            >>> reply = w.ask_sync("Good morning")
            >>> print(w.transcript)
            user: Good morning
            assistant: You said: Good morning
        """
        return self._live.conversation.transcript

    def close(self) -> None:
        """End the session and remove the widget; safe to call twice.

        Example:
            >>> w.close()
            >>> w.ask_sync("Still there?")
            Traceback (most recent call last):
                ...
            rt_widget.errors.ClosedError: This widget was closed. Make a new ...
        """
        if sys.is_finalizing() or self._belongs_elsewhere:
            return
        if self._life == "open":
            self._life = "closed"
            ended = background_loop().submit(self._end())
            ended.add_done_callback(lambda _: self._end_callbacks())
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
        wait_here(self._open().connect)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> Live:
        self._check_open()
        return self._live


def _chosen(backend: str | Backend, base_url: str | None, api_key: Key) -> Backend:
    if isinstance(backend, str):
        return choose_backend(backend, base_url=base_url, api_key=api_key)
    return backend


def _check_names(unknown: Collection[str]) -> None:
    if unknown:
        msg = f"There is no setting {', '.join(sorted(unknown))}."
        raise InputError(msg, hint=f"Give one of {', '.join(SETTINGS)}.")
