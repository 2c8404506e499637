"""Whether a call that a small model wrote is one that the person asked for.

Such a model calls something for nearly every question. What gives it away is that it
invents the arguments: a call counts where they come from what the person has said.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rt_widget.backends.local.calling.tool_text import TextCall
    from rt_widget.config import ToolSpec

_WORD = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+")
_STEM_CHARS = 5
_SHARE = 0.5
_SHORTEST_TOPIC = 3

_NUMBERS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy
eighty ninety hundred thousand million half quarter dozen
"""
_NUMBER_WORDS = frozenset(_NUMBERS.split())

_COMMON = """
about also and any are can could does each for from get give has have how into its made
make name not now one please returns show some tell that the their them there these this
those use value was what when where which who why will with would you your
"""
_COMMON_WORDS = frozenset(_COMMON.split())

_TELLING = re.compile(
    r"\s*(?:i|we|you|he|she|it|they|my|our|his|her|their|this|that|there|these|those"
    r"|yes|no|thanks|thank|hello|hi|hey|sorry|well)\b[^?]*\Z",
    re.IGNORECASE,
)
"""How a sentence begins that tells something; one that asks has a question mark."""


def grounded(
    call: TextCall, tools: Sequence[ToolSpec], question: str
) -> tuple[str, str] | None:
    """The name and the arguments (JSON) of a call that was asked for, else None.

    Texts and numbers must come from the question, unless the tool's schema lists
    them. An argument that does not is left out where it is not required; one that the
    schema does not know, always. A call with no such argument, or after a sentence that
    only tells something, needs a word of it in the tool's own description.

    Args:
        call: As the model wrote it.
        tools: What was offered.
        question: What the person has said.
    """
    tool = next(tool for tool in tools if tool.name == call.name)
    said = _words(question)
    properties = _mapping(tool.parameters.get("properties"))
    required = tool.parameters.get("required")
    required = required if isinstance(required, list | tuple) else ()
    kept = {
        name: value
        for name, value in call.arguments.items()
        if name in properties and _comes_from(value, _mapping(properties[name]), said)
    }
    if any(name not in kept for name in required):
        return None
    stands = any(map(_leaves, kept.values())) and not _TELLING.match(question)
    if not stands and not _is_about(tool, said):
        return None
    return tool.name, json.dumps(kept, ensure_ascii=False)


def _comes_from(value: object, schema: Mapping[str, object], said: set[str]) -> bool:
    listed = schema.get("enum")
    if isinstance(listed, list | tuple) and value in listed:
        return True
    return all(_is_said(leaf, said) for leaf in _leaves(value))


def _is_said(leaf: str, said: set[str]) -> bool:
    words = _WORD.findall(leaf.casefold())
    found = sum(_is_heard(word, said) for word in words)
    return found >= _SHARE * len(words) and (found > 0 or not words)


def _is_heard(word: str, said: set[str]) -> bool:
    if word[0].isdigit():
        return any(other[0].isdigit() or other in _NUMBER_WORDS for other in said)
    return _stem(word) in {_stem(other) for other in said}


def _is_about(tool: ToolSpec, said: set[str]) -> bool:
    own = _words(f"{tool.name.replace('_', ' ')} {tool.description}")
    stems = {
        _stem(word) for word in own - _COMMON_WORDS if len(word) >= _SHORTEST_TOPIC
    }
    return any(_stem(word) in stems for word in said)


def _leaves(value: object) -> list[str]:
    """The texts and numbers in a value, as texts; truth values are neither."""
    return list(_each_leaf(value))


def _each_leaf(value: object) -> Iterator[str]:
    match value:
        case bool() | None:
            return
        case str() | int() | float():
            yield str(value)
        case dict():
            for each in value.values():
                yield from _each_leaf(each)
        case list():
            for each in value:
                yield from _each_leaf(each)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _stem(word: str) -> str:
    return word[:_STEM_CHARS]


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
