"""Real speech in and out on this computer's processor: no key, no network."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rt_widget.backends.base import Adjusted, Availability, Capabilities, Choice
from rt_widget.backends.local import weights
from rt_widget.backends.local.engines import missing_packages
from rt_widget.backends.local.homes import home_of
from rt_widget.backends.local.loading import Recipe, load
from rt_widget.backends.local.requests.typed import MODEL
from rt_widget.backends.local.speaking.voices import HEART, at_hand, notice
from rt_widget.backends.local.weights import FetchProgress, ModelFiles, fetch
from rt_widget.backends.local.weights.voice_files import fetch_voices
from rt_widget.catalog import catalog
from rt_widget.config import (
    DEFAULT_VOICE,
    SPEED_RANGE,
    TEMPERATURE_RANGE,
)
from rt_widget.errors import EnginesMissingError, InputError, WeightsError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from rt_widget.backends.base import Connection
    from rt_widget.backends.local.homes import Home
    from rt_widget.backends.local.serving import Serving
    from rt_widget.config import SessionConfig

__all__ = ["FetchProgress", "LocalBackend", "ModelFiles", "fetch", "fetch_voices"]

USUAL_PORT = 8765
"""Where `serve` listens when nobody says otherwise."""


class LocalBackend:
    """Conversations with the engines of the extra `local`, on this computer.

    The engines are loaded by the first session, shared by all, and stay for as long
    as this backend or one of its sessions does. Four answers are written side by side.

    They run in a child process, which ends a minute after its last session. In three
    runs of `benchmarks.engine_process`, on two cores with other work, the first sound
    came two to seven times sooner than from engines in the kernel while a cell sorted
    in C, and no later in a quiet kernel. It took 5 % more memory, and all of it was
    free after the end, where a kernel kept 330 MB. When the child crashes, its
    sessions end with an error that says so, and the next one starts another.

    It calls tools, within the limits of so small a model. It decides by the newest
    question alone, in English, so "and in Madrid?" calls nothing; a call counts where
    its arguments were said, so "dollars" stays "dollars" and never becomes "USD". In
    `benchmarks.local_tools` nineteen of twenty calls were right, one spelled a city
    otherwise than it was said, none of forty other questions called anything, and 18
    of 19 answers said what the tool had given. Of the outputs of a turn it reads 1,200
    characters. A server behind `llm_base_url` calls as well as its model does.

    Args:
        llm_base_url: A server of the chat completions API that thinks instead of the
            embedded model: Ollama, llama.cpp, LM Studio, vLLM. Up to and with `/v1`.
        llm_model: Its model; None takes the first that the server lists.
        llm_api_key: Its key; sent to that server only.
        threads: Threads of each engine, 1 or more; None takes what is free.
        models: The model files; None are those that `rt-widget fetch` brought.
        engine_process: Whether the engines run in a child process; None has one,
            unless this Python is part of another program.

    Raises:
        InputError: `llm_base_url` is no URL, `threads` is no positive number, or
            `engine_process` is neither True nor False nor None.

    Example:
        >>> thinks = "http://127.0.0.1:11434/v1"
        >>> RealtimeWidget(backend=LocalBackend(llm_base_url=thinks)).voice
        'alloy'
    """

    def __init__(  # noqa: PLR0913 - all by name, and each has its own default
        self,
        *,
        llm_base_url: str | None = None,
        llm_model: str | None = None,
        llm_api_key: str | None = None,
        threads: int | None = None,
        models: ModelFiles | None = None,
        engine_process: bool | None = None,
    ) -> None:
        self._recipe = Recipe(models, threads, llm_base_url, llm_model, llm_api_key)
        self._in_child = _choice(engine_process)
        self._home: Home | None = None

    def __repr__(self) -> str:
        return f"LocalBackend(llm_base_url={self._recipe.llm_base_url!r})"

    @property
    def capabilities(self) -> Capabilities:
        """What the engines can do; voices beside the built-in one once loaded."""
        return Capabilities(
            backend="local",
            label=f"local voice · {self._promise}",
            models=(Choice(MODEL, f"moonshine-tiny · {self._brain} · hibari"),),
            voices=tuple(Choice(name, name.capitalize()) for name in self._voices),
            temperature=TEMPERATURE_RANGE,
            speed=SPEED_RANGE,
            turn_detection=("server_vad", "semantic_vad", "push_to_talk"),
            default_model=MODEL,
            fallback_voice=HEART,
        )

    def adjust(self, config: SessionConfig) -> Adjusted:
        """Names of other backends become the ones at hand; a chosen one is noticed."""
        notices = []
        if config.model not in ("", MODEL, catalog().default_model):
            notices.append(f"{config.model} needs a key; the local model answers.")
        voice = at_hand(config.voice, self._voices)
        if config.voice not in (voice, DEFAULT_VOICE):
            notices.append(notice(config.voice, self._voices))
        adjusted = config.replace(model=MODEL, voice=voice)
        return Adjusted(adjusted, tuple(notices))

    async def prepare(self) -> None:
        """Load the engines, so that the first session opens at once.

        Raises:
            EnginesMissingError: packages of the extra `local` are not installed.
            WeightsError: the model files are not on this machine.
            BackendError: an engine cannot be loaded.
        """
        await self._at_home()

    async def connect(self, config: SessionConfig) -> Connection:
        """Open a conversation; loads the engines when that was not done before.

        Raises:
            EnginesMissingError: packages of the extra `local` are not installed.
            WeightsError: the model files are not on this machine.
            BackendError: an engine cannot be loaded.
        """
        home = await self._at_home()
        return home.connect(config)

    @asynccontextmanager
    async def serve(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = USUAL_PORT,
        token: str | None = None,
        sessions: int = 4,
        origins: Sequence[str] = (),
    ) -> AsyncIterator[Serving]:
        """A Realtime server for clients of any kind, until the block is left.

        Args:
            host: Address to listen at. Any but the usual one is reached from other
                computers too, and nothing on the way is encrypted.
            port: Its port; 0 takes a free one.
            token: What clients bring as their key; None makes one.
            sessions: Conversations at once.
            origins: Pages that may come in, such as `http://localhost:3000`.

        Raises:
            InputError: the address cannot be had, or an argument is wrong.
            EnginesMissingError: packages of the extra `local` are not installed.
            WeightsError: the model files are not on this machine.
            BackendError: an engine cannot be loaded.
        """
        # It imports packages that only a server needs.
        from rt_widget.backends.local.serving import (  # noqa: PLC0415
            Bounds,
            Entrance,
            serve,
        )

        entrance = Entrance(host=host, port=port, token=token, origins=origins)
        bounds = Bounds(sessions=sessions)
        async with serve(lambda: load(self._recipe), entrance, bounds) as serving:
            yield serving

    def availability(self) -> Availability:
        """Whether packages and model files are on this machine."""
        llm = self._recipe.has_own_llm
        total = weights.total_bytes(llm=llm)
        missing = 0 if self._recipe.models else weights.missing_bytes(llm=llm)
        if missing_packages(llm=llm):
            hint = EnginesMissingError.default_hint
            return Availability("engines_missing", total, total - missing, hint)
        if missing:
            hint = WeightsError.default_hint
            return Availability("missing", total, total - missing, hint)
        return Availability("ready", total, total)

    def fetch(
        self,
        progress: Callable[[Availability], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Download the model files that are missing; blocks, reports as it goes.

        Raises:
            WeightsError: no source has them, or the download was cancelled.
        """
        llm = self._recipe.has_own_llm
        total = weights.total_bytes(llm=llm)

        def report(now: FetchProgress) -> None:
            here = total - now.total + now.done
            hint = f"{now.file} from {now.source}"
            progress(Availability("missing", total, here, hint))

        weights.fetch(report, llm=llm, cancelled=cancelled)

    async def _at_home(self) -> Home:
        if self._home is None or self._home.has_ended:
            self._home = await home_of(self._recipe, in_child=self._in_child)
        return self._home

    @property
    def _voices(self) -> tuple[str, ...]:
        return tuple(self._home.voices) if self._home else (HEART,)

    @property
    def _promise(self) -> str:
        url = self._recipe.llm_base_url
        if url is None:
            return "no key, no network"
        return f"answers from {urlsplit(url).hostname}"

    @property
    def _brain(self) -> str:
        if self._recipe.has_own_llm:
            return "qwen 0.5B"
        return self._recipe.llm_model or "chat server"


def _choice(engine_process: object) -> bool:
    if engine_process is None:
        # Where Python is part of another program there is none to start.
        return bool(sys.executable)
    if isinstance(engine_process, bool):
        return engine_process
    hint = "Give True, False, or None."
    raise InputError(f"engine_process is {engine_process!r:.50}.", hint=hint)
