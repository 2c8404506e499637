"""The person's side of the conversation as a fold: sound in, turns out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget import events
from rt_widget.audio import BYTES_PER_SAMPLE, duration_ms
from rt_widget.backends.local.completeness import patience_ms, silence_ms
from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ, VAD_FRAME
from rt_widget.backends.local.input_buffer import InputAudioBuffer
from rt_widget.backends.local.live_transcript import LiveTranscript
from rt_widget.backends.local.outcome import (
    NOTHING,
    Discard,
    Glimpse,
    Listen,
    Outcome,
    Speculate,
    refused,
)
from rt_widget.backends.local.turn_detection import (
    ONSET_FRAMES,
    Paused,
    Resumed,
    Started,
    Stopped,
    TurnDetector,
    milliseconds,
)
from rt_widget.config import PushToTalk, SemanticVad, ServerVad

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from rt_widget.backends.local.ear import Heard
    from rt_widget.backends.local.turn_detection import Signal
    from rt_widget.config import TurnDetection

LONGEST_APPEND_BYTES = 15 * 1024 * 1024 * 3 // 4
"""Of one append; the protocol's limit counts its base64."""

SHORTEST_COMMIT_MS = 100

GLIMPSE_EVERY_S = 1.0

LONG_WAIT_MS = 1_200
"""A turn that is waited for this long will most likely go on."""


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """What the person said in one go."""

    item_id: str
    samples: NDArray[np.int16]


class Listening:
    """Keeps the input buffer and tells turns apart, by sound or by commit.

    Args:
        turn_detection: The session's.
    """

    def __init__(self, turn_detection: TurnDetection) -> None:
        self._buffer = InputAudioBuffer()
        self._settings = turn_detection
        self._detector = TurnDetector(_thresholds(turn_detection))
        self._pending_ms = 0.0
        self.item_id = ""
        """Of the turn that is going on, or that will be next; empty before it is."""
        self._start = 0
        self._next_glimpse = 0
        self.live = LiveTranscript()
        """Of the turn that is going on."""
        self._words: str | None = None
        """Up to the pause that is now; None until they are known."""

    @property
    def detects(self) -> bool:
        """Whether turns are heard from the sound."""
        return not isinstance(self._settings, PushToTalk)

    def configure(self, turn_detection: TurnDetection) -> Outcome:
        """Other rules from here on, for the turn that is going on too.

        Once nobody detects turns, it is left open for a commit.
        """
        if turn_detection == self._settings:
            return NOTHING
        detected, self._settings = self.detects, turn_detection
        if detected and self.detects:
            self._detector.configure(_thresholds(turn_detection))
            self._detector.wait(_silence(turn_detection, self._words))
            return NOTHING
        outcome = self._abandon()
        kept, end = self._buffer.start, self._buffer.end
        self._pending_ms = (end - kept) * 1000 / SPEECH_RATE_HZ
        self._detector = TurnDetector(_thresholds(turn_detection), position=end)
        return outcome

    def append(self, event: events.InputAudioAppend) -> Outcome:
        """More sound from the client."""
        if len(event.audio) % BYTES_PER_SAMPLE:
            message = "Invalid audio: PCM16 ends in half a sample."
            return _bad_audio(message, event.event_id)
        if len(event.audio) > LONGEST_APPEND_BYTES:
            message = "Invalid audio: more than 15 MiB in one event."
            return _bad_audio(message, event.event_id)
        if not event.audio:
            return NOTHING
        self._pending_ms += duration_ms(event.audio)
        return Outcome(actions=(Listen(event.audio, self.detects),))

    def hear(self, heard: Heard) -> Iterator[Signal]:
        """Take in the sound that was listened to; yields what it means."""
        self._buffer.append(heard.samples)
        for probability in heard.probabilities:
            signal = self._detector.push(probability)
            if signal is not None:
                yield signal
        if self.detects and not self._detector.speaking:
            self._buffer.forget_before(
                self._detector.position
                - _padding(self._settings)
                - ONSET_FRAMES * VAD_FRAME
            )

    def begin(self, signal: Started) -> Outcome:
        """Speech has started."""
        self.item_id = self.item_id or events.new_id("item")
        self._start = max(self._buffer.start, signal.start - _padding(self._settings))
        self._next_glimpse = self._buffer.end + int(GLIMPSE_EVERY_S * SPEECH_RATE_HZ)
        self.live = LiveTranscript()
        started = events.SpeechStarted(self.item_id, milliseconds(self._start))
        return Outcome((started,))

    def pause(self, signal: Paused | Resumed) -> Outcome:
        """Speech pauses or goes on."""
        self._words = None
        if isinstance(signal, Resumed):
            return Outcome(actions=(Discard(),))
        samples = self._buffer.cut(self._start, self._detector.position)
        judged = isinstance(self._settings, SemanticVad)
        return Outcome(actions=(Speculate(self.item_id, samples, judged),))

    def judge(self, words: str) -> Stopped | None:
        """The words up to the pause that is now; the end of the turn, if it is one."""
        self._words = words
        self._detector.wait(_silence(self._settings, words))
        return self._detector.settle()

    @property
    def expects_more(self) -> bool:
        """Whether the person will most likely go on after the pause."""
        paused = self._detector.paused and self._words is not None
        return paused and _silence(self._settings, self._words) > LONG_WAIT_MS

    def glimpse(self) -> Outcome:
        """What was said so far, once a second of speech."""
        detector = self._detector
        due = self._buffer.end >= self._next_glimpse
        if not (detector.speaking and due) or detector.paused:
            return NOTHING
        self._next_glimpse = self._buffer.end + int(GLIMPSE_EVERY_S * SPEECH_RATE_HZ)
        samples = self._buffer.cut(self._start)
        return Outcome(actions=(Glimpse(self.item_id, samples),))

    def end(self, signal: Stopped) -> tuple[Outcome, Turn]:
        """Speech has ended: what was said, and the events that tell of it."""
        stopped = events.SpeechStopped(self.item_id, milliseconds(signal.end))
        return Outcome((stopped,)), self._finish(signal.end)

    def commit(self, event: events.InputAudioCommit) -> tuple[Outcome, Turn | None]:
        """The client ends the turn; None when there is too little sound for one."""
        if not self._detector.speaking:
            self._start = self._buffer.start
        short = self._pending_ms < SHORTEST_COMMIT_MS
        if not self._detector.speaking if self.detects else short:
            message = (
                "Error committing input audio buffer: the buffer is too small. "
                f"Expected at least {SHORTEST_COMMIT_MS}ms of audio, but there is "
                "less, or no speech in it."
            )
            code = "input_audio_buffer_commit_empty"
            return refused(message, code=code, event_id=event.event_id), None
        self.item_id = self.item_id or events.new_id("item")
        outcome = self._abandon()
        return outcome, self._finish(self._buffer.end)

    def clear(self) -> Outcome:
        """The client forgets what it sent."""
        outcome = self._abandon()
        self._buffer.clear()
        self._pending_ms = 0.0
        return outcome + Outcome((events.InputCleared(),))

    def _abandon(self) -> Outcome:
        """No longer wait for the end of the turn that is going on."""
        if not self._detector.speaking:
            return NOTHING
        self._detector.reset()
        end = milliseconds(self._buffer.end)
        stopped = events.SpeechStopped(self.item_id, end)
        return Outcome((stopped,), (Discard(),))

    def _finish(self, end: int) -> Turn:
        turn = Turn(self.item_id, self._buffer.cut(self._start, end))
        self._buffer.forget_before(end)
        self._pending_ms, self.item_id = 0.0, ""
        return turn


def _thresholds(turn_detection: TurnDetection) -> ServerVad:
    """Of the sound; `semantic_vad` is patient until it knows the words."""
    if isinstance(turn_detection, ServerVad):
        return turn_detection
    if isinstance(turn_detection, SemanticVad):
        patience = patience_ms(turn_detection.eagerness)
        return ServerVad(silence_duration_ms=patience)
    return ServerVad()


def _silence(turn_detection: TurnDetection, words: str | None) -> int:
    """That ends a turn, in ms, after these words; None where they are not known."""
    if isinstance(turn_detection, SemanticVad) and words is not None:
        return silence_ms(words, turn_detection.eagerness)
    return _thresholds(turn_detection).silence_duration_ms


def _padding(turn_detection: TurnDetection) -> int:
    """Samples that a turn has before its first speech."""
    settings = _thresholds(turn_detection)
    return settings.prefix_padding_ms * SPEECH_RATE_HZ // 1000


def _bad_audio(message: str, event_id: str) -> Outcome:
    return refused(message, code="invalid_value", param="audio", event_id=event_id)
