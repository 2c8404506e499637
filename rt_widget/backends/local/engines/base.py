"""What the local backend asks of its engines: ears, brain and voice as small protocols.

Every call blocks and is made from a worker thread, never from the session's
loop. A better engine is one file that fits one of these protocols.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from rt_widget.config import ToolSpec

SPEECH_RATE_HZ = 16_000
"""Sample rate of what `Vad` and `Asr` hear."""

VAD_FRAME = 512
"""Samples of one `Vad.probability` call: 32 ms at `SPEECH_RATE_HZ`."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that the model has made; `arguments` is JSON."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of the history that the language model reads.

    A call and its output are two messages, one after the other: of the roles
    `assistant` and `tool`, both with the call.
    """

    role: str
    """`system`, `user`, `assistant` or `tool`."""
    content: str
    call: ToolCall | None = None


@dataclass(frozen=True, slots=True)
class LlmUsage:
    """Tokens of one answer; None where the engine does not count them."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    finish_reason: str | None = None
    """`stop`, `length`, or None when the answer was cancelled."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Tools that the model may call.

    Args:
        tools: What there is.
        on_call: Gets the name and the arguments of each call; the arguments are what
            the model wrote, which should be JSON.
        must_call: Whether one of them has to be called.
    """

    tools: Sequence[ToolSpec]
    on_call: Callable[[str, str], None]
    must_call: bool = False


class Vad(Protocol):
    """Voice activity detection, one frame at a time; keeps state between frames."""

    def reset(self) -> None:
        """Forget what was heard."""

    def probability(self, frame: NDArray[np.int16]) -> float:
        """Probability in [0, 1] that the frame of `VAD_FRAME` samples holds speech."""


class Asr(Protocol):
    """Speech recognition of one finished utterance."""

    def transcribe(
        self, samples: NDArray[np.float32], cancelled: Callable[[], bool]
    ) -> str:
        """Recognise mono speech at `SPEECH_RATE_HZ`, in [-1, 1].

        Returns an empty string for silence and noise, or once `cancelled()` is true.
        """


class Llm(Protocol):
    """A chat model that streams."""

    @property
    def takes_tools(self) -> bool:
        """Whether `chat` can be given tools; else a question of its own decides."""

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

        While there is no text yet `on_delta` may get empty pieces, so that it can
        stop that part too. An engine that takes no tools passes `offer` over.

        Raises:
            BackendError: the engine or its server failed; the text says why.
        """

    def warm(self, messages: Sequence[ChatMessage]) -> None:
        """Read `messages` ahead, so that an answer to them starts sooner.

        Gives way as soon as `chat` is called.
        """


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """Words as they sound.

    Args:
        samples: Mono, in [-1, 1].
        word_ends: For each word that ends in `samples`, in order, the sample after its
            last one; words are what `str.split` makes of the text. Empty where the
            engine does not tell.
    """

    samples: NDArray[np.float32]
    word_ends: tuple[int, ...] = ()


class Tts(Protocol):
    """Speech synthesis."""

    @property
    def sample_rate(self) -> int:
        """Of the samples that `speak` yields, in Hz."""

    @property
    def voices(self) -> Sequence[str]:
        """Names that `speak` accepts."""

    def speak(self, text: str, *, voice: str, speed: float) -> Iterator[Speech]:
        """Speak a clause or sentence, piece by piece."""


@dataclass(frozen=True, slots=True)
class Engines:
    """One of each, loaded and ready.

    Args:
        new_vad: Makes one for each session.
        asr: Serves all sessions, one utterance after the other.
        llm: Serves all sessions; answers of several may be written at once.
        tts: Serves all sessions, one clause after the other.
        description: Such as "moonshine-tiny · qwen 0.5B · hibari".
        new_llm: Gives the `llm` to one session, where it remembers what each has
            read; None where that is not its affair.
    """

    new_vad: Callable[[], Vad]
    asr: Asr
    llm: Llm
    tts: Tts
    description: str
    new_llm: Callable[[], Llm] | None = None
