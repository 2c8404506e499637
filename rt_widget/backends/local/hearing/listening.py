"""The person's side of the conversation as a fold: sound in, turns out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ, VAD_FRAME
from rt_widget.backends.local.hearing.completeness import judge
from rt_widget.backends.local.hearing.g711 import sample_bytes, sound_ms
from rt_widget.backends.local.hearing.idle_timeout import IdleTimeout, Silence
from rt_widget.backends.local.hearing.input_buffer import InputAudioBuffer
from rt_widget.backends.local.hearing.live_transcript import LiveTranscript
from rt_widget.backends.local.hearing.turn_detection import (
    ONSET_FRAMES,
    Paused,
    Resumed,
    Started,
    Stopped,
    TurnDetector,
    milliseconds,
)
from rt_widget.backends.local.hearing.turn_rules import (
    ending_silence_ms,
    padding,
    thresholds,
)
from rt_widget.backends.local.protocol.outcome import (
    NOTHING,
    Discard,
    Glimpse,
    Listen,
    Outcome,
    Speculate,
)
from rt_widget.backends.local.protocol.told import sound
from rt_widget.backends.local.requests.values import RequestError
from rt_widget.config import PushToTalk, SemanticVad
from rt_widget.events import new_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from rt_widget.backends.local.hearing.ear import Heard
    from rt_widget.backends.local.hearing.g711 import AudioFormat
    from rt_widget.backends.local.hearing.turn_detection import Signal
    from rt_widget.backends.local.requests.values import AppendAudio
    from rt_widget.config import TurnDetection

SHORTEST_COMMIT_MS = 100

GLIMPSE_EVERY_S = 0.6

_READ_BEFORE = SPEECH_RATE_HZ // 10
"""Samples before the first speech that recognition is given."""

GOES_ON_S = 0.4
"""Speech after a pause from which on the pause was not the end. Before that it may be
the last sound of the turn: the mouth is closed before the "p" of "sleep"."""

LONG_WAIT_MS = 1_700
"""A turn that is waited for this long will most likely go on."""


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """What the person said in one go; `samples` at `SPEECH_RATE_HZ`, nobody else's."""

    item_id: str
    samples: NDArray[np.int16]

    @property
    def seconds(self) -> float:
        """Length of its sound."""
        return len(self.samples) / SPEECH_RATE_HZ


class Listening:
    """Keeps the input buffer and tells turns apart, by sound or by commit.

    Args:
        turn_detection: The session's.
        idle_timeout_ms: Of silence after an answer; None for no end.
    """

    def __init__(
        self, turn_detection: TurnDetection, idle_timeout_ms: int | None = None
    ) -> None:
        self._buffer = InputAudioBuffer()
        self.idle = IdleTimeout(self._buffer, idle_timeout_ms)
        """Is told of answers, and asked when a `Wake` is due."""
        self._settings = turn_detection
        self._detector = TurnDetector(thresholds(turn_detection))
        self._pending_ms = 0.0
        self.item_id = ""
        """Of the turn that is going on, or that will be next; empty before it is."""
        self._start = self._speech = 0
        self._next_glimpse = 0
        self._goes_on_at: int | None = None
        """Where a pause that is over will not have been the end."""
        self.live = LiveTranscript()
        """Of the turn that is going on."""
        self._words: str | None = None
        """Up to the pause that is now; None until they are known."""

    @property
    def detects(self) -> bool:
        """Whether turns are heard from the sound."""
        return not isinstance(self._settings, PushToTalk)

    def configure(
        self, turn_detection: TurnDetection, idle_timeout_ms: int | None = None
    ) -> Outcome:
        """Other rules from here on, for the turn that is going on too.

        Once nobody detects turns, it is left open for a commit.
        """
        self.idle.configure(idle_timeout_ms)
        if turn_detection == self._settings:
            return NOTHING
        detected, self._settings = self.detects, turn_detection
        if detected and self.detects:
            self._detector.configure(thresholds(turn_detection))
            self._detector.wait(ending_silence_ms(turn_detection, self._words))
            return NOTHING
        outcome = self._abandon()
        kept, end = self._buffer.start, self._buffer.end
        self._pending_ms = (end - kept) * 1000 / SPEECH_RATE_HZ
        self._detector = TurnDetector(thresholds(turn_detection), position=end)
        return outcome

    def append(
        self, request: AppendAudio, audio_format: AudioFormat = "audio/pcm"
    ) -> Outcome:
        """More sound from the client, in the session's format.

        Raises:
            RequestError: it ends in the middle of a sample.
        """
        audio = request.audio
        if len(audio) % sample_bytes(audio_format):
            message = "Invalid audio: PCM16 ends in half a sample."
            raise RequestError(message, code="invalid_value", param="audio")
        if not audio:
            return NOTHING
        self._pending_ms += sound_ms(audio, audio_format)
        return Outcome(actions=(Listen(audio, audio_format, self.detects),))

    def hear(self, heard: Heard) -> Iterator[Signal]:
        """Take in the sound that was listened to; yields what it means."""
        self._buffer.append(heard.samples)
        for probability in heard.probabilities:
            signal = self._detector.push(probability)
            if signal is not None:
                yield signal
        if self.detects and not self._detector.speaking:
            lead = padding(self._settings) + ONSET_FRAMES * VAD_FRAME
            wanted = self._detector.position - lead
            since = self.idle.since
            self._buffer.forget_before(wanted if since is None else min(wanted, since))

    def begin(self, signal: Started) -> Outcome:
        """Speech has started."""
        self.idle.stop()
        self.idle.is_speaking = True
        self.item_id = self.item_id or new_id("item")
        self._start = max(self._buffer.start, signal.start - padding(self._settings))
        self._speech = max(self._start, signal.start - _READ_BEFORE)
        self._next_glimpse = self._buffer.end + int(GLIMPSE_EVERY_S * SPEECH_RATE_HZ)
        self._goes_on_at = None
        self.live = LiveTranscript()
        start_ms = milliseconds(self._start)
        return Outcome((sound.speech_started(self.item_id, start_ms),))

    def pause(self, signal: Paused | Resumed) -> Outcome:
        """Speech pauses or goes on."""
        words, self._words = self._words, None
        if isinstance(signal, Resumed):
            if words is not None and judge(words) != "finished":
                return Outcome(actions=(Discard(),))
            self._goes_on_at = self._buffer.end + int(GOES_ON_S * SPEECH_RATE_HZ)
            return NOTHING
        self._goes_on_at = None
        samples = self._buffer.cut(self._speech, self._detector.position)
        judged = isinstance(self._settings, SemanticVad)
        return Outcome(actions=(Speculate(self.item_id, samples, judged),))

    def judge(self, words: str) -> Stopped | None:
        """The words up to the pause that is now; the end of the turn, if it is one."""
        self._words = words
        self._detector.wait(ending_silence_ms(self._settings, words))
        return self._detector.settle()

    @property
    def expects_more(self) -> bool:
        """Whether the person will most likely go on after the pause."""
        words = self._words if self._detector.paused else None
        return words is not None and self._wants_more(words)

    def may_end(self, words: str) -> bool:
        """Whether these words, up to the newest pause, may be all of the turn."""
        if self._detector.paused:
            return not self._wants_more(words)
        return judge(words) == "finished"

    @property
    def paused(self) -> bool:
        """Whether the person has paused, and it may be the end of their turn."""
        return self._detector.paused

    def look(self) -> Outcome:
        """What speech that goes on asks for: no draft any more, or a glimpse."""
        end = self._buffer.end
        if not self._detector.speaking or self.paused:
            return NOTHING
        if self._goes_on_at is not None:
            if end < self._goes_on_at:
                return NOTHING
            self._goes_on_at = None
            return Outcome(actions=(Discard(),)) + self._glimpse()
        return self._glimpse() if end >= self._next_glimpse else NOTHING

    def _glimpse(self) -> Outcome:
        """What was said so far."""
        self._next_glimpse = self._buffer.end + int(GLIMPSE_EVERY_S * SPEECH_RATE_HZ)
        samples = self._buffer.cut(self._speech)
        return Outcome(actions=(Glimpse(self.item_id, samples),))

    def end(self, signal: Stopped | Silence) -> tuple[Outcome, Turn]:
        """A turn has ended, or nobody has spoken in time: the sound, and its events."""
        match signal:
            case Stopped(end):
                told = sound.speech_stopped(self.item_id, milliseconds(end))
            case Silence(start, end):
                self.item_id, self._start = new_id("item"), start
                told = sound.timeout_triggered(
                    self.item_id, milliseconds(start), milliseconds(end)
                )
        return Outcome((told,)), self._finish(end)

    def commit(self) -> tuple[Outcome, Turn]:
        """The client ends the turn.

        Raises:
            RequestError: there is too little sound for one, or no speech in it.
        """
        if not self._detector.speaking:
            self._start = self._buffer.start
        pending_ms = 0.0 if self.detects else self._pending_ms
        if not self._detector.speaking and pending_ms < SHORTEST_COMMIT_MS:
            message = (
                "Error committing input audio buffer: buffer too small. Expected at "
                f"least {SHORTEST_COMMIT_MS}ms of audio, but buffer only has "
                f"{pending_ms:.2f}ms of audio."
            )
            raise RequestError(message, code="input_audio_buffer_commit_empty")
        self.item_id = self.item_id or new_id("item")
        outcome = self._abandon()
        return outcome, self._finish(self._buffer.end)

    def clear(self) -> Outcome:
        """The client forgets what it sent."""
        outcome = self._abandon()
        self._buffer.clear()
        # Words that are still looked for in it are not those of the next turn.
        self._pending_ms, self.item_id = 0.0, ""
        return outcome + Outcome((sound.cleared(),))

    def _wants_more(self, words: str) -> bool:
        return ending_silence_ms(self._settings, words) > LONG_WAIT_MS

    def _abandon(self) -> Outcome:
        """No longer wait for the end of the turn that is going on."""
        if not self._detector.speaking:
            return NOTHING
        self._detector.reset()
        self.idle.is_speaking = False
        end = milliseconds(self._buffer.end)
        return Outcome((sound.speech_stopped(self.item_id, end),), (Discard(),))

    def _finish(self, end: int) -> Turn:
        turn = Turn(self.item_id, self._buffer.cut(self._start, end))
        self._buffer.forget_before(end)
        self._pending_ms, self.item_id = 0.0, ""
        self.idle.is_speaking = False
        return turn
