"""What a client may rely on in the events of one response, checked one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Event = dict[str, Any]

_WORDS = {"audio": "output_audio_transcript", "text": "output_text"}
_FIELD = {"audio": "transcript", "text": "text"}


@dataclass
class OpenItem:
    """An output item between its `added` and its `done`."""

    item: Event
    index: int
    said: str = ""
    done: list[str] = field(default_factory=list)
    """Types of its events so far, runs of deltas joined."""


@dataclass
class PromisedResponse:
    """A response from `created` to `done`; each event is asserted to be in order."""

    created: Event
    output: list[str] = field(default_factory=list)
    open: OpenItem | None = None

    @property
    def is_beside(self) -> bool:
        return self.created["conversation_id"] is None

    @property
    def _modality(self) -> str:
        (modality,) = self.created["output_modalities"]
        return str(modality)

    def check(self, event: Event) -> None:
        kind = event["type"].removeprefix("response.")
        if kind == "output_item.added":
            self._begin(event)
            return
        assert self.open is not None
        if kind != "output_item.done":
            assert event["item_id"] == self.open.item["id"]
        assert event["output_index"] == self.open.index
        assert event.get("content_index", 0) == 0
        if self.open.item["type"] == "function_call":
            self._check_call(kind, event, self.open)
        else:
            self._check_message(kind, event, self.open)
        if not (self.open.done and self.open.done[-1] == kind):
            self.open.done.append(kind)
        if kind == "output_item.done":
            self._end(event)

    def finish(self, response: Event) -> None:
        """Its `response.done` is here."""
        assert self.open is None
        assert [item["id"] for item in response["output"]] == self.output
        assert response["status"] != "in_progress"
        assert all(item["status"] != "in_progress" for item in response["output"])
        details = response["status_details"]
        assert (details is None) == (response["status"] == "completed")
        same = ("id", "conversation_id", "metadata", "output_modalities", "audio")
        for name in same:
            assert response[name] == self.created[name]
        if usage := response["usage"]:
            _check_usage(usage)

    def _begin(self, event: Event) -> None:
        assert self.open is None
        assert event["output_index"] == len(self.output)
        item = event["item"]
        assert item["id"] not in self.output
        assert item["status"] == "in_progress"
        assert not item.get("content")
        assert not item.get("arguments")
        self.output.append(item["id"])
        self.open = OpenItem(item, event["output_index"])

    def _end(self, event: Event) -> None:
        assert self.open is not None
        item = event["item"]
        assert item["id"] == self.open.item["id"]
        assert item["status"] in ("completed", "incomplete")
        self.open = None

    def _check_call(self, kind: str, event: Event, call: OpenItem) -> None:
        arguments = "function_call_arguments"
        if kind == f"{arguments}.delta":
            assert not call.done or call.done == [kind]
            call.said += event["delta"]
        elif kind == f"{arguments}.done":
            assert f"{arguments}.done" not in call.done
            assert event["arguments"] == call.said
            assert event["name"] == call.item["name"]
        else:
            assert kind == "output_item.done"
            assert call.done[-1] == f"{arguments}.done"
            assert event["item"]["arguments"] == call.said
            return
        assert event["call_id"] == call.item["call_id"]

    def _check_message(self, kind: str, event: Event, message: OpenItem) -> None:
        words, name = _WORDS[self._modality], _FIELD[self._modality]
        ends = [f"{words}.done", "content_part.done", "output_item.done"]
        if self._modality == "audio":
            ends.insert(0, "output_audio.done")
        if kind == "content_part.added":
            assert not message.done
            assert event["part"] == {"type": self._modality, name: ""}
        elif kind in ends:
            at = ends.index(kind)
            assert message.done[0] == "content_part.added"
            assert [each for each in message.done if each in ends] == ends[:at]
        else:
            assert message.done[0] == "content_part.added"
            assert not set(ends) & set(message.done)
            assert kind in (f"{words}.delta", "output_audio.delta")
            assert kind == f"{words}.delta" or self._modality == "audio"
            assert event["delta"]
        if kind == f"{words}.delta":
            message.said += event["delta"]
        elif kind == f"{words}.done":
            assert event[name] == message.said
        elif kind == "content_part.done":
            assert event["part"] == {"type": self._modality, name: message.said}


def _check_usage(usage: Event) -> None:
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
    heard, said = usage["input_token_details"], usage["output_token_details"]
    assert heard["text_tokens"] + heard["audio_tokens"] == usage["input_tokens"]
    assert said["text_tokens"] + said["audio_tokens"] == usage["output_tokens"]
    assert heard["cached_tokens"] <= usage["input_tokens"]
