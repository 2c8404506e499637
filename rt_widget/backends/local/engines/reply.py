"""One streamed answer of llama.cpp, read from its JSON chunks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rt_widget.backends.local.engines.base import LlmUsage
from rt_widget.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Callable


class Reply:
    """Takes the chunks of one answer.

    Args:
        on_delta: Gets the text; False stops the answer.
        longest_prompt: Tokens that the prompt may have. A longer one is stopped
            before it is read, and its length is left in `overflow`.
    """

    def __init__(self, on_delta: Callable[[str], bool], *, longest_prompt: int) -> None:
        self.overflow: int | None = None
        self._on_delta = on_delta
        self._longest_prompt = longest_prompt
        self._failure: BaseException | None = None
        self._stopped = False
        self._finish_reason: str | None = None
        self._input_tokens: int | None = None
        self._cached_tokens: int | None = None
        self._output_tokens = 0

    @property
    def usage(self) -> LlmUsage:
        """What was read and written so far."""
        return LlmUsage(
            input_tokens=self._input_tokens,
            output_tokens=self._output_tokens,
            cached_tokens=self._cached_tokens,
            finish_reason=self._finish_reason,
        )

    def take(self, chunk: str) -> bool:
        """Take one chunk; True tells the engine to stop.

        The engine cannot carry an exception, so it waits for `raise_failure`.
        """
        if not self._stopped:
            try:
                self._stopped = not self._read(chunk)
            except BaseException as error:  # noqa: BLE001  # raise_failure raises it
                self._failure = error
                self._stopped = True
        return self._stopped

    def raise_failure(self) -> None:
        """Raise what went wrong while the chunks came, if anything did."""
        if self._failure is not None:
            raise self._failure

    def _read(self, chunk: str) -> bool:
        match _parsed(chunk):
            case {"error": {"n_prompt_tokens": int(tokens)}}:
                self.overflow = tokens
                return False
            case {"error": error}:
                message = f"The language model failed: {_message_of(error)}"
                raise BackendError(message)
            case {"prompt_progress": {"total": int(total), "cache": int(cached)}}:
                return self._begin(total, cached)
            case {"usage": {"completion_tokens": int(tokens)}}:
                self._output_tokens = tokens
            case {"choices": [{"delta": delta, "finish_reason": reason}, *_]}:
                return self._write(delta, reason)
        return True

    def _begin(self, total: int, cached: int) -> bool:
        if total > self._longest_prompt:
            self.overflow = total
            return False
        self._input_tokens = total
        self._cached_tokens = cached
        return self._on_delta("")

    def _write(self, delta: object, reason: object) -> bool:
        if isinstance(reason, str):
            self._finish_reason = reason
        match delta:
            case {"content": str(text)} if text:
                self._output_tokens += 1
                return self._on_delta(text)
        return True


def _parsed(chunk: str) -> object:
    try:
        parsed: object = json.loads(chunk)
    except ValueError as error:
        message = f"The language model wrote a chunk that is not JSON: {error}"
        raise BackendError(message) from error
    return parsed


def _message_of(error: object) -> str:
    match error:
        case {"message": str(message)}:
            return message
    return str(error)
