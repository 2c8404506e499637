"""The person's sound on its way to the server, until it is a turn. A fold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget import events
from rt_widget.audio import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ, duration_ms
from rt_widget.config import ServerVad

if TYPE_CHECKING:
    from rt_widget.config import SemanticVad
    from rt_widget.outbox import Outbox

SETTLING_MS = 300
"""Silence beyond what ends a turn: detectors hear in frames, and sound dies away."""

SEMANTIC_SILENCE_MS = {"low": 8_000, "medium": 4_000, "auto": 4_000, "high": 2_000}
"""The longest that semantic turn detection waits, by its eagerness."""

SHORTEST_COMMIT_MS = 100
"""The service refuses to commit less sound than this."""


class InputAudio:
    """Passes sound on to an outbox, and knows how much of it is no turn yet."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._uncommitted_ms = 0.0
        self._total_ms = 0.0

    @property
    def appended_ms(self) -> float:
        """All sound so far that was sent or will be: the server's clock."""
        return self._total_ms - self._outbox.dropped_ms

    def append(self, pcm: bytes, *, is_live: bool) -> bool:
        """More sound; returns whether some was dropped, for the first time.

        Args:
            pcm: Mono PCM16 at 24 kHz.
            is_live: Whether the oldest may be dropped when the server stalls.
        """
        self._uncommitted_ms += duration_ms(pcm)
        self._total_ms += duration_ms(pcm)
        lost_before = self._outbox.dropped_ms
        event = events.InputAudioAppend(audio=pcm)
        (self._outbox.put_live if is_live else self._outbox.put)(event)
        return bool(self._outbox.dropped_ms and not lost_before)

    def fall_silent(self, detection: ServerVad | SemanticVad) -> None:
        """Nothing more comes, and a server that listens for silence would wait.

        `detection` says how much silence ends a turn.
        """
        if isinstance(detection, ServerVad):
            wanted_ms = detection.silence_duration_ms
        else:
            wanted_ms = SEMANTIC_SILENCE_MS[detection.eagerness]
        samples = (wanted_ms + SETTLING_MS) * SAMPLE_RATE_HZ // 1000
        self.append(bytes(samples * BYTES_PER_SAMPLE), is_live=False)

    def commit(self) -> bool:
        """Make a turn of it; returns whether there was enough, or it is forgotten."""
        appended, self._uncommitted_ms = self._uncommitted_ms, 0.0
        if appended < SHORTEST_COMMIT_MS:
            self._total_ms -= self._outbox.drop_audio()
            self._outbox.put(events.InputAudioClear())
            return False
        self._outbox.put(events.InputAudioCommit())
        return True

    def taken(self) -> None:
        """The server has made a turn of it by itself."""
        self._uncommitted_ms = 0.0
