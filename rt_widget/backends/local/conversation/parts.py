"""Parts of a message: words that were written, and sound with what is said in it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rt_widget.backends.local.requests.values import Wire


@dataclass(frozen=True, slots=True)
class _Mark:
    """After `audio_ms` of an answer's sound, `text_end` characters have been said."""

    audio_ms: float
    text_end: int


@dataclass(slots=True)
class Part:
    """Words, or sound; an answer's grows while its response is made.

    Args:
        is_audio: Whether it is sound.
        text: Its words, as the language model reads them.
        audio_ms: Length of the sound.
        transcript: What events tell of the words in a person's sound; None while
            they are not known, or where nobody wants to be told.
    """

    is_audio: bool
    text: str = ""
    audio_ms: float = 0.0
    transcript: str | None = None
    _marks: list[_Mark] = field(default_factory=list)
    is_cut: bool = False
    """Whether the rest of it was not heard."""

    def write(self, words: str) -> None:
        """Take in more words; of a part that was cut nothing more is kept."""
        if not self.is_cut:
            self.text += words

    def add_sound(self, audio_ms: float, text_end: int) -> None:
        """More sound; by its end the text is said up to `text_end`, 0 if unknown."""
        if self.is_cut:
            return
        self.audio_ms += audio_ms
        said = self._marks[-1].text_end if self._marks else 0
        if text_end > said:
            self._marks.append(_Mark(self.audio_ms, text_end))

    def cut(self, audio_ms: int, *, is_whole: bool) -> None:
        """Keep no more than what was said in the first `audio_ms`, now and later.

        `is_whole` tells whether nothing more would come anyway.
        """
        if not is_whole or audio_ms < int(self.audio_ms):
            end = self._said_by(audio_ms)
            self.text = _whole_words(self.text, end)
            self._marks = [m for m in self._marks if m.audio_ms < audio_ms]
            self._marks.append(_Mark(float(audio_ms), len(self.text)))
        self.audio_ms = float(audio_ms)
        self.is_cut = True

    def _said_by(self, audio_ms: int) -> int:
        """Characters that are said in the first `audio_ms`: a share between marks."""
        at = bisect_left(self._marks, float(audio_ms), key=lambda mark: mark.audio_ms)
        before = self._marks[at - 1] if at else _Mark(0.0, 0)
        if at == len(self._marks):
            return before.text_end
        after = self._marks[at]
        share = (audio_ms - before.audio_ms) / (after.audio_ms - before.audio_ms)
        return before.text_end + int(share * (after.text_end - before.text_end))

    def told(self, role: str) -> Wire:
        """As events show it, in a message of that role."""
        direction = "output" if role == "assistant" else "input"
        if not self.is_audio:
            return {"type": f"{direction}_text", "text": self.text}
        transcript = self.text if role == "assistant" else self.transcript
        return {"type": f"{direction}_audio", "transcript": transcript}


def _whole_words(text: str, end: int) -> str:
    """The first `end` characters of `text`, without a word cut in two."""
    if end >= len(text) or text[end].isspace():
        return text[:end].rstrip()
    return text[: text.rfind(" ", 0, end) + 1].rstrip()
