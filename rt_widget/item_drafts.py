"""Items that still grow, and the order in which they stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from rt_widget.events import WireItem

Role: TypeAlias = Literal["user", "assistant", "system"]
ItemStatus: TypeAlias = Literal[
    "in_progress", "completed", "incomplete", "interrupted", "failed"
]

_ROLES: dict[str, Role] = {
    "user": "user",
    "assistant": "assistant",
    "system": "system",
}
_ENDED: dict[str, ItemStatus] = {
    "completed": "completed",
    "cancelled": "interrupted",
    "incomplete": "incomplete",
    "failed": "failed",
}


def role_of(item: WireItem) -> Role:
    """Who speaks; the assistant, when the server names nobody that we know."""
    return _ROLES.get(item.role, "assistant")


def ended_as(status: str) -> ItemStatus:
    """How an item ended, of what the wire says of it or of its response."""
    return _ENDED.get(status, "completed")


@dataclass(slots=True)
class ItemDraft:
    """An item as it grows; the words of its `parts` are joined when they are read."""

    id: str
    role: Role
    is_message: bool = True
    status: ItemStatus = "in_progress"
    parts: list[str] = field(default_factory=list)
    samples: int = 0
    heard_ms: int | None = None
    awaits_words: bool = False

    @property
    def text(self) -> str:
        """The words so far."""
        # Read by the user's threads too, so nothing is rearranged here.
        return "".join(self.parts)

    def say(self, text: str) -> None:
        """All the words at once; a cut item keeps the words that it had."""
        if text and self.heard_ms is None:
            self.parts = [text]

    def settle(self, status: ItemStatus) -> None:
        """The item grows no more, unless its words are still to come."""
        if self.status == "in_progress" and not self.awaits_words:
            self.status = status

    def cut(self, heard_ms: int) -> None:
        """The person heard no more than this of it."""
        self.heard_ms, self.status = heard_ms, "interrupted"


class ItemDrafts:
    """Drafts by id, in the server's order; those that change stand near the end."""

    def __init__(self) -> None:
        self._by_id: dict[str, ItemDraft] = {}
        self._order: list[str] = []

    def __iter__(self) -> Iterator[ItemDraft]:
        for item_id in tuple(self._order):
            draft = self._by_id.get(item_id)
            if draft is not None:
                yield draft

    def get(self, item_id: str) -> ItemDraft | None:
        """The draft of that id; None when there is none."""
        return self._by_id.get(item_id)

    @property
    def last_id(self) -> str | None:
        """Id of the item at the end."""
        return self._order[-1] if self._order else None

    def message_before(self, item_id: str) -> str | None:
        """Id of the nearest message before an item."""
        for index in range(self._index(item_id) - 1, -1, -1):
            if self._by_id[self._order[index]].is_message:
                return self._order[index]
        return None

    def place(self, item_id: str, role: Role, previous: str | None = None) -> ItemDraft:
        """The draft of that id, standing after `previous` when that is known."""
        draft = self._by_id.get(item_id)
        if draft is None:
            draft = self._by_id[item_id] = ItemDraft(item_id, role)
            self._order.append(item_id)
        elif previous is None or previous == item_id:
            return draft
        if previous in self._by_id and previous != self._before(item_id):
            self._order.remove(item_id)
            self._order.insert(self._index(previous) + 1, item_id)
        return draft

    def remove(self, item_id: str) -> bool:
        """Forget an item; returns whether there was one."""
        if self._by_id.pop(item_id, None) is None:
            return False
        self._order.remove(item_id)
        return True

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

    def _index(self, item_id: str) -> int:
        for back, each in enumerate(reversed(self._order), start=1):
            if each == item_id:
                return len(self._order) - back
        raise KeyError(item_id)

    def _before(self, item_id: str) -> str | None:
        index = self._index(item_id)
        return self._order[index - 1] if index else None
