"""The person's side of the conversation as a fold: sound in, turns out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget import events
from rt_widget.audio import BYTES_PER_SAMPLE, duration_ms
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
from rt_widget.config import PushToTalk, ServerVad

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
        self._live = LiveTranscript()

    @property
    def detects(self) -> bool:
        """Whether turns are heard from the sound."""
        return not isinstance(self._settings, PushToTalk)

    def configure(self, turn_detection: TurnDetection) -> Outcome:
        """Other rules from here on; a turn that was going on is left open."""
        if turn_detection == self._settings:
            return NOTHING
        self._settings = turn_detection
        outcome = self._abandon()
        position = self._buffer.end
        self._detector = TurnDetector(_thresholds(turn_detection), position=position)
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
        self._live = LiveTranscript()
        started = events.SpeechStarted(self.item_id, milliseconds(self._start))
        return Outcome((started,))

    def pause(self, signal: Paused | Resumed) -> Outcome:
        """Speech pauses or goes on."""
        if isinstance(signal, Resumed):
            return Outcome(actions=(Discard(),))
        samples = self._buffer.cut(self._start, self._detector.position)
        return Outcome(actions=(Speculate(self.item_id, samples),))

    def glimpse(self) -> Outcome:
        """What was said so far, once a second of speech."""
        detector = self._detector
        due = self._buffer.end >= self._next_glimpse
        if not (detector.speaking and due) or detector.paused:
            return NOTHING
        self._next_glimpse = self._buffer.end + int(GLIMPSE_EVERY_S * SPEECH_RATE_HZ)
        samples = self._buffer.cut(self._start)
        return Outcome(actions=(Glimpse(self.item_id, samples),))

    def read(self, reading: str) -> Outcome:
        """A reading of what was said so far has come."""
        delta = self._live.update(reading)
        if not delta:
            return NOTHING
        return Outcome((events.InputTranscriptDelta(self.item_id, delta),))

    def end(self, signal: Stopped) -> tuple[Outcome, Turn]:
        """Speech has ended: what was said, and the events that tell of it."""
        stopped = events.SpeechStopped(self.item_id, milliseconds(signal.end))
        return Outcome((stopped,)), self._finish(signal.end)

    def commit(self, event: events.InputAudioCommit) -> tuple[Outcome, Turn | None]:
        """The client ends the turn; None when there is too little sound for one."""
        if not self._detector.speaking:
            self._start = self._buffer.start
        if self._is_empty():
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

    def _is_empty(self) -> bool:
        if self.detects:
            return not self._detector.speaking
        return self._pending_ms < SHORTEST_COMMIT_MS

    def _finish(self, end: int) -> Turn:
        turn = Turn(self.item_id, self._buffer.cut(self._start, end))
        self._buffer.forget_before(end)
        self._pending_ms, self.item_id = 0.0, ""
        return turn


def _thresholds(turn_detection: TurnDetection) -> ServerVad:
    """Of the sound; `semantic_vad` listens like `server_vad` here."""
    if isinstance(turn_detection, ServerVad):
        return turn_detection
    return ServerVad()


def _padding(turn_detection: TurnDetection) -> int:
    """Samples that a turn has before its first speech."""
    settings = _thresholds(turn_detection)
    return settings.prefix_padding_ms * SPEECH_RATE_HZ // 1000


def _bad_audio(message: str, event_id: str) -> Outcome:
    return refused(message, code="invalid_value", param="audio", event_id=event_id)
