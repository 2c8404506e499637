"""The language model of any server that speaks the chat completions API."""

from __future__ import annotations

import ipaddress
import logging
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import openai

from rt_widget.backends.local.engines.chat_answer import ChatAnswer, Question
from rt_widget.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from openai import Stream
    from openai.types.chat import ChatCompletionChunk

    from rt_widget.backends.local.engines.base import ChatMessage, LlmUsage, Offer

_LOG = logging.getLogger(__name__)

_NO_KEY = "none"
_TIMEOUT = openai.Timeout(120.0, connect=5.0)

_MAY_BE_REFUSED = {
    "stream_options": "stream_options",
    "tool_choice": "tool_choice",
    "tools": "tool",
}
"""What a server may not know, and the word by which its refusal names it."""


class ChatServerLlm:
    """The model of Ollama, llama.cpp, LM Studio, vLLM, or a server of that kind.

    Args:
        base_url: Up to and with `/v1`.
        model: Its name there; None takes the first that the server lists.
        api_key: Sent to that server only.
    """

    def __init__(
        self, base_url: str, *, model: str | None = None, api_key: str | None = None
    ) -> None:
        self._model = model
        self._key = api_key
        self._host = urlsplit(base_url).hostname or base_url
        self._client = openai.OpenAI(
            base_url=base_url,
            api_key=api_key or _NO_KEY,
            max_retries=0,
            timeout=_TIMEOUT,
            # A proxy cannot reach a server on this machine.
            http_client=openai.DefaultHttpxClient(
                timeout=_TIMEOUT, trust_env=not _is_loopback(self._host)
            ),
        )

    def __str__(self) -> str:
        return self._model or f"the model of {self._host}"

    def __repr__(self) -> str:
        return f"ChatServerLlm({self._host!r}, model={self._model!r})"

    takes_tools = True
    """One that cannot is asked without them; calls that it writes are read as text."""

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

        While nothing comes from the server `on_delta` gets empty pieces, so that
        it can stop the waiting too. Its calls come once it has written
        all of them.

        Raises:
            BackendError: the server failed or cannot be reached; the text says why.
        """
        question = Question(messages, temperature, max_tokens)
        if offer is not None:
            question = replace(question, tools=offer.tools, must_call=offer.must_call)
        answer = ChatAnswer(question)
        reader = threading.Thread(
            target=self._read, args=(answer,), name="rt-widget-chat", daemon=True
        )
        reader.start()
        try:
            while (piece := answer.next_piece()) is not None:
                if not on_delta(piece):
                    break
        finally:
            answer.stopped.set()
        if answer.failure is not None:
            raise self._explained(answer.failure) from None
        if offer is not None:
            answer.tell(offer.on_call)
        return answer.usage

    def warm(self, messages: Sequence[ChatMessage]) -> None:
        """Do nothing: reading ahead is the server's own affair."""

    def _read(self, answer: ChatAnswer) -> None:
        try:
            with self._open(answer) as stream:
                for chunk in stream:
                    if answer.stopped.is_set():
                        return
                    answer.take(chunk)
            if not answer.began:
                answer.failure = self._silence()
            elif answer.usage.finish_reason is None:
                answer.failure = self._cut_off()
        # OpenAI's client raises others for a server that does not speak its dialect.
        except Exception as error:  # noqa: BLE001
            answer.failure = error
        finally:
            answer.end()

    def _open(self, answer: ChatAnswer) -> Stream[ChatCompletionChunk]:
        create = self._client.chat.completions.create
        if self._model is None:
            self._model = self._first_model()
        request = {"model": self._model, **answer.question.request}
        while True:
            try:
                stream = create(**cast("Any", request))
            except openai.APIStatusError as error:
                refused = _refused(request, str(error))
                if refused is None:
                    raise
                _LOG.info("%s is asked again without %s.", self._host, refused)
                del request[refused]
            else:
                return cast("Stream[ChatCompletionChunk]", stream)

    def _first_model(self) -> str:
        for model in self._client.models.list():
            return model.id
        raise BackendError(
            f"The server at {self._host} lists no model.",
            hint="Load one there, or name one with `llm_model=`.",
        )

    def _silence(self) -> BackendError:
        return BackendError(
            f"{self._host} sent no answer; is it a chat completions server?",
            hint="Give the address up to and with `/v1` as `llm_base_url=`.",
        )

    def _cut_off(self) -> BackendError:
        message = f"{self._host} broke off in the middle of an answer."
        return BackendError(message, code="llm_failed", hint="Ask again.")

    def _explained(self, error: Exception) -> BackendError:
        if isinstance(error, BackendError):
            return error
        if isinstance(error, openai.APIConnectionError):
            return BackendError(
                f"The language model server at {self._host} cannot be reached: "
                f"{error.__cause__ or error}.",
                code="llm_unreachable",
                hint="Start it, or check `llm_base_url=`.",
                retryable=True,
            )
        said = _message_of(error)
        if self._key:
            said = said.replace(self._key, "***")
        return BackendError(
            f"The language model server at {self._host} failed: {said}",
            code="llm_failed",
        )


def _refused(request: dict[str, object], said: str) -> str | None:
    """The part of the request that the server does not know, by what it said."""
    words = _MAY_BE_REFUSED.items()
    return next(
        (name for name, word in words if name in request and word in said), None
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _message_of(error: Exception) -> str:
    match error:
        case openai.APIStatusError(body={"message": str(message)}):
            return message
        case openai.APIStatusError(body=str(message) | {"error": str(message)}):
            return message
        case openai.APIError(message=message):
            return str(message)
    return str(error) or type(error).__name__
