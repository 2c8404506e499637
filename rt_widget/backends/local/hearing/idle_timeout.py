"""When nobody speaks after an answer: told by wakes, in place of a clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.backends.local.protocol.outcome import NOTHING, Outcome, Wake

if TYPE_CHECKING:
    from rt_widget.backends.local.hearing.input_buffer import InputAudioBuffer


@dataclass(frozen=True, slots=True)
class Silence:
    """Positions in the input buffer between which nobody has spoken."""

    start: int
    end: int


class IdleTimeout:
    """Waits until an answer has been played, and then for the person.

    Args:
        buffer: The person's sound; what comes after an answer is to be kept in it.
        timeout_ms: Of silence; None never waits.
    """

    def __init__(self, buffer: InputAudioBuffer, timeout_ms: int | None) -> None:
        self._buffer = buffer
        self._timeout_ms = timeout_ms
        self._is_due = False
        self.since: int | None = None
        """Position at the end of the answer that is waited after, if one is."""
        self.is_speaking = False
        """Whether the person is: nobody waits for them then."""

    def configure(self, timeout_ms: int | None) -> None:
        """Another timeout from the next answer on; None stops waiting."""
        self._timeout_ms = timeout_ms
        if timeout_ms is None:
            self.stop()

    def answered(self, playback_ms: float) -> Outcome:
        """An answer is complete, and its sound takes so long to be played."""
        self.stop()
        if self._timeout_ms is None or self.is_speaking:
            return NOTHING
        self._is_due = True
        return Outcome(actions=(Wake(round(playback_ms)),))

    def stop(self) -> None:
        """Wait no more: the person speaks, or another answer begins."""
        self._is_due = False
        self.since = None

    def woke(self) -> Outcome | Silence:
        """The time of a `Wake` has come: what is next, or the silence there was."""
        if not self._is_due or self._timeout_ms is None:
            return NOTHING
        if self.since is None:
            self.since = self._buffer.end
            return Outcome(actions=(Wake(self._timeout_ms),))
        silence = Silence(max(self.since, self._buffer.start), self._buffer.end)
        self.stop()
        return silence
