"""The input audio buffer and an energy-based voice activity detector, as a fold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rt_widget.backends.local.requests.values import RequestError
from tests.servers.wire import (
    BYTES_PER_MS,
    SAMPLE_RATE_HZ,
    JsonObject,
    pcm_ms,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

FRAME_MS = 20
FRAME_BYTES = FRAME_MS * BYTES_PER_MS
START_FRAMES = 3
"""Loud frames in a row that make speech: a click does not."""
FULL_THRESHOLD_RMS = 0.04
"""RMS (of full scale) that `threshold` 1.0 asks for; 0.5 means -34 dBFS."""
MIN_COMMIT_MS = 100
KEEP_SECONDS = 60
_SEMANTIC_SILENCE_MS = {"high": 300, "medium": 500, "auto": 500, "low": 1_000}


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Speech began; milliseconds count from the session's first sample."""

    audio_start_ms: int


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """Speech ended; `pcm` is the utterance with its padding."""

    audio_end_ms: int
    pcm: bytes


class InputAudio:
    """What the client has appended since the last commit, and who is speaking."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._origin = 0  # bytes of the session before the buffer's first one
        self._scanned = 0  # bytes of the buffer that the detector has heard
        self._detection: JsonObject | None = None
        self._loud_frames = 0
        self._quiet_ms = 0
        self._speaking = False

    def configure(self, turn_detection: JsonObject | None) -> None:
        """Use this `turn_detection`; None switches the detector off."""
        if turn_detection != self._detection:
            self._detection = turn_detection
            self._reset_detector()
            self._scanned = len(self._buffer)

    def append(self, pcm: bytes) -> Iterator[SpeechStarted | SpeechStopped]:
        """Take PCM16 and yield what the detector noticed, in order."""
        self._buffer += pcm
        if self._detection is None:
            return
        while len(self._buffer) - self._scanned >= FRAME_BYTES:
            frame = self._buffer[self._scanned : self._scanned + FRAME_BYTES]
            self._scanned += FRAME_BYTES
            noticed = self._hear(bytes(frame), self._detection)
            if noticed is not None:
                yield noticed
        self._forget_old_silence()

    def commit(self) -> bytes:
        """Take the buffer's audio.

        Raises:
            RequestError: it holds less than 100 ms.
        """
        held_ms = len(self._buffer) / BYTES_PER_MS
        if held_ms < MIN_COMMIT_MS:
            raise RequestError(
                "Error committing input audio buffer: buffer too small. Expected at "
                f"least 100ms of audio, but buffer only has {held_ms:.2f}ms of audio.",
                code="input_audio_buffer_commit_empty",
            )
        return self._take()

    def clear(self) -> None:
        """Drop the buffer's audio."""
        self._take()

    def _take(self) -> bytes:
        pcm = bytes(self._buffer)
        self._origin += len(pcm)
        self._buffer.clear()
        self._scanned = 0
        self._reset_detector()
        return pcm

    def _reset_detector(self) -> None:
        self._speaking = False
        self._loud_frames = 0
        self._quiet_ms = 0

    def _hear(
        self, frame: bytes, detection: JsonObject
    ) -> SpeechStarted | SpeechStopped | None:
        loud = rms(frame) >= detection.get("threshold", 0.5) * FULL_THRESHOLD_RMS
        if not self._speaking:
            self._loud_frames = self._loud_frames + 1 if loud else 0
            if self._loud_frames >= START_FRAMES:
                return self._start(detection)
            return None
        self._quiet_ms = 0 if loud else self._quiet_ms + FRAME_MS
        if self._quiet_ms >= _silence_ms(detection):
            return self._stop()
        return None

    def _start(self, detection: JsonObject) -> SpeechStarted:
        padding_ms = detection.get("prefix_padding_ms", 300)
        lead = (START_FRAMES * FRAME_MS + padding_ms) * BYTES_PER_MS
        begin = max(0, self._scanned - lead)
        del self._buffer[:begin]
        self._origin += begin
        self._scanned -= begin
        self._speaking = True
        self._quiet_ms = 0
        return SpeechStarted(pcm_ms(self._origin))

    def _stop(self) -> SpeechStopped:
        pcm = bytes(self._buffer[: self._scanned])
        end = self._origin + self._scanned
        del self._buffer[: self._scanned]
        self._origin = end
        self._scanned = 0
        self._reset_detector()
        return SpeechStopped(pcm_ms(end), pcm)

    def _forget_old_silence(self) -> None:
        surplus = len(self._buffer) - KEEP_SECONDS * SAMPLE_RATE_HZ * 2
        if surplus > 0 and not self._speaking:
            del self._buffer[:surplus]
            self._origin += surplus
            self._scanned -= surplus


def rms(pcm: bytes) -> float:
    """Root mean square of PCM16, 1.0 being full scale."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64) / 32768.0
    return float(np.sqrt(np.mean(samples * samples)))


def _silence_ms(detection: JsonObject) -> int:
    if detection["type"] == "semantic_vad":
        return _SEMANTIC_SILENCE_MS[detection["eagerness"]]
    return int(detection["silence_duration_ms"])
