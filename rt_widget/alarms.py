"""Whether a person who is heard during an answer interrupts it. A fold without a clock.

At the first sound of speech the answer is held. Speech that lasts ends it; a shorter
one is a false alarm (a cough, a door), unless it turns out to hold words. Time is
counted in milliseconds of appended sound, as the server does in its own figures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget import events
from rt_widget.verdicts import (
    Discard,
    Dismiss,
    Expect,
    FalseAlarm,
    Hold,
    Interrupt,
    Respond,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget.grace import Grace
    from rt_widget.verdicts import Verdict

WAY_MS = 200
"""For a server's news to come, in milliseconds of the person's sound."""

LONGEST_LAG_MS = 2_000
"""A start of speech further back is no time that can be counted from."""

SHORTS_KEPT = 32
"""Short sounds whose words are waited for."""

_NOISE = re.compile(r"\([^)]*\)|\[[^\]]*\]|\*[^*]*\*|<[^>]*>")


@dataclass(frozen=True, slots=True)
class Scene:
    """What goes on while an event comes in.

    Args:
        appended_ms: The person's sound so far.
        is_given: Whether an answer is being given or may still be heard.
        is_active: Whether the server has an answer under way, a dead one too.
        is_own: Of a new answer: whether the server has begun it unasked.
    """

    appended_ms: float
    is_given: bool
    is_active: bool
    is_own: bool = False


@dataclass(slots=True)
class _Speech:
    """Speech that is being heard."""

    item_id: str
    reported_ms: int
    """When it began, by the server."""
    start_ms: float
    is_held: bool = False
    is_sure: bool = False


@dataclass(slots=True)
class _Short:
    """A short sound whose words are not known yet."""

    met_answer: bool
    """Whether the server was giving an answer, and so gives none to this."""
    is_unanswered: bool = False
    """Whether its answer was refused or dismissed."""
    is_covered: bool = False
    """Whether a later answer takes it in."""


class Alarms:
    """The speech that is heard now, and the short sounds that wait for their words."""

    def __init__(self) -> None:
        self._speech: _Speech | None = None
        self._shorts: dict[str, _Short] = {}
        # The latest turn: its id, and whether it cut an answer short.
        self._latest: tuple[str, bool] | None = None
        # A short sound without words that the server may answer all the same.
        self._wordless = ""

    def is_short(self, item_id: str) -> bool:
        """Whether an item is a short sound whose words are not known yet.

        Without an id: the latest one.
        """
        latest = self._latest[0] if self._latest is not None else ""
        return (item_id or latest) in self._shorts

    def interrupted(self) -> None:
        """The answer was ended otherwise; whoever is speaking takes a turn."""
        if self._speech is not None and self._speech.is_held:
            self._speech.is_sure = True

    def forget(self) -> None:
        """Turns are taken otherwise from now on."""
        self._speech = None
        self._shorts.clear()
        self._wordless = ""

    def appended(self, grace: Grace, appended_ms: float) -> Iterator[Verdict]:
        """More of the person's sound is on its way."""
        speech = self._speech
        if speech is None or not speech.is_held or speech.is_sure:
            return
        patience = grace.false_alarm_ms + grace.tail_ms + WAY_MS
        if appended_ms - speech.start_ms >= patience:
            speech.is_sure = True
            yield Interrupt()

    def apply(
        self, event: events.ServerEvent, grace: Grace, scene: Scene
    ) -> Iterator[Verdict]:
        """Take in a server event."""
        match event:
            case events.SpeechStarted():
                yield from self._started(event, grace, scene)
            case events.SpeechStopped(item_id=item_id, audio_end_ms=end_ms):
                yield from self._stopped(item_id, end_ms, grace, scene)
            case events.InputCommitted(item_id=item_id):
                yield from self._committed(item_id, grace, scene)
            case events.ResponseCreated() if scene.is_own:
                yield from self._answered(grace)
            case events.ResponseCreated():
                self._cover()
            case events.InputTranscriptDone(item_id=item_id, transcript=words):
                yield from self._read(item_id, words, grace)
            case events.InputTranscriptFailed(item_id=item_id):
                self._shorts.pop(item_id, None)
            case _:
                pass

    def refused(self, grace: Grace) -> Iterator[Verdict]:
        """The server cannot answer the latest turn: it gives another answer."""
        if self._latest is None or not grace.answers:
            return
        item_id, has_interrupted = self._latest
        short = self._shorts.get(item_id)
        if short is not None:
            short.is_unanswered = True
        elif has_interrupted:
            self._latest = None
            yield Respond()

    def _started(
        self, event: events.SpeechStarted, grace: Grace, scene: Scene
    ) -> Iterator[Verdict]:
        start_ms = event.audio_start_ms + grace.lead_ms
        if not 0 <= scene.appended_ms - start_ms <= LONGEST_LAG_MS:
            # A server without such figures, or sound that runs ahead of it.
            start_ms = round(scene.appended_ms)
        self._speech = _Speech(event.item_id, event.audio_start_ms, start_ms)
        if scene.is_given:
            self._speech.is_held = True
            yield Hold()

    def _stopped(
        self, item_id: str, end_ms: int, grace: Grace, scene: Scene
    ) -> Iterator[Verdict]:
        speech, self._speech = self._speech, None
        if speech is None:
            return
        item_id = item_id or speech.item_id
        if speech.is_held and not speech.is_sure:
            if _length_ms(speech, end_ms, grace, scene) < grace.false_alarm_ms:
                yield from self._await_words(item_id, scene)
                return
            yield Interrupt()
        self._latest = (item_id, speech.is_held)
        self._wordless = ""
        self._cover()

    def _await_words(self, item_id: str, scene: Scene) -> Iterator[Verdict]:
        self._latest = (item_id, False)
        self._shorts[item_id] = _Short(scene.is_active)
        if len(self._shorts) > SHORTS_KEPT:
            del self._shorts[next(iter(self._shorts))]
        yield FalseAlarm()

    def _committed(self, item_id: str, grace: Grace, scene: Scene) -> Iterator[Verdict]:
        """Of servers that say no more: the end of speech, and the name of its item."""
        if self._speech is not None and self._speech.item_id in ("", item_id):
            yield from self._stopped(item_id, 0, grace, scene)
        if "" in self._shorts:
            self._shorts[item_id] = self._shorts.pop("")
            self._latest = (item_id, False)

    def _answered(self, grace: Grace) -> Iterator[Verdict]:
        """The server has begun an answer by itself."""
        latest = self._latest[0] if self._latest is not None else ""
        short = self._shorts.get(latest)
        if short is not None and not short.is_unanswered and grace.answers:
            short.is_unanswered = True
            yield Dismiss()
            return
        wordless, self._wordless = self._wordless, ""
        if wordless and wordless == latest:
            yield Dismiss()
            return
        self._latest = None
        self._cover()
        speech = self._speech
        if speech is not None and speech.is_sure:
            yield Interrupt()
        elif speech is not None and not speech.is_held:
            speech.is_held = True
            yield Hold()

    def _read(self, item_id: str, words: str, grace: Grace) -> Iterator[Verdict]:
        speech = self._speech
        if speech is not None and speech.item_id == item_id and has_words(words):
            if speech.is_held and not speech.is_sure:
                speech.is_sure = True
                yield Interrupt()
            return
        short = self._shorts.pop(item_id, None)
        if short is None:
            return
        if not has_words(words):
            if not short.is_unanswered:
                self._wordless = item_id
            yield Discard(item_id)
        elif not short.is_covered:
            self._cover()
            yield Interrupt()
            if grace.answers:
                yield self._take_turn(item_id, short)

    def _take_turn(self, item_id: str, short: _Short) -> Respond | Expect:
        if short.is_unanswered or short.met_answer:
            self._latest = None
            return Respond()
        self._latest = (item_id, True)
        return Expect()

    def _cover(self) -> None:
        """An answer follows that takes in all that was said until now."""
        for short in self._shorts.values():
            short.is_covered = True


def has_words(transcript: str) -> bool:
    """Whether a transcript says more than that there was a noise."""
    return any(each.isalnum() for each in _NOISE.sub("", transcript))


def _length_ms(speech: _Speech, end_ms: int, grace: Grace, scene: Scene) -> float:
    """How long speech has lasted, by the server's figures where it gives some."""
    if end_ms > speech.reported_ms:
        return end_ms - speech.reported_ms - grace.lead_ms - grace.tail_ms
    return scene.appended_ms - speech.start_ms - grace.tail_ms - WAY_MS
