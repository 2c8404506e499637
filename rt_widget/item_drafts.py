"""Items that still grow."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from rt_widget.audio import SAMPLE_RATE_HZ
from rt_widget.calls import Call
from rt_widget.item_order import ItemOrder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from rt_widget.events import WireItem

Role: TypeAlias = Literal["user", "assistant", "system", "tool"]
ItemStatus: TypeAlias = Literal[
    "in_progress", "completed", "incomplete", "interrupted", "failed"
]

_ROLES: dict[str, Role] = {
    "user": "user",
    "assistant": "assistant",
    "system": "system",
}
_SHOWN = {"message", "function_call"}
"""Types of the items that a person sees."""

_ENDED: dict[str, ItemStatus] = {
    "completed": "completed",
    "cancelled": "interrupted",
    "incomplete": "incomplete",
    "failed": "failed",
}


def role_of(item: WireItem) -> Role:
    """Who speaks; the assistant, when the server names nobody that we know."""
    if item.type == "function_call":
        return "tool"
    return _ROLES.get(item.role, "assistant")


def ended_as(status: str) -> ItemStatus:
    """How an item ended, of what the wire says of it or of its response."""
    return _ENDED.get(status, "completed")


@dataclass(slots=True)
class ItemDraft:
    """An item as it grows; the words of its `parts` are joined when they are read."""

    id: str
    role: Role
    is_shown: bool = True
    status: ItemStatus = "in_progress"
    parts: list[str] = field(default_factory=list)
    samples: int = 0
    heard_ms: int | None = None
    heard_end: int | None = None
    is_heard_whole: bool = False
    is_cut: bool = False
    awaits_words: bool = False
    call: Call | None = None

    @property
    def text(self) -> str:
        """The words so far."""
        # Read by the user's threads too, so nothing is rearranged here.
        return "".join(self.parts)

    @property
    def audio_ms(self) -> int:
        """Length of its sound so far."""
        return self.samples * 1000 // SAMPLE_RATE_HZ

    def say(self, text: str) -> None:
        """All the words at once; a cut item keeps the words that it had."""
        if text and not self.is_cut:
            self.parts = [text]

    def settle(self, status: ItemStatus) -> None:
        """The item grows no more, unless its words or what it calls for are to come."""
        is_open = self.awaits_words or self.call is not None
        if self.status == "in_progress" and not is_open:
            self.status = status

    def take(self, item: WireItem) -> None:
        """What the server says of an item that it adds."""
        self.is_shown = item.type in _SHOWN
        if item.type == "function_call":
            known = self.call or Call(item.call_id, "", "", "running")
            name, arguments = item.name or known.name, item.arguments or known.arguments
            self.call = replace(known, name=name, arguments=arguments)
        if item.text and not self.parts:
            self.parts = [item.text]
        if item.status == "completed":
            # Servers of the flat dialect say no more about a user's item.
            self.settle("completed")

    def finish(self, item: WireItem) -> None:
        """What the server says of an item that it ends."""
        self.settle(ended_as(item.status))
        if self.role == "assistant":
            self.say(item.text)


class ItemDrafts:
    """Drafts by id, in the server's order."""

    def __init__(self) -> None:
        self._by_id: dict[str, ItemDraft] = {}
        self._order = ItemOrder()
        self._calls: dict[str, str] = {}

    def __iter__(self) -> Iterator[ItemDraft]:
        for item_id in self._order:
            draft = self._by_id.get(item_id)
            if draft is not None:
                yield draft

    def get(self, item_id: str) -> ItemDraft | None:
        """The draft of that id; None when there is none."""
        return self._by_id.get(item_id)

    def shown_before(self, item_id: str) -> str | None:
        """Id of the nearest item before an item that a person sees."""
        shown = (i for i in self._order.before(item_id) if self._by_id[i].is_shown)
        return next(shown, None)

    def take(self, item: WireItem, previous: str | None = None) -> ItemDraft:
        """What the server says of an item; of a call that comes twice one is shown."""
        draft = self.place(item.id, role_of(item), previous)
        draft.take(item)
        if draft.call is not None:
            first = self._calls.setdefault(draft.call.call_id, item.id)
            draft.is_shown = first == item.id
        return draft

    def place(self, item_id: str, role: Role, previous: str | None = None) -> ItemDraft:
        """The draft of that id, standing after `previous` when that is known."""
        draft = self._by_id.get(item_id)
        if draft is None:
            draft = self._by_id[item_id] = ItemDraft(item_id, role)
            self._order.place(item_id, previous)
        elif previous is not None:
            self._order.place(item_id, previous)
        return draft

    def remove(self, item_id: str) -> bool:
        """Forget an item; returns whether there was one."""
        draft = self._by_id.pop(item_id, None)
        if draft is None:
            return False
        self._order.remove(item_id)
        return True

    def end_all(self) -> tuple[str, ...]:
        """The session is over; the next one may give calls the same names."""
        self._calls.clear()
        return self.end(list(self._by_id), "incomplete")

    def end(
        self,
        item_ids: Iterable[str],
        status: ItemStatus,
        unsettled: Collection[str] = ("in_progress",),
    ) -> tuple[str, ...]:
        """End those whose status is `unsettled`; returns their ids."""
        drafts = (self._by_id.get(item_id) for item_id in item_ids)
        open_ones = [each for each in drafts if each and each.status in unsettled]
        for draft in open_ones:
            draft.status = status
        return tuple(draft.id for draft in open_ones)
