"""How long to wait in a pause, judged from the words before it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rt_widget.config import Eagerness

Completeness: TypeAlias = Literal["nothing", "finished", "unclear", "unfinished"]
"""Of a turn up to a pause: no words, a whole sentence, hard to tell, a part of one."""

_TABLE = Path(__file__).with_name("turn_ends.toml")

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")
_CLOSERS = "\"'\u201d\u2019)]"
_STILL_OPEN = (",", ";", ":", "-", "\u2013", "\u2014", "\u2026", "..", "...")
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_LONG_LIST = 3
_LONGEST_ENTRY = 2
_LONGEST_TAIL = 5
_SHORTEST_LINK = 2


def silence_ms(text: str, eagerness: Eagerness, *, language: str = "en") -> int:
    """Silence that ends the turn after `text`, in milliseconds of sound.

    Args:
        text: What was said up to the pause, as it was recognised.
        eagerness: The session's; `auto` is `medium`.
        language: Of the text; other than `en` only punctuation is judged.
    """
    level = "medium" if eagerness == "auto" else eagerness
    waits: dict[str, int] = _table()["silence_ms"][level]
    return waits[judge(text, language=language)]


def patience_ms(eagerness: Eagerness) -> int:
    """Longest silence within a turn, in milliseconds of sound."""
    level = "medium" if eagerness == "auto" else eagerness
    return max(_table()["silence_ms"][level].values())


def judge(text: str, *, language: str = "en") -> Completeness:
    """How whole the last sentence of `text` is."""
    written = text.strip().rstrip(_CLOSERS)
    if not any(letter.isalnum() for letter in written):
        return "nothing"
    last = _Sentence.of(_SENTENCE_END.split(written)[-1])
    is_english = language == "en" and bool(last.words)
    if is_english and _is_open(last):
        return "unfinished"
    if written.endswith(_STILL_OPEN):
        # Recognition puts a comma after a question now and then.
        asks = is_english and last.words[0] in _set("question_words")
        return "unclear" if asks else "unfinished"
    return "finished" if written[-1] in ".!?" else "unclear"


@dataclass(frozen=True, slots=True)
class _Sentence:
    words: tuple[str, ...]
    entries: tuple[tuple[str, ...], ...]
    """Words between commas."""
    asks: bool

    @classmethod
    def of(cls, text: str) -> _Sentence:
        entries = tuple(_words(entry) for entry in text.split(","))
        return cls(_words(text), entries, asks=text.endswith("?"))

    def tail(self, tails: frozenset[str]) -> int:
        """How many last words are one of `tails`; 0 when none are."""
        lengths = range(min(_LONGEST_TAIL, len(self.words)), 0, -1)
        found = (n for n in lengths if " ".join(self.words[-n:]) in tails)
        return next(found, 0)

    @staticmethod
    def explains(words: Sequence[str]) -> bool:
        """Whether a question word is among `words`: the rest may belong to it."""
        return any(word in _set("question_words") for word in words)


def _words(text: str) -> tuple[str, ...]:
    found = _WORD.findall(text.replace("\u2019", "'").casefold())
    return tuple(found)


def _is_open(sentence: _Sentence) -> bool:
    return any(rule(sentence) for rule in _RULES)


def _begins_only(sentence: _Sentence) -> bool:
    return len(sentence.words) == 1 and sentence.words[0] in _set("openers")


def _has_open_tail(sentence: _Sentence) -> bool:
    """Such as "I would like to know whether", but not "what are you looking at?"."""
    tail = sentence.tail(_set("open_tails"))
    if tail and not sentence.explains(sentence.words[:-tail]):
        return True
    if sentence.tail(_set("closed_tails")):
        return False
    last = sentence.words[-1]
    if last in _set("stranded_words"):
        return not sentence.explains(sentence.words[:-1])
    asks = sentence.asks and last in _set("question_words")
    return last in _set("open_words") and not asks


def _announces(sentence: _Sentence) -> bool:
    """Such as "the reason why I am calling is that", but not "what is that"."""
    begins = sentence.words[0] in _set("question_words")
    return not sentence.asks and not begins and sentence.tail(_set("announcing")) > 0


def _wants_its_verb(sentence: _Sentence) -> bool:
    """Such as "I think that they", but not "so do I" or "she is taller than he"."""
    *before, last = sentence.words
    if sentence.asks or last not in _set("subjects") or not before:
        return False
    return before[-1] not in _set("auxiliaries") | _set("compared")


def _links_to_nothing(sentence: _Sentence) -> bool:
    """Such as "is there anything that you" or "tell him that he should"."""
    words = sentence.words
    if words[-1] in _set("auxiliaries") and not sentence.explains(words[1:]):
        words = words[:-1]
    return (
        len(words) > _SHORTEST_LINK
        and words[-2] in _set("linkers")
        and words[-1] in _set("linked")
        and not sentence.tail(_set("closed_tails"))
    )


def _wants_a_verb(sentence: _Sentence) -> bool:
    """Such as "the problem is", but not "yes, he is" or "I know what it is"."""
    *before, last = sentence.words
    if sentence.asks or last not in _set("auxiliaries") or not before:
        return False
    return not (sentence.explains(before[1:]) or before[-1] in _set("pronouns"))


def _is_half_a_condition(sentence: _Sentence) -> bool:
    """Such as "if it rains tomorrow"; a question has its verb second."""
    words = sentence.words
    return (
        not sentence.asks
        and words[0] in _set("subordinators")
        and len(sentence.entries) == 1
        and (len(words) == 1 or words[1] not in _set("auxiliaries"))
    )


def _is_rising_list(sentence: _Sentence) -> bool:
    """Such as "I need eggs, milk": its last entry has no "and" before it."""
    *head, tail = sentence.entries
    if sentence.asks or not head or len(tail) > _LONGEST_ENTRY or not tail:
        return False
    if " ".join(tail) in _set("closers") or tail[0] in _set("joiners"):
        return False
    names_a_list = any(word in _set("list_verbs") for word in head[0])
    short = all(len(entry) <= _LONGEST_ENTRY for entry in head[1:])
    return short and (names_a_list or len(head) + 1 >= _LONG_LIST)


def _wants_a_number(sentence: _Sentence) -> bool:
    """Such as "it leaves from platform number", but not "I forgot my room number"."""
    return sentence.words[-1:] == ("number",) and any(
        word in _set("places") for word in sentence.words[-3:-2]
    )


def _is_half_a_number(sentence: _Sentence) -> bool:
    """Such as "my number is four five"."""
    numbers: dict[str, int] = _table()["english"]["numbers"]
    said = 0
    before = ""
    for word in reversed(sentence.words):
        before = word
        if word.isdecimal():
            said += len(word)
        elif word in _set("digits"):
            said += 1
        else:
            break
    named = [numbers[word] for word in sentence.words if word in numbers]
    if not (said and named) or sentence.asks or before in numbers:
        return False
    return said < max(named)


_RULES: tuple[Callable[[_Sentence], bool], ...] = (
    _begins_only,
    _has_open_tail,
    _announces,
    _wants_its_verb,
    _links_to_nothing,
    _wants_a_verb,
    _is_half_a_condition,
    _is_rising_list,
    _wants_a_number,
    _is_half_a_number,
)


@cache
def _table() -> dict[str, dict[str, dict[str, int]]]:
    with _TABLE.open("rb") as stream:
        return tomllib.load(stream)


@cache
def _set(name: str) -> frozenset[str]:
    return frozenset(_table()["english"][name])
