"""Real speech in and out on this computer's processor: no key, no network."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rt_widget.backends.base import Adjusted, Availability, Capabilities, Choice
from rt_widget.backends.local import weights
from rt_widget.backends.local.engines import missing_packages
from rt_widget.backends.local.loading import Recipe, load
from rt_widget.backends.local.voices import HEART, at_hand, notice
from rt_widget.backends.local.weights import FetchProgress, ModelFiles, fetch
from rt_widget.catalog import catalog
from rt_widget.config import (
    DEFAULT_VOICE,
    SPEED_RANGE,
    TEMPERATURE_RANGE,
)
from rt_widget.errors import EnginesMissingError, InputError, WeightsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rt_widget.backends.base import Connection
    from rt_widget.backends.local.workers import Workers
    from rt_widget.config import SessionConfig

__all__ = ["FetchProgress", "LocalBackend", "ModelFiles", "fetch"]

MODEL = "local"
"""The only model's name."""


class LocalBackend:
    """Conversations with the engines of the extra `local`, in this process.

    The engines are loaded by the first session, shared by all, and stay for as long
    as this backend or one of its sessions does.

    It calls tools, within the limits of so small a model. It decides by the newest
    question alone, in English, so "and in Madrid?" calls nothing; a call counts where
    its arguments were said, so "dollars" stays "dollars" and never becomes "USD". In
    `benchmarks.local_tools` nine of ten calls were right, one spelled a city otherwise
    than it was said, none of twenty other questions called anything, and eight of
    nine answers said what the tool had given. Of the outputs of a turn it reads 1,200
    characters. A server behind `llm_base_url` calls as well as its model does.

    Args:
        llm_base_url: A server of the chat completions API that thinks instead of the
            embedded model: Ollama, llama.cpp, LM Studio, vLLM. Up to and with `/v1`.
        llm_model: Its model; None takes the first that the server lists.
        llm_api_key: Its key; sent to that server only.
        threads: Threads of each engine, 1 or more; None takes what is free.
        models: The model files; None are those that `rt-widget fetch` brought.

    Raises:
        InputError: `llm_base_url` is no URL, or `threads` is no positive number.

    Example:
        >>> thinks = "http://127.0.0.1:11434/v1"
        >>> RealtimeWidget(backend=LocalBackend(llm_base_url=thinks)).voice
        'alloy'
    """

    def __init__(
        self,
        *,
        llm_base_url: str | None = None,
        llm_model: str | None = None,
        llm_api_key: str | None = None,
        threads: int | None = None,
        models: ModelFiles | None = None,
    ) -> None:
        if llm_base_url is not None:
            _check_url(llm_base_url)
        _check_threads(threads)
        self._recipe = Recipe(models, threads, llm_base_url, llm_model, llm_api_key)
        self._workers: Workers | None = None

    def __repr__(self) -> str:
        return f"LocalBackend(llm_base_url={self._recipe.llm_base_url!r})"

    @property
    def capabilities(self) -> Capabilities:
        """What the engines can do; voices beside the built-in one once loaded."""
        return Capabilities(
            backend="local",
            label=f"local voice · {self._promise}",
            models=(Choice(MODEL, f"whisper-base · {self._brain} · hibari"),),
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
            notices.append(notice(config.voice))
        adjusted = config.replace(model=MODEL, voice=voice)
        return Adjusted(adjusted, tuple(notices))

    async def prepare(self) -> None:
        """Load the engines, so that the first session opens at once.

        Raises:
            EnginesMissingError: packages of the extra `local` are not installed.
            WeightsError: the model files are not on this machine.
            BackendError: an engine cannot be loaded.
        """
        if self._workers is None:
            self._workers = await load(self._recipe)

    async def connect(self, config: SessionConfig) -> Connection:
        """Open a conversation; loads the engines when that was not done before.

        Raises:
            EnginesMissingError: packages of the extra `local` are not installed.
            WeightsError: the model files are not on this machine.
            BackendError: an engine cannot be loaded.
        """
        self._workers = workers = self._workers or await load(self._recipe)
        # It imports packages of the extra `local`, which are known to be here now.
        from rt_widget.backends.local.connection import (  # noqa: PLC0415
            LocalConnection,
        )

        return LocalConnection(workers, config)

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

    @property
    def _voices(self) -> tuple[str, ...]:
        loaded = self._workers
        return tuple(loaded.engines.tts.voices) if loaded else (HEART,)

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


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        hint = "Give a URL such as http://127.0.0.1:11434/v1."
        raise InputError(f"llm_base_url is {url!r}.", hint=hint)


def _check_threads(threads: object) -> None:
    if threads is None or (isinstance(threads, int) and threads >= 1):
        return
    raise InputError(f"threads is {threads!r}.", hint="Give 1, 2 or more, or None.")
