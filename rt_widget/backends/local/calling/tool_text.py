"""Calls in the text of a model that was never taught to keep them apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from rt_widget.backends.local.calling.lenient_json import (
    LONGEST,
    end_of_object,
    object_in,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_OPEN_TAG, _CLOSE_TAG, _FENCE, _LABEL = "<tool_call>", "</tool_call>", "```", "```json"
_OPENING = re.compile(rf"(?:{_OPEN_TAG}|{_FENCE}(?:json)?)\s*(?=\{{)")
_BARE = re.compile(r"\s*(?=\{)")
_BEGINNINGS = [
    word[:end] for word in (_OPEN_TAG, _LABEL) for end in range(1, len(word))
]
_MAY_OPEN = re.compile(
    rf"(?:(?:{_OPEN_TAG}|{_LABEL}|{_FENCE})\s*|{'|'.join(_BEGINNINGS)})\Z"
)


@dataclass(frozen=True, slots=True)
class TextCall:
    """A call as the model wrote it; the name is one that was offered."""

    name: str
    arguments: dict[str, object]


Found: TypeAlias = str | TextCall


class ToolText:
    """Fed with the deltas of one answer; gives words and calls apart, in order.

    A call is a JSON object with the name of a tool and its arguments: after
    `<tool_call>`, in a code fence, or bare where an answer begins or after another
    call. All else is words.

    Args:
        names: The tools that were offered.
    """

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self._held = ""
        self._may_be_bare = True
        self._closings: tuple[str, ...] = ()

    def feed(self, delta: str) -> list[Found]:
        """Take in more text; returns what is certain now."""
        if not self._names:
            return [delta] if delta else []
        self._held += delta
        return list(self._certain(whole=False))

    def flush(self, *, cut: bool = False) -> list[Found]:
        """The answer is complete: returns the rest.

        With `cut` it ran into its limit: a call that is not whole is none.
        """
        return list(self._certain(whole=True, cut=cut))

    def _certain(self, *, whole: bool, cut: bool = False) -> Iterator[Found]:
        while self._held and self._skip_closing(whole=whole):
            opening = self._next_opening()
            if opening is None:
                yield from self._words(len(self._held) if whole else self._sure_words())
                return
            if opening.start():
                yield from self._words(opening.start())
                continue
            end = end_of_object(self._held, opening.end())
            is_long = len(self._held) - opening.end() > LONGEST
            if end is None and not whole and not is_long:
                return
            text = self._held[opening.end() : end]
            call = None if end is None and cut else self._call(text)
            if call is None:
                yield from self._words(opening.end() + 1)
                continue
            yield call
            self._close(opening.group(), len(text) + opening.end())

    def _next_opening(self) -> re.Match[str] | None:
        if self._may_be_bare and (bare := _BARE.match(self._held)):
            return bare
        return _OPENING.search(self._held)

    def _sure_words(self) -> int:
        """How much of what is held can be nothing but words, whatever follows."""
        if self._may_be_bare and not self._held.strip():
            return 0
        opening = _MAY_OPEN.search(self._held)
        return opening.start() if opening else len(self._held)

    def _words(self, end: int) -> Iterator[str]:
        words, self._held = self._held[:end], self._held[end:]
        if words:
            self._may_be_bare = False
            yield words

    def _call(self, text: str) -> TextCall | None:
        written = object_in(text) or {}
        name = written.get("name")
        name = name.partition("(")[0].strip() if isinstance(name, str) else ""
        arguments = written.get("arguments", written.get("parameters", {}))
        if isinstance(arguments, str):
            arguments = object_in(arguments)
        if name not in self._names or not isinstance(arguments, dict):
            return None
        return TextCall(name, arguments)

    def _close(self, opening: str, end: int) -> None:
        self._held = self._held[end:]
        self._may_be_bare = True
        is_fence = opening.startswith(_FENCE)
        self._closings = (_FENCE, _CLOSE_TAG) if is_fence else (_CLOSE_TAG,)

    def _skip_closing(self, *, whole: bool) -> bool:
        """Whether what follows a call is known to be past its closing sign."""
        if not self._closings:
            return True
        rest = self._held.lstrip()
        is_open = any(s.startswith(rest) and s != rest for s in self._closings)
        if is_open and not whole:
            return False
        closing = next((s for s in self._closings if rest.startswith(s)), "")
        self._held = rest.removeprefix(closing)
        self._closings = ()
        return True
