"""An answer's words as they become sound, clause by clause."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rt_widget.backends.local.speaking.clauses import Clauses
from rt_widget.backends.local.speaking.patience import Patience
from rt_widget.backends.local.speaking.sounding import sounding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rt_widget.backends.local.engines.base import Speech, Tts
    from rt_widget.backends.local.protocol.pieces import Sound
    from rt_widget.backends.local.protocol.prompt import Prompt
    from rt_widget.backends.local.speaking.clauses import Clause


class Voicing:
    """Cut in the language model's thread, spoken in the voice's.

    Args:
        tts: The voice.
        prompt: Which of its voices speaks, and how fast.
        is_stopped: Stops the speech once it is true.
    """

    def __init__(
        self, tts: Tts, prompt: Prompt, is_stopped: Callable[[], bool]
    ) -> None:
        self._tts = tts
        self._prompt = prompt
        self._is_stopped = is_stopped
        self._clauses = Clauses()
        self._patience = Patience()
        self._said = 0
        self._guess = ""
        self._ready: tuple[str, list[Speech]] = ("", [])

    def feed(self, words: str) -> list[Clause]:
        """Take in more words; returns what may be spoken now, soon enough."""
        now = time.monotonic()
        self._patience.wrote(now)
        return self._clauses.feed(words, hurry=self._patience.is_over(now))

    def guess(self) -> Clause | None:
        """What will be spoken first if the last word is whole; None if told before.

        The next text tells whether it is. Until then it can be got ready.
        """
        if not self._patience.ends_with_next(time.monotonic()):
            return None
        first = self._clauses.first_if_whole()
        if first is None or first.text == self._guess:
            return None
        self._guess = first.text
        return first

    def prepare(self, clause: Clause) -> None:
        """Make the sound of a clause that may be spoken; in the voice's thread."""
        if clause.text == self._guess:
            self._ready = (clause.text, list(self._synthesised(clause)))

    def flush(self) -> list[Clause]:
        """The words are complete: returns what is left to be spoken."""
        return self._clauses.flush()

    def speak(self, clause: Clause) -> Iterator[Sound]:
        """The sound of a clause; clauses come in order."""
        rate = self._tts.sample_rate
        yield from sounding(self._spoken(clause), rate, clause.ends, self._said)
        self._said = clause.ends[-1]

    def _spoken(self, clause: Clause) -> Iterator[Speech]:
        text, pieces = self._ready
        for speech in pieces if text == clause.text else self._synthesised(clause):
            if self._is_stopped():
                return
            seconds = len(speech.samples) / self._tts.sample_rate
            self._patience.spoke(time.monotonic(), seconds)
            yield speech

    def _synthesised(self, clause: Clause) -> Iterator[Speech]:
        voice, speed = self._prompt.voice, self._prompt.speed
        return self._tts.speak(clause.text, voice=voice, speed=speed)
