"""An assistant message while it is spoken or written, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.servers.wire import JsonObject, encode_audio, pcm_ms

if TYPE_CHECKING:
    from tests.servers.conversation import Item

_OUTPUT_TOKEN_MS = 50


class OpenMessage:
    """The single content part of a message in progress.

    Args:
        item: The message; it is given its content here.
        response_id: Of the response that it belongs to.
        output_index: Its place in that response.
        spoken: Audio with a transcript, or text.
    """

    def __init__(
        self, item: Item, response_id: str, output_index: int, *, spoken: bool
    ) -> None:
        self.item = item
        self.last_delta: JsonObject | None = None
        self._kind = "audio" if spoken else "text"
        self._words = "transcript" if spoken else "text"
        self._event = "output_audio_transcript" if spoken else "output_text"
        self._where = {
            "response_id": response_id,
            "item_id": item.id,
            "output_index": output_index,
            "content_index": 0,
        }
        item.data["content"] = [{"type": f"output_{self._kind}", self._words: ""}]

    def begun(self) -> JsonObject:
        """Give `response.content_part.added`."""
        part = {"type": self._kind, self._words: ""}
        return {"type": "response.content_part.added", **self._where, "part": part}

    def say(self, delta: str) -> JsonObject:
        """Add words; gives their delta."""
        self.item.data["content"][0][self._words] += delta
        return self._delta(f"response.{self._event}.delta", delta)

    def play(self, pcm: bytes) -> JsonObject:
        """Add audio; gives its delta."""
        self.item.audio.setdefault(0, bytearray()).extend(pcm)
        return self._delta("response.output_audio.delta", encode_audio(pcm))

    def ended(self) -> list[JsonObject]:
        """Give the `done` events of the part."""
        said = self.item.data["content"][0][self._words]
        words_done = {
            "type": f"response.{self._event}.done",
            **self._where,
            self._words: said,
        }
        part_done = {
            "type": "response.content_part.done",
            **self._where,
            "part": {"type": self._kind, self._words: said},
        }
        audio_done = {"type": "response.output_audio.done", **self._where}
        first = [audio_done] if self._kind == "audio" else []
        return [*first, words_done, part_done]

    def _delta(self, kind: str, delta: str) -> JsonObject:
        self.last_delta = {"type": kind, **self._where, "delta": delta}
        return self.last_delta


@dataclass(slots=True)
class Tally:
    """Tokens of one response: a word is one, as are 100 ms heard and 50 ms spoken."""

    context: tuple[int, int]
    """Text and audio tokens that the model read."""
    cached: int
    """How many of the text tokens it had read before."""
    words: int = 0
    audio_bytes: int = 0

    @property
    def output(self) -> tuple[int, int]:
        """Text and audio tokens that it said."""
        return self.words, pcm_ms(self.audio_bytes) // _OUTPUT_TOKEN_MS

    def usage(self) -> JsonObject:
        """Give the `usage` of `response.done`."""
        text_in, audio_in = self.context
        text_out, audio_out = self.output
        cached = min(self.cached, text_in)
        return {
            "total_tokens": text_in + audio_in + text_out + audio_out,
            "input_tokens": text_in + audio_in,
            "output_tokens": text_out + audio_out,
            "input_token_details": {
                "text_tokens": text_in,
                "audio_tokens": audio_in,
                "image_tokens": 0,
                "cached_tokens": cached,
                "cached_tokens_details": {
                    "text_tokens": cached,
                    "audio_tokens": 0,
                    "image_tokens": 0,
                },
            },
            "output_token_details": {
                "text_tokens": text_out,
                "audio_tokens": audio_out,
            },
        }
