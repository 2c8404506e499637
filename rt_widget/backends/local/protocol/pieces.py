"""What an answer is made of, as the engines give it, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from rt_widget.backends.local.engines.base import LlmUsage
    from rt_widget.backends.local.requests.values import Wire


@dataclass(frozen=True, slots=True)
class Words:
    """More of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Sound:
    """More of the answer's sound, in the format of its response.

    By its end the text is said up to `text_end`; 0 where that is not known.
    """

    audio: bytes
    text_end: int


@dataclass(frozen=True, slots=True)
class Called:
    """A function is to be called; `arguments` is JSON. Words after it are not told."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is whole, or it ran into the limit of its length."""

    usage: LlmUsage | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """An engine failed; what was said so far stays."""

    code: str
    message: str


Piece: TypeAlias = Words | Sound | Called | Finished | Failed


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a response ended, in the words of the protocol."""

    status: str = "completed"
    reason: str = ""
    error: Failed | None = None
    usage: LlmUsage | None = None

    @property
    def details(self) -> Wire | None:
        """As `response.done` shows it; nothing of a response that is whole."""
        if self.status == "completed":
            return None
        details: Wire = {"type": self.status}
        if self.reason:
            details["reason"] = self.reason
        if self.error is not None:
            details["error"] = {
                "type": "server_error",
                "code": self.error.code,
                "message": self.error.message,
            }
        return details


def ending_of(piece: Finished | Failed) -> Ending:
    """How a response ends with that piece."""
    if isinstance(piece, Failed):
        return Ending("failed", error=piece)
    if piece.usage and piece.usage.finish_reason == "length":
        return Ending("incomplete", "max_output_tokens", usage=piece.usage)
    return Ending(usage=piece.usage)
