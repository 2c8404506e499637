"""The calls of tools that a session's answers make, as a fold.

A call is run once the response that makes it has ended as completed, and nobody has
stopped it. What came of it is sent once, also of a call that was not run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from rt_widget import events
from rt_widget.calls import Call
from rt_widget.updates import CallChanged, ItemsChanged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget.calls import CallStatus
    from rt_widget.conversation import Conversation
    from rt_widget.item_drafts import ItemStatus

OUTPUT_LIMIT = 100_000
"""Characters of what a call has given, as it is sent."""

NOT_RUN = "The person interrupted before this was run. It has had no effect."

_CUT = " [The rest was left out.]"

_ITEM_STATUS: dict[CallStatus, ItemStatus] = {
    "asking": "in_progress",
    "running": "in_progress",
    "completed": "completed",
    "failed": "failed",
    "timed_out": "failed",
    "declined": "incomplete",
    "cancelled": "interrupted",
}


@dataclass(frozen=True, slots=True)
class StartCall:
    """A call is to be run now."""

    call: Call


CallEffect: TypeAlias = StartCall | events.FunctionOutput | CallChanged | ItemsChanged
"""What is to be run, sent and told."""


@dataclass(slots=True)
class _Entry:
    """A call of a response that is not over."""

    call: Call
    item_id: str
    is_whole: bool = False
    is_settled: bool = False
    is_unspoken: bool = False


class ToolCalls:
    """The calls of responses that are not over, and the names of all there were.

    Args:
        conversation: Shows each call and what came of it.
    """

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._entries: dict[str, _Entry] = {}
        self._of: dict[str, list[_Entry]] = {}
        self._seen: set[str] = set()

    def apply(
        self, event: events.ServerEvent, *, is_heard: bool
    ) -> Iterator[CallEffect]:
        """Take in a server event.

        Args:
            event: What has come.
            is_heard: Whether its response may still be heard.
        """
        match event:
            case events.OutputItemAdded(item=item, response_id=response_id):
                self._add(item, response_id)
            case events.OutputItemDone(item=item, response_id=response_id):
                is_whole = item.status in ("completed", "")
                self._add(item, response_id, is_whole=is_whole)
            case events.ResponseDone(response=response):
                for item in response.calls if is_heard else ():
                    self._add(item, response.id, is_whole=True)
                yield from self._done(response, is_heard=is_heard)
            case _:
                pass

    def change(self, call: Call) -> Iterator[CallEffect]:
        """A call goes on or has ended; what comes after its end changes nothing."""
        entry = self._entries.get(call.call_id)
        if entry is None or entry.call.ended:
            return
        entry.call = call
        yield from self._show(entry)
        if call.ended:
            yield _output_of(call)
            if entry.is_unspoken:
                del self._entries[call.call_id]

    def has_calls(self, response_id: str) -> bool:
        """Whether a response has made any."""
        return response_id in self._of

    def have_ended(self, response_id: str) -> bool:
        """Whether all calls of a response have."""
        return all(entry.call.ended for entry in self._of.get(response_id, ()))

    def take(self, response_id: str) -> tuple[Call, ...]:
        """The calls of a response, in their order; those that ended are forgotten."""
        entries = self._of.pop(response_id, [])
        for entry in entries:
            if entry.call.ended:
                del self._entries[entry.call.call_id]
        return tuple(entry.call for entry in entries)

    def release(self, response_id: str) -> Iterator[CallEffect]:
        """Nobody will be told what comes of a response's calls."""
        for entry in self._of.get(response_id, ()):
            entry.is_unspoken = True
            if entry.call.status == "asking":
                yield from self._end_unasked(entry)
            elif entry.call.ended:
                yield from self._show(entry)

    def end(self) -> Iterator[CallEffect]:
        """The session is over: what still runs is cancelled, and nothing is sent."""
        entries, self._entries = self._entries, {}
        self._of.clear()
        for entry in entries.values():
            if not entry.call.ended:
                entry.call = replace(entry.call, status="cancelled")
                yield from self._show(entry)

    def _add(
        self, item: events.WireItem, response_id: str, *, is_whole: bool = False
    ) -> None:
        """A call as the server tells it; one that was seen before is left out."""
        if item.type != "function_call":
            return
        entry = self._entries.get(item.call_id)
        if entry is None:
            if item.call_id in self._seen:
                return
            self._seen.add(item.call_id)
            call = Call(item.call_id, item.name, "", "running")
            entry = self._entries[item.call_id] = _Entry(call, item.id)
            self._of.setdefault(response_id, []).append(entry)
        if entry.item_id == item.id and not entry.is_whole:
            name, arguments = item.name or entry.call.name, item.arguments
            entry.call = replace(entry.call, name=name, arguments=arguments)
            entry.is_whole = is_whole

    def _done(
        self, response: events.WireResponse, *, is_heard: bool
    ) -> Iterator[CallEffect]:
        is_completed = response.status == "completed"
        for entry in self._of.get(response.id, ()):
            if entry.is_settled:
                continue
            entry.is_settled = True
            entry.is_whole |= is_completed
            if is_heard and is_completed:
                yield StartCall(entry.call)
            else:
                yield from self._end_unrun(entry)

    def _end_unrun(self, entry: _Entry) -> Iterator[CallEffect]:
        output = NOT_RUN if entry.is_whole else ""
        entry.call = replace(entry.call, status="cancelled", output=output)
        yield from self._show(entry)
        if entry.is_whole:
            yield _output_of(entry.call)

    def _end_unasked(self, entry: _Entry) -> Iterator[CallEffect]:
        """The person has stopped the answer: that is an answer to the question too."""
        entry.call = replace(entry.call, status="declined", output=NOT_RUN)
        yield from self._show(entry)
        yield _output_of(entry.call)

    def _show(self, entry: _Entry) -> Iterator[CallEffect]:
        call = entry.call
        is_kept = entry.is_unspoken and call.ended
        status = "interrupted" if is_kept else _ITEM_STATUS[call.status]
        if self._conversation.show_call(entry.item_id, call, status):
            yield ItemsChanged((entry.item_id,))
        yield CallChanged(call)


def _output_of(call: Call) -> events.FunctionOutput:
    output = call.output
    if len(output) > OUTPUT_LIMIT:
        output = output[: OUTPUT_LIMIT - len(_CUT)] + _CUT
    # Halves of surrogate pairs are no text on a wire.
    output = output.encode("utf-8", "replace").decode()
    item_id = events.new_id("item")
    return events.FunctionOutput(item_id=item_id, call_id=call.call_id, output=output)
