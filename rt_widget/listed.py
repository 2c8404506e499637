"""What completion lists: the widget's own names, and not those of its toolkits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

if TYPE_CHECKING:
    from collections.abc import Iterable

_TOOLKITS = {"anywidget", "ipywidgets", "traitlets", "builtins", "typing", "abc"}

_FOR_THE_HOUSE = {"session_config", "set_state", "show", "sync", "tell"}
"""Not the person's business, though nothing hides them."""


class ListedMeta(traitlets.MetaHasTraits):
    """Of classes that list their own names.

    IPython lists a value's class beside the value itself, so both have to be brief.
    """

    def __init__(self, *given: Any) -> None:  # noqa: ANN401 - as for every class
        # While a class is set up, traitlets looks for its traits among all its names.
        super().__init__(*given)
        self._is_whole = True

    def __dir__(self) -> Iterable[str]:
        is_whole = "_is_whole" in self.__dict__
        return public_names(self) if is_whole else super().__dir__()


class Listed(anywidget.AnyWidget, metaclass=ListedMeta):
    """A widget that lists its own names, and those of classes made of it."""

    def __dir__(self) -> list[str]:
        own = (name for name in vars(self) if not name.startswith("_"))
        return sorted({*public_names(type(self)), *own})


def public_names(cls: type) -> list[str]:
    """Names that a class and its bases define for a person."""
    homes = (c for c in cls.__mro__ if c.__module__.partition(".")[0] not in _TOOLKITS)
    names = {name for home in homes for name in vars(home)}
    return sorted(n for n in names - _FOR_THE_HOUSE if not n.startswith("_"))
