"""One response as a fold: words, audio and calls in, protocol events out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.conversation import Item
from tests.servers.parts import OpenMessage, Tally
from tests.servers.steps import Finish, Ids
from tests.servers.wire import JsonObject, new_id

if TYPE_CHECKING:
    from tests.servers.conversation import Conversation
    from tests.servers.steps import Call


class ResponseBuilder:
    """Builds a response's events in the order of the protocol.

    Args:
        conversation: Where its items go; None for an out-of-band response.
        config: The response's effective configuration.
        metadata: Echoed as it came.
        tally: Counts its tokens.
    """

    def __init__(
        self,
        conversation: Conversation | None,
        config: JsonObject,
        metadata: JsonObject | None,
        tally: Tally,
    ) -> None:
        self.id = new_id("resp")
        self.billed = True
        """False makes `usage` null."""
        self.spoken = config["output_modalities"] == ["audio"]
        """Whether it answers with audio."""
        self._conversation = conversation
        self._config = config
        self._metadata = metadata
        self._tally = tally
        self._output: list[Item] = []
        self._message: OpenMessage | None = None

    @property
    def in_band(self) -> bool:
        """Whether its items go to the conversation."""
        return self._conversation is not None

    @property
    def ids(self) -> Ids:
        """Where the answer stands."""
        if self._message is None:
            return Ids(self.id, "", None)
        return Ids(self.id, self._message.item.id, self._message.last_delta)

    @property
    def over_limit(self) -> bool:
        """True once more was said than `max_output_tokens` allows."""
        limit = self._config["max_output_tokens"]
        return limit != "inf" and sum(self._tally.output) > int(limit)

    def started(self) -> list[JsonObject]:
        """Give `response.created` and `rate_limits.updated`."""
        limits = (("requests", 1_000, 999), ("tokens", 40_000, 35_000))
        return [
            {"type": "response.created", "response": self._public("in_progress")},
            {
                "type": "rate_limits.updated",
                "rate_limits": [
                    {
                        "name": name,
                        "limit": limit,
                        "remaining": remaining,
                        "reset_seconds": 1.0,
                    }
                    for name, limit, remaining in limits
                ],
            },
        ]

    def say(self, delta: str) -> list[JsonObject]:
        """Add words."""
        message, events = self._opened()
        self._tally.words += len(delta.split())
        return [*events, message.say(delta)]

    def play(self, pcm: bytes) -> list[JsonObject]:
        """Add audio; nothing happens where the answer is text."""
        if not self.spoken:
            return []
        message, events = self._opened()
        self._tally.audio_bytes += len(pcm)
        return [*events, message.play(pcm)]

    def call(self, call: Call) -> list[JsonObject]:
        """Add a whole function call."""
        closed = self._closed("completed")
        call_id, arguments = call.call_id or new_id("call"), call.arguments
        item = _item("function_call", name=call.name, call_id=call_id, arguments="")
        added = self._added(item)
        where = {
            "response_id": self.id,
            "item_id": item.id,
            "output_index": len(self._output) - 1,
            "call_id": call_id,
        }
        kind = "response.function_call_arguments"
        half = (len(arguments) + 1) // 2
        deltas = [
            {"type": f"{kind}.delta", **where, "delta": piece}
            for piece in (arguments[:half], arguments[half:])
            if piece
        ]
        item.data["arguments"] = arguments
        self._tally.words += len(arguments.split())
        done = {**where, "name": call.name, "arguments": arguments}
        done |= {"type": f"{kind}.done"}
        return [*closed, *added, *deltas, done, *self._done(item, "completed")]

    def finished(self, end: Finish) -> list[JsonObject]:
        """Close what is open and give `response.done`."""
        complete = end.status == "completed"
        closed = self._closed("completed" if complete else "incomplete")
        response = self._public(end.status, end)
        response["usage"] = self._tally.usage() if self.billed else None
        return [*closed, {"type": "response.done", "response": response}]

    def _opened(self) -> tuple[OpenMessage, list[JsonObject]]:
        if self._message is not None:
            return self._message, []
        item = _item("message", role="assistant", content=[])
        added = self._added(item)
        self._message = OpenMessage(
            item, self.id, len(self._output) - 1, spoken=self.spoken
        )
        return self._message, [*added, self._message.begun()]

    def _closed(self, status: str) -> list[JsonObject]:
        if self._message is None:
            return []
        message, self._message = self._message, None
        return [*message.ended(), *self._done(message.item, status)]

    def _added(self, item: Item) -> list[JsonObject]:
        self._output.append(item)
        if self._conversation is None:
            return [self._output_item("added", item)]
        self._conversation.add(item)
        return [self._output_item("added", item), item_event("added", item)]

    def _done(self, item: Item, status: str) -> list[JsonObject]:
        item.data["status"] = status
        if self._conversation is None:
            return [self._output_item("done", item)]
        return [item_event("done", item), self._output_item("done", item)]

    def _output_item(self, stage: str, item: Item) -> JsonObject:
        return {
            "type": f"response.output_item.{stage}",
            "response_id": self.id,
            "output_index": self._output.index(item),
            "item": item.public(),
        }

    def _public(self, status: str, end: Finish | None = None) -> JsonObject:
        details = None
        if end is not None and status != "completed":
            details = {"type": status, "reason": end.reason, "error": end.error}
        output = self._config["audio"]["output"]
        return {
            "id": self.id,
            "object": "realtime.response",
            "status": status,
            "status_details": details,
            "output": [item.public() for item in self._output],
            "conversation_id": self._conversation.id if self._conversation else None,
            "output_modalities": self._config["output_modalities"],
            "max_output_tokens": self._config["max_output_tokens"],
            "audio": {"output": {"format": output["format"], "voice": output["voice"]}},
            "usage": None,
            "metadata": self._metadata,
        }


def item_event(stage: str, item: Item) -> JsonObject:
    """Give `conversation.item.added` or `.done`."""
    return {
        "type": f"conversation.item.{stage}",
        "previous_item_id": item.previous,
        "item": item.public(),
    }


def _item(kind: str, **fields: object) -> Item:
    return Item(
        {
            "id": new_id("item"),
            "object": "realtime.item",
            "type": kind,
            "status": "in_progress",
            **fields,
        }
    )
