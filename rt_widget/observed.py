"""Observers of the person, kept off the threads that a conversation depends on."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import traitlets

from rt_widget._loop import background_loop
from rt_widget.lanes import Lane
from rt_widget.own_function import OwnFunction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from traitlets.utils.bunch import Bunch


class Observed(traitlets.HasTraits):
    """Traits whose observers hold up nothing; `_observers` are made before them."""

    _observers: Observers

    def observe(
        self,
        handler: Callable[[Any], object],
        names: Any = traitlets.All,  # noqa: ANN401 - as traitlets declares it
        type: Any = "change",  # noqa: A002, ANN401 - as traitlets declares it
    ) -> None:
        """Call `handler` with each change of these traits, as traitlets does.

        What the conversation and the page change is told in order on a thread of the
        observers' own, where an observer may take its time.

        Example:
            >>> w.observe(lambda change: print(change["old"], change["new"]), "speed")
            >>> w.speed = 1.2
            1.0 1.2
        """
        if not isinstance(handler, traitlets.EventHandler):
            handler = Observer(handler, names, self._observers)
        super().observe(handler, names, type)

    def unobserve(
        self,
        handler: Callable[[Any], object],
        names: Any = traitlets.All,  # noqa: ANN401 - as traitlets declares it
        type: Any = "change",  # noqa: A002, ANN401 - as traitlets declares it
    ) -> None:
        """Call `handler` no more.

        Example:
            >>> def show(change):
            ...     print(change["new"])
            >>> w.observe(show, "speed")
            >>> w.unobserve(show, "speed")
            >>> w.speed = 1.2
        """
        if not isinstance(handler, traitlets.EventHandler):
            handler = Observer(handler, names, self._observers)
        super().unobserve(handler, names, type)


class Observers:
    """The observers of one widget.

    A change that the conversation or a page has made is handed over to a thread of the
    observers' own, in order. A change that the person has made calls them at once, in
    the person's thread, as traitlets does.

    Args:
        tell: Gets sentences for the person, on any thread; neither blocks nor raises.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.lane = Lane(tell)
        self._here = threading.local()

    @contextmanager
    def handing_over(self) -> Iterator[None]:
        """What this thread changes meanwhile has come from a page."""
        self._here.hands_over = True
        try:
            yield
        finally:
            self._here.hands_over = False

    @property
    def hands_over(self) -> bool:
        """Whether the observers of this thread's changes run elsewhere."""
        if getattr(self._here, "hands_over", False):
            return True
        return threading.current_thread() is background_loop().thread


class Observer(OwnFunction):
    """An observer as traitlets calls it; equal to another of the same function."""

    def __init__(
        self, function: Callable[[Bunch], object], names: object, all_of: Observers
    ) -> None:
        super().__init__(function, _named(names))
        self._observers = all_of

    def __call__(self, change: Bunch) -> None:
        """Take a change, here or on the observers' thread."""
        if self._observers.hands_over:
            self._observers.lane.put(self, change)
        else:
            self.function(change)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Observer) and other.function == self.function

    def __hash__(self) -> int:
        return hash(self.function)

    def run(self, value: Bunch) -> None:
        """Call it with a change that has been waiting."""
        try:
            super().run(value)
        except traitlets.TraitError:
            # A link finds that its source has moved on: the next change is waiting.
            link = getattr(self.function, "__self__", None)
            is_late = getattr(value.owner, value.name) != value.new
            if not (isinstance(link, traitlets.link) and is_late):
                raise


def _named(names: object) -> str:
    some = [names] if isinstance(names, str) else names
    if isinstance(some, (list, tuple, set)):
        return " ".join(f"`{name}`" for name in some)
    return "traits"
