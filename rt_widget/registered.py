"""The callbacks of a widget: who is called when something happens, and with what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from rt_widget import updates
from rt_widget.cells import Cells, current_run
from rt_widget.lanes import Lane
from rt_widget.own_function import OwnFunction

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from rt_widget.live import Live

CallbackName: TypeAlias = Literal[
    "turn", "user_text", "text", "tool", "error", "status"
]


class _Callback:
    """One function under one name, with the thread that calls it."""

    def __init__(
        self,
        name: CallbackName,
        function: Callable[[Any], object],
        tell: Callable[[str], None],
    ) -> None:
        self.name = name
        self.own = OwnFunction(function, f"`{name}`")
        self.lane = Lane(tell)


class Registered:
    """The callbacks of a widget, told what happens on the background loop.

    `tell` gets sentences for the person; it neither blocks nor raises.
    """

    def __init__(self, live: Live, tell: Callable[[str], None]) -> None:
        self._conversation = live.conversation
        self._tell = tell
        self._callbacks: tuple[_Callback, ...] = ()
        self._by_cell: Cells[_Callback] = Cells()
        self._settled: set[str] = set()
        live.listeners.append(self.hear)

    def add(self, name: CallbackName, function: Callable[[Any], object]) -> None:
        """Call `function` from now on, in place of those of the cell's earlier run."""
        new = _Callback(name, function, self._tell)
        run = current_run()
        earlier = [] if run is None else self._by_cell.enter(run, new)
        self._keep([each for each in self._callbacks if each not in earlier] + [new])

    def remove(
        self, name: CallbackName, function: Callable[[Any], object] | None
    ) -> None:
        """Call it no more, nor what of it waits."""
        self._keep(
            each
            for each in self._callbacks
            if each.name != name or function not in (None, each.own.function)
        )

    def hear(self, update: updates.Update) -> None:
        """Hand what has happened over to those who want to know."""
        callbacks = self._callbacks
        wanted = {each.name for each in callbacks}
        for name, value in self._happened(update, wanted):
            for each in callbacks:
                if each.name == name:
                    each.lane.put(each.own, value)

    def end(self) -> None:
        """Nothing more happens."""
        for each in self._callbacks:
            each.lane.end()

    def _keep(self, callbacks: Iterable[_Callback]) -> None:
        kept = tuple(callbacks)
        for each in self._callbacks:
            if each not in kept:
                each.lane.end(at_once=True)
        # Replaced as a whole: the background loop reads it meanwhile.
        self._callbacks = kept

    def _happened(
        self, update: updates.Update, wanted: Collection[CallbackName]
    ) -> Iterator[tuple[CallbackName, Any]]:
        match update:
            case updates.ItemsChanged(item_ids=item_ids) if "user_text" in wanted:
                for text in self._said(item_ids):
                    yield "user_text", text
            case updates.Closed(error=None):
                pass
            case _:
                yield from _values(update)

    def _said(self, item_ids: tuple[str, ...]) -> Iterator[str]:
        """What the person has said, once each, when it changes no more."""
        for item_id in item_ids:
            if item_id in self._settled:
                continue
            item = self._conversation.item(item_id)
            if item is None or (item.role == "user" and item.status == "in_progress"):
                continue
            # An answer is read once only: its text is as long as it has become.
            self._settled.add(item_id)
            if item.role == "user" and item.status == "completed" and item.text:
                yield item.text


def _values(update: updates.Update) -> Iterator[tuple[CallbackName, Any]]:
    """What an update is called, and what it brings."""
    match update:
        case updates.TextReceived(delta=delta):
            yield "text", delta
        case updates.StatusChanged(status=status):
            yield "status", status
        case updates.ReplyFinished(reply=reply):
            yield "turn", reply
        case updates.CallChanged(call=call):
            yield "tool", call
        case updates.Failed(error=error) | updates.Closed(error=error):
            yield "error", error
        case _:
            pass
