"""Small deterministic engines, and a listener for what a connection says."""

from __future__ import annotations

import asyncio
import json
import queue
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self, TypeVar

import numpy as np

from rt_widget import events
from rt_widget.audio import SAMPLE_RATE_HZ
from rt_widget.backends.local.connection import LocalConnection
from rt_widget.backends.local.engines.base import Engines, LlmUsage, Speech
from rt_widget.backends.local.protocol import told
from rt_widget.backends.local.protocol.told.typed import typed
from rt_widget.backends.local.requests.reading import read
from rt_widget.backends.local.workers import Workers
from rt_widget.config import SessionConfig
from tests.servers.judge import judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from rt_widget.backends.local.engines.base import ChatMessage, Offer
    from rt_widget.backends.local.requests.values import Request, Wire
    from rt_widget.events import AnyClientEvent, ServerEvent

E = TypeVar("E")

LOUD = 8000
WORD_S = 0.1
PATIENCE_S = 60.0


def loud(seconds: float) -> bytes:
    """What `LoudnessVad` takes for speech: a square wave."""
    count = round(seconds * SAMPLE_RATE_HZ)
    wave = np.where(np.arange(count) // 60 % 2, LOUD, -LOUD)
    return wave.astype("<i2").tobytes()


def silence(seconds: float) -> bytes:
    return bytes(2 * round(seconds * SAMPLE_RATE_HZ))


class LoudnessVad:
    """Speech is what is loud."""

    def reset(self) -> None:
        pass

    def probability(self, frame: NDArray[np.int16]) -> float:
        return 1.0 if np.abs(frame.astype(np.int32)).max() > LOUD // 4 else 0.0


@dataclass
class ScriptedAsr:
    """Gives its texts one after the other, the last one for ever.

    While `gate` is clear it works on; `lengths` are the seconds that it was given.
    """

    texts: list[str] = field(default_factory=lambda: ["what is up"])
    error: Exception | None = None
    gate: threading.Event = field(default_factory=threading.Event)
    called: threading.Event = field(default_factory=threading.Event)
    gave_up: threading.Event = field(default_factory=threading.Event)
    lengths: list[float] = field(default_factory=list)
    cancelled: int = 0

    def __post_init__(self) -> None:
        self.gate.set()

    def transcribe(
        self, samples: NDArray[np.float32], cancelled: Callable[[], bool]
    ) -> str:
        self.lengths.append(len(samples) / 16_000)
        self.called.set()
        while not self.gate.wait(0.005):
            if cancelled():
                self.cancelled += 1
                self.gave_up.set()
                return ""
        if self.error is not None:
            raise self.error
        return self.texts.pop(0) if len(self.texts) > 1 else self.texts[0]


@dataclass
class ScriptedLlm:
    """Writes `deltas`, and `decisions` one after the other where it is to decide.

    Given tools it makes `calls` first; holds before the delta numbered `hold` until
    `gate` is set.
    """

    deltas: list[str] = field(default_factory=lambda: ["Not much", ", you", " see?"])
    error: Exception | None = None
    hold: int | None = None
    usage: LlmUsage = field(default_factory=lambda: LlmUsage(7, 3, 2, "stop"))
    gate: threading.Event = field(default_factory=threading.Event)
    prompts: list[tuple[ChatMessage, ...]] = field(default_factory=list)
    temperatures: list[float] = field(default_factory=list)
    limits: list[int] = field(default_factory=list)
    called: threading.Event = field(default_factory=threading.Event)
    warmed: queue.Queue[tuple[ChatMessage, ...]] = field(default_factory=queue.Queue)
    stopped: threading.Event = field(default_factory=threading.Event)
    takes_tools: bool = False
    decisions: list[str] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    offers: list[Offer | None] = field(default_factory=list)

    def chat(
        self,
        messages: Sequence[ChatMessage],
        *,
        temperature: float,
        max_tokens: int,
        on_delta: Callable[[str], bool],
        offer: Offer | None = None,
    ) -> LlmUsage:
        self.limits.append(max_tokens)
        self.offers.append(offer)
        if offer is not None and self.calls:
            for call in self.calls:
                offer.on_call(*call)
            self.calls = []
            return self.usage
        self.prompts.append(tuple(messages))
        self.temperatures.append(temperature)
        self.called.set()
        decides = temperature == 0.0 and self.decisions
        deltas = [self.decisions.pop(0)] if decides else self.deltas
        for number, delta in enumerate(deltas):
            while number == self.hold and not self.gate.wait(0.005):
                if not on_delta(""):
                    self.stopped.set()
                    return LlmUsage()
            if not on_delta(delta):
                self.stopped.set()
                return LlmUsage()
        if self.error is not None:
            raise self.error
        return self.usage

    def warm(self, messages: Sequence[ChatMessage]) -> None:
        self.warmed.put(tuple(messages))


@dataclass
class ToneTts:
    """A word is a tenth of a second of tone."""

    sample_rate: int = SAMPLE_RATE_HZ
    voices: tuple[str, ...] = ("heart",)
    error: Exception | None = None
    texts: list[str] = field(default_factory=list)
    speeds: list[float] = field(default_factory=list)
    spoke: threading.Event = field(default_factory=threading.Event)
    tells_words: bool = True

    def speak(self, text: str, *, voice: str, speed: float) -> Iterator[Speech]:
        assert voice in self.voices
        if self.error is not None:
            raise self.error
        self.texts.append(text)
        self.speeds.append(speed)
        words, length = len(text.split()), round(WORD_S / speed * self.sample_rate)
        tone = np.where(np.arange(words * length) % 2, 0.5, -0.5).astype(np.float32)
        ends = tuple(length * (word + 1) for word in range(words))
        yield Speech(tone, ends if self.tells_words else ())
        self.spoke.set()


async def happens(event: threading.Event) -> None:
    assert await asyncio.to_thread(event.wait, PATIENCE_S)


def update(**changed: object) -> events.SessionUpdate:
    """An update of these settings."""
    config = replace(SessionConfig(), **changed)  # type: ignore[arg-type]  # any field
    return events.SessionUpdate(config=config, changed=frozenset(changed))


class Talk:
    """A connection, and what it has said so far; each of its events is judged."""

    def __init__(self, workers: Workers, config: SessionConfig) -> None:
        self.connection = LocalConnection(workers, config)
        self.said: list[ServerEvent] = []
        """As the widget has them, but for those that it does not know."""
        self.raw: list[Wire] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.connection.close()

    async def send(self, *sent: AnyClientEvent) -> None:
        for event in sent:
            await self.connection.send(event)

    def submit(self, *requests: Request) -> None:
        for request in requests:
            self.connection.session.submit(request)

    def tell(self, kind: str, **fields: object) -> None:
        """Send an event as a stranger's client would."""
        self.submit(read(json.dumps({"type": kind, **fields})))

    async def hear(self, *sounds: bytes, piece: int = 4_800) -> None:
        """Append the sounds in pieces of so many bytes."""
        sound = b"".join(sounds)
        for start in range(0, len(sound), piece):
            await self.send(events.InputAudioAppend(audio=sound[start : start + piece]))

    async def next(self) -> ServerEvent:
        async with asyncio.timeout(PATIENCE_S):
            wire = await self.connection.session.next()
        judge(told.on_socket(wire))
        self.raw.append(wire)
        event = typed(wire)
        if not isinstance(event, events.Unhandled):
            self.said.append(event)
        return event

    async def wire(
        self, kind: str, condition: Callable[[Wire], bool] = lambda _: True
    ) -> Wire:
        """Listen until an event of that type comes; returns it as on a wire."""
        while True:
            await self.next()
            if self.raw[-1]["type"] == kind and condition(self.raw[-1]):
                return self.raw[-1]

    async def until(
        self, kind: type[E], condition: Callable[[E], bool] = lambda _: True
    ) -> E:
        """Listen until an event of that kind comes; returns it."""
        while True:
            event = await self.next()
            if isinstance(event, kind) and condition(event):
                return event

    async def ask(self, words: str) -> events.WireResponse:
        """Type a question and wait for the end of the answer."""
        name = events.new_id("item")
        question = events.ItemCreate(item_id=name, text=words)
        await self.send(question, events.ResponseCreate())
        return (await self.until(events.ResponseDone)).response

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.said if isinstance(event, kind)]

    @property
    def order(self) -> list[str]:
        """Names of what was said, runs of the same joined."""
        return _joined([type(event).__name__ for event in self.said])

    @property
    def kinds(self) -> list[str]:
        """Types of all events as on a wire, runs of the same joined."""
        return _joined([str(event["type"]) for event in self.raw])


def _joined(names: list[str]) -> list[str]:
    return [n for i, n in enumerate(names) if i == 0 or names[i - 1] != n]


class ScriptedTalk(Talk):
    """A connection over scripted engines."""

    def __init__(
        self,
        asr: ScriptedAsr,
        llm: ScriptedLlm,
        tts: ToneTts,
        config: SessionConfig,
    ) -> None:
        self.asr, self.llm, self.tts = asr, llm, tts
        engines = Engines(LoudnessVad, asr, llm, tts, "scripted")
        super().__init__(Workers(engines), config)

    async def __aexit__(self, *_: object) -> None:
        self.asr.gate.set()
        self.llm.gate.set()
        await super().__aexit__()


def talk(
    *,
    asr: ScriptedAsr | None = None,
    llm: ScriptedLlm | None = None,
    tts: ToneTts | None = None,
    config: SessionConfig | None = None,
) -> ScriptedTalk:
    return ScriptedTalk(
        asr or ScriptedAsr(),
        llm or ScriptedLlm(),
        tts or ToneTts(),
        config or SessionConfig(),
    )
