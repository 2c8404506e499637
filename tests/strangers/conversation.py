"""What a client's script has printed of its conversation."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.audio import Audio

if TYPE_CHECKING:
    from tests.servers.wire import JsonObject


@dataclass(frozen=True)
class Conversation:
    """All that happened, oldest first."""

    lines: tuple[JsonObject, ...]

    @classmethod
    def read(cls, printed: str) -> Conversation:
        """The lines of a script's output."""
        return cls(tuple(json.loads(line) for line in printed.splitlines()))

    def of(self, kind: str) -> list[JsonObject]:
        """The lines of one kind."""
        return [line for line in self.lines if line["kind"] == kind]

    def events(self, event_type: str | None = None) -> list[JsonObject]:
        """The server's events; of one type, if asked."""
        events = [line["event"] for line in self.of("server")]
        return [e for e in events if event_type in (None, e["type"])]

    @property
    def responses(self) -> list[JsonObject]:
        """The responses, as they have ended."""
        return [event["response"] for event in self.events("response.done")]

    @property
    def heard(self) -> list[str]:
        """What the server has recognised, a turn each."""
        kind = "conversation.item.input_audio_transcription.completed"
        return [event["transcript"] for event in self.events(kind)]

    def deltas(self, response: JsonObject) -> list[JsonObject]:
        """The pieces of an answer, of its words and of its sound."""
        return [
            event
            for event in self.events()
            if event["type"].endswith(".delta")
            and event.get("response_id") == response["id"]
        ]

    def sound(self, response: JsonObject) -> Audio:
        """All of an answer's sound that has come."""
        kind = "response.output_audio.delta"
        deltas = [e["delta"] for e in self.deltas(response) if e["type"] == kind]
        return Audio.from_pcm16(b"".join(map(base64.b64decode, deltas)))

    def transcript(self, response: JsonObject) -> str:
        """All of an answer's words that have come."""
        kind = "response.output_audio_transcript.delta"
        return "".join(e["delta"] for e in self.deltas(response) if e["type"] == kind)
