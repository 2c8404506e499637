"""The embedded language model: a GGUF file through llama.cpp (`xllamacpp`)."""

from __future__ import annotations

import json
import secrets
import socket
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import xllamacpp

from rt_widget.backends.local.engines.call_words import in_words
from rt_widget.backends.local.engines.history import shortened
from rt_widget.backends.local.engines.reply import Reply
from rt_widget.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rt_widget.backends.local.engines.base import ChatMessage, LlmUsage, Offer

CONTEXT_TOKENS = 2_048
"""Tokens of history and answer together."""

_BATCH_TOKENS = 64
_SHIFTED_PREFIX_TOKENS = 16
_LARGEST_ROOM_TOKENS = CONTEXT_TOKENS // 4
_OLD_PROMPTS_MIB = 64
_QUIET = -1

_SAMPLING = {"top_k": 20, "top_p": 0.8, "repeat_penalty": 1.05, "min_p": 0.2}
"""The first three are the model's own recommendation (its generation_config.json).

The last leaves out words that are less than a fifth as likely as the likeliest one: at
a temperature of 0.8 so small a model otherwise tells that a week has three days.
"""


class LlamaLlm:
    """A chat model in this process.

    Args:
        model: The GGUF file.
        threads: Threads of one evaluation.
        context: Tokens of history and answer together.

    Raises:
        BackendError: the file cannot be loaded.
    """

    def __init__(
        self, model: Path, *, threads: int = 1, context: int = CONTEXT_TOKENS
    ) -> None:
        self._context = context
        self._chats = 0
        self._counting = threading.Lock()
        parameters = _parameters(model, threads, context)
        try:
            with _nowhere() as address:
                parameters.hostnames = [address]
                self._server = xllamacpp.Server(parameters)
        except RuntimeError as error:
            message = f"The language model cannot be loaded from {model}: {error}"
            raise BackendError(message) from error

    takes_tools = False
    """It writes calls as text, and only where it has read nothing but the question."""

    def chat(
        self,
        messages: Sequence[ChatMessage],
        *,
        temperature: float,
        max_tokens: int,
        on_delta: Callable[[str], bool],
        offer: Offer | None = None,
    ) -> LlmUsage:
        """Write an answer; `on_delta(text)` gets each piece, False stops it at once.

        While the prompt is still being read `on_delta` gets empty pieces, so that
        it can stop that too. The oldest turns are left out where all of them and
        `max_tokens` would not fit the context.

        Raises:
            BackendError: the engine failed, or what must be read does not fit.
        """
        del offer
        with self._counting:
            self._chats += 1
        try:
            return self._answer(
                messages,
                {"temperature": temperature, "max_tokens": max_tokens},
                on_delta,
            )
        finally:
            with self._counting:
                self._chats -= 1

    def warm(self, messages: Sequence[ChatMessage]) -> None:
        """Read `messages` ahead, so that an answer to them starts sooner.

        Gives way as soon as `chat` is called.

        Raises:
            BackendError: the engine failed, or the messages do not fit.
        """
        self._answer(messages, {"max_tokens": 0}, lambda _: self._chats == 0)

    def _answer(
        self,
        messages: Sequence[ChatMessage],
        options: dict[str, float],
        on_delta: Callable[[str], bool],
    ) -> LlmUsage:
        room = min(int(options["max_tokens"]), _LARGEST_ROOM_TOKENS)
        kept = in_words(messages)
        while True:
            reply = Reply(on_delta, longest_prompt=self._context - room)
            self._stream(kept, options, reply)
            if reply.overflow is None:
                return reply.usage
            kept = shortened(kept, tokens=reply.overflow, budget=self._context - room)

    def _stream(
        self,
        messages: Sequence[ChatMessage],
        options: dict[str, float],
        reply: Reply,
    ) -> None:
        request = {
            "messages": [
                {"role": message.role, "content": message.content}
                for message in messages
            ],
            "stream": True,
            "stream_options": {"include_usage": True},
            "return_progress": True,
            "cache_prompt": True,
            **_SAMPLING,
            **options,
        }
        try:
            self._server.handle_chat_completions(json.dumps(request), reply.take)
        except (RuntimeError, ValueError) as error:
            message = f"The language model refused the request: {error}"
            raise BackendError(message) from error
        reply.raise_failure()


@contextmanager
def _nowhere() -> Iterator[str]:
    """An address that nobody can reach, for an engine that always listens on one.

    A socket file in a folder of this user alone, gone once the engine has bound it.
    Where there are no socket files it is a loopback port, and the key is what guards.
    """
    if not hasattr(socket, "AF_UNIX"):
        yield "127.0.0.1"
        return
    with tempfile.TemporaryDirectory(prefix="rt-widget-") as folder:
        yield str(Path(folder) / "llm.sock")


def _parameters(model: Path, threads: int, context: int) -> xllamacpp.CommonParams:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(model)
    parameters.n_ctx = context
    parameters.n_parallel = 1
    # Stopping is noticed between batches, so a batch must be short.
    parameters.n_batch = _BATCH_TOKENS
    parameters.n_ubatch = _BATCH_TOKENS
    parameters.n_cache_reuse = _SHIFTED_PREFIX_TOKENS
    # Enough for some conversations that take turns; the default is 8 GB.
    parameters.cache_ram_mib = _OLD_PROMPTS_MIB
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    parameters.n_gpu_layers = 0
    parameters.verbosity = _QUIET
    parameters.api_keys = [secrets.token_urlsafe()]
    parameters.endpoint_slots = False
    parameters.ui = False
    return parameters
