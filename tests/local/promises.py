"""What a client may rely on in all that a session tells, checked event by event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rt_widget.backends.local.protocol import told
from tests.local.promised_response import Event, PromisedResponse
from tests.servers.judge import judge

if TYPE_CHECKING:
    from rt_widget.backends.local.requests.values import Wire

_TRANSCRIPTION = "conversation.item.input_audio_transcription"


class Promises:
    """A client's own picture of a session, made of nothing but its events.

    Each event is judged by the published types, and asserted to be one that may come
    after those before it.
    """

    def __init__(self) -> None:
        self.items: list[str] = []
        """Ids in the order of the conversation."""
        self.unfinished: set[str] = set()
        """Items that were added and are not done."""
        self.responses: dict[str, PromisedResponse] = {}
        """Those that are active."""
        self.session: dict[str, Any] = {}
        self._seen_events: set[str] = set()
        self._seen_responses: set[str] = set()
        self._transcribed: set[tuple[str, int]] = set()
        self._speech: str | None = None
        """The turn that is being spoken."""
        self._turn: str | None = None
        """The turn whose sound is in the buffer; it may be left open."""
        self._turns: set[str] = set()
        self._next: tuple[str, str, str | None] | None = None
        """Type, item and predecessor of the event that must be the next."""

    @property
    def active(self) -> str | None:
        """The response of the conversation that is active."""
        found = [r for r, each in self.responses.items() if not each.is_beside]
        assert len(found) <= 1
        return found[0] if found else None

    def take(self, wire: Wire) -> None:
        """The next event.

        Raises:
            AssertionError: it breaks what a client may rely on.
            pydantic.ValidationError: it is not of the published shape.
        """
        event: Event = told.on_socket(wire)
        judge(event)
        assert event["event_id"] not in self._seen_events
        self._seen_events.add(event["event_id"])
        self._check_next(event)
        kind = event["type"]
        if kind.startswith("session."):
            self._set(event)
        elif kind.startswith("response."):
            self._answer(event)
        elif kind.startswith(_TRANSCRIPTION):
            self._transcribe(event)
        elif kind.startswith("conversation.item."):
            self._edit(event)
        elif kind.startswith("input_audio_buffer."):
            self._hear(event)
        else:
            assert kind == "error"

    def _check_next(self, event: Event) -> None:
        if self._next is None:
            return
        (kind, item_id, previous), self._next = self._next, None
        assert event["type"] == kind
        found = event["item"]["id"] if "item" in event else event["item_id"]
        assert found == item_id
        if previous is not None:
            assert event["previous_item_id"] == previous

    def _set(self, event: Event) -> None:
        is_first = not self.session
        assert (event["type"] == "session.created") == is_first
        session = event["session"]
        if not is_first:
            assert set(session) == set(self.session)
            for name in ("id", "model", "object"):
                assert session[name] == self.session[name]
        self.session = session

    def _answer(self, event: Event) -> None:
        kind = event["type"]
        if kind == "response.created":
            response = event["response"]
            assert response["id"] not in self._seen_responses
            assert response["output"] == []
            assert response["status"] == "in_progress"
            self._seen_responses.add(response["id"])
            self.responses[response["id"]] = PromisedResponse(response)
            assert self.active is not None or response["conversation_id"] is None
        elif kind == "response.done":
            self.responses.pop(event["response"]["id"]).finish(event["response"])
        else:
            self._output(event, self.responses[event["response_id"]])

    def _output(self, event: Event, response: PromisedResponse) -> None:
        response.check(event)
        if event["type"] == "response.output_item.added":
            item_id = event["item"]["id"]
            assert item_id not in self.items
            if not response.is_beside:
                self._next = ("conversation.item.added", item_id, None)
        elif event["type"] == "response.output_item.done":
            assert event["item"]["id"] not in self.unfinished

    def _edit(self, event: Event) -> None:
        kind = event["type"].removeprefix("conversation.item.")
        item_id = event["item"]["id"] if "item" in event else event["item_id"]
        assert (item_id in self.items) == (kind != "added")
        if kind == "added":
            previous = event["previous_item_id"]
            at = self.items.index(previous) + 1 if previous is not None else 0
            self.items.insert(at, item_id)
            self.unfinished.add(item_id)
            if event["item"]["status"] == "completed":
                self._next = ("conversation.item.done", item_id, previous)
        elif kind == "done":
            self.unfinished.remove(item_id)
            assert event["item"]["status"] in ("completed", "incomplete")
        elif kind == "deleted":
            self.items.remove(item_id)
            self.unfinished.discard(item_id)
            self._transcribed = {key for key in self._transcribed if key[0] != item_id}

    def _hear(self, event: Event) -> None:
        kind = event["type"].removeprefix("input_audio_buffer.")
        item_id = event.get("item_id")
        assert item_id not in self.items
        match kind:
            case "speech_started":
                assert self._speech is None
                assert item_id == self._turn or item_id not in self._turns
                self._speech = self._turn = item_id
                self._turns.add(event["item_id"])
            case "speech_stopped":
                assert self._speech == item_id
                self._speech = None
            case "committed":
                last = self.items[-1] if self.items else None
                assert event["previous_item_id"] == last
                self._turn = None
                self._next = ("conversation.item.added", event["item_id"], last)
            case "timeout_triggered":
                assert self._speech is None
                last = self.items[-1] if self.items else None
                self._next = ("input_audio_buffer.committed", event["item_id"], last)
            case _:
                assert kind == "cleared"
                assert self._speech is None
                self._turn = None

    def _transcribe(self, event: Event) -> None:
        assert self.session["audio"]["input"]["transcription"] is not None
        item_id, kind = event["item_id"], event["type"].rpartition(".")[2]
        if kind == "delta":
            assert item_id == self._turn
            return
        assert item_id in self.items
        key = (item_id, event["content_index"])
        assert key not in self._transcribed
        self._transcribed.add(key)
