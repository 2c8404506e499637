"""What a function's docstring says of it and of its parameters."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING

import docstring_parser

from rt_widget.tools.bounds import DESCRIPTION_LIMIT, cut
from rt_widget.tools.signature import home

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rt_widget.tools.signature import Function


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a function.

    Args:
        description: Of the function; empty when nothing is.
        parameters: Of its parameters, by their names.
    """

    description: str
    parameters: Mapping[str, str]


def words_of(function: Function) -> Words:
    """The docstring's words, of the styles of Google, NumPy and reST.

    A description that is too long is cut.
    """
    text = inspect.getdoc(home(function)) or ""
    try:
        parsed = docstring_parser.parse(text)
    except Exception:  # noqa: BLE001 - docstring_parser 0.18 raises IndexError on some
        return Words(cut(text.partition("\n\n")[0], DESCRIPTION_LIMIT), {})
    parts = (parsed.short_description, parsed.long_description)
    return Words(
        cut("\n\n".join(part for part in parts if part), DESCRIPTION_LIMIT),
        {
            param.arg_name.lstrip("*"): " ".join((param.description or "").split())
            for param in parsed.params
        },
    )
