"""Whether the assistant hears itself: what was "said" are its own words. A fold."""

from __future__ import annotations

import re
from collections import deque
from difflib import SequenceMatcher

from rt_widget import events

HINT = (
    "The assistant seems to hear itself. Use headphones or push to talk, or switch "
    "half duplex on: the microphone then rests while an answer is heard."
)

LATEST_WORDS = 150
"""The assistant's words that may still come back: about a minute of speech."""

FEWEST_WORDS = 3
"""A person says shorter things after the assistant too."""

SHARE = 0.7
"""Of the words, in their order, that are the assistant's."""

TIMES = 2
"""How often it happens before it is told."""

# Scripts that leave no space between words count by character.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+")


class SelfTalk:
    """Compares what was recognised with what the assistant has said last."""

    def __init__(self) -> None:
        self._latest: deque[str] = deque(maxlen=LATEST_WORDS)
        self._unfinished = ""
        self._times = 0

    def apply(self, event: events.ServerEvent) -> bool:
        """Take in a server event; returns whether the hint is due: once, if ever."""
        match event:
            case events.TranscriptDelta(delta=delta):
                self._say(delta)
            case events.TranscriptDone():
                self._say(" ")
            case events.InputTranscriptDone(transcript=said) if self._is_echo(said):
                self._times += 1
                return self._times == TIMES
            case _:
                pass
        return False

    def _say(self, delta: str) -> None:
        # A delta may end within a word.
        whole, space, rest = (self._unfinished + delta).rpartition(" ")
        self._latest.extend(_words(whole + space))
        self._unfinished = rest

    def _is_echo(self, said: str) -> bool:
        words = _words(said)
        if self._times >= TIMES or len(words) < FEWEST_WORDS:
            return False
        spoken = [*self._latest, *_words(self._unfinished)]
        blocks = SequenceMatcher(None, spoken, words[:LATEST_WORDS], autojunk=False)
        same = sum(block.size for block in blocks.get_matching_blocks())
        return same >= SHARE * len(words)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
