"""The embedded language model: a GGUF file through llama.cpp (`xllamacpp`)."""

from __future__ import annotations

import json
import secrets
import socket
import tempfile
import threading
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING

import xllamacpp

from rt_widget.backends.local.engines.call_words import in_words
from rt_widget.backends.local.engines.examples import with_examples
from rt_widget.backends.local.engines.history import shortened
from rt_widget.backends.local.engines.reply import Reply
from rt_widget.backends.local.engines.sampling import sampling
from rt_widget.backends.local.engines.seats import Seats
from rt_widget.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rt_widget.backends.local.engines.base import ChatMessage, LlmUsage, Offer

CONTEXT_TOKENS = 2_048
"""Tokens of history and answer together."""

SLOTS = 4
"""Answers that are written at once. Each has a context of its own (12 KiB a token)."""

_BATCH_TOKENS = 64
_SHIFTED_PREFIX_TOKENS = 16
_LARGEST_ROOM_TOKENS = CONTEXT_TOKENS // 4
_OLD_PROMPTS_MIB = 64
_QUIET = -1


class LlamaLlm:
    """A chat model in this process, for all sessions or for one.

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
        self._load = _Load()
        self._seats = Seats(SLOTS)
        self._owner = object()
        parameters = _parameters(model, threads, context)
        try:
            with _nowhere() as address:
                parameters.hostnames = [address]
                self._server = xllamacpp.Server(parameters)
        except RuntimeError as error:
            message = f"The language model cannot be loaded from {model}: {error}"
            raise BackendError(message) from error

    def for_session(self) -> LlamaLlm:
        """The same model, which keeps apart what this session has read."""
        own = copy(self)
        own._owner = object()  # noqa: SLF001 - of its own kind
        return own

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
        options = {"temperature": temperature, "max_tokens": max_tokens}
        with self._load.one_more():
            return self._answer(messages, options, on_delta)

    def warm(self, messages: Sequence[ChatMessage]) -> None:
        """Read `messages` ahead, so that an answer to them starts sooner.

        Gives way as soon as `chat` is called, for whichever session.

        Raises:
            BackendError: the engine failed, or the messages do not fit.
        """
        if self._load.chats == 0:
            # Whether the last message goes on is not known: nothing is read after it.
            options: dict[str, float] = {
                "max_tokens": 0,
                "add_generation_prompt": False,
            }
            self._answer(messages, options, lambda _: self._load.chats == 0)

    def _answer(
        self,
        messages: Sequence[ChatMessage],
        options: dict[str, float],
        on_delta: Callable[[str], bool],
    ) -> LlmUsage:
        room = min(int(options["max_tokens"]), _LARGEST_ROOM_TOKENS)
        kept = with_examples(in_words(messages))
        with self._seats.taken(self._owner) as slot:
            while True:
                reply = Reply(on_delta, longest_prompt=self._context - room)
                self._stream(kept, {**options, "id_slot": slot}, reply)
                if reply.overflow is None:
                    return reply.usage
                budget = self._context - room
                kept = shortened(kept, tokens=reply.overflow, budget=budget)

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
            **sampling(options.get("temperature", 0.0)),
            **options,
        }
        try:
            self._server.handle_chat_completions(json.dumps(request), reply.take)
        except (RuntimeError, ValueError) as error:
            message = f"The language model refused the request: {error}"
            raise BackendError(message) from error
        reply.raise_failure()


class _Load:
    """How many answers are being written, for all sessions."""

    def __init__(self) -> None:
        self.chats = 0
        self._counting = threading.Lock()

    @contextmanager
    def one_more(self) -> Iterator[None]:
        with self._counting:
            self.chats += 1
        try:
            yield
        finally:
            with self._counting:
                self.chats -= 1


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
    # Each slot has its own part of the cache: one that all share was slower by a third.
    parameters.n_ctx = context * SLOTS
    parameters.n_parallel = SLOTS
    parameters.kv_unified = False
    parameters.cache_idle_slots = False
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
