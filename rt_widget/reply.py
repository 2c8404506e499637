"""An answer as a value, and as it grows."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from rt_widget import events
from rt_widget.audio import Audio

if TYPE_CHECKING:
    from rt_widget.meters import Latency

ReplyStatus: TypeAlias = Literal["completed", "interrupted", "incomplete", "failed"]

_STATUS: dict[str, ReplyStatus] = {
    "completed": "completed",
    "cancelled": "interrupted",
    "incomplete": "incomplete",
    "failed": "failed",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer.

    Args:
        text: What was said or written.
        audio: Its sound at 24 kHz; empty for a text answer.
        status: `completed`, or how it ended before that.
        usage: Tokens; None where the backend does not count.
        latency: Seconds from the end of the question.
        response_id: The server's name for it.
        item_ids: The conversation's items that it made.
        reason: Why it is not complete, in the server's words.
    """

    text: str
    audio: Audio
    status: ReplyStatus
    usage: events.Usage | None
    latency: Latency
    response_id: str = ""
    item_ids: tuple[str, ...] = ()
    reason: str = ""

    def _repr_html_(self) -> str:
        note = "" if self.status == "completed" else f" <em>({self.status})</em>"
        words = f"<p>{html.escape(self.text)}{note}</p>"
        sound = self.audio._repr_html_() if len(self.audio.samples) else ""
        return f"<div>{words}{sound}</div>"


@dataclass(slots=True)
class Draft:
    """An answer that is still being given."""

    response_id: str
    text: list[str] = field(default_factory=list)
    audio: list[bytes] = field(default_factory=list)
    item_ids: dict[str, None] = field(default_factory=dict)

    def apply(self, event: events.ServerEvent) -> None:
        """Take in an event of this response."""
        match event:
            case events.TextDelta() | events.TranscriptDelta():
                self.text.append(event.delta)
                self.item_ids[event.item_id] = None
            case events.AudioDelta():
                self.audio.append(event.delta)
                self.item_ids[event.item_id] = None
            case _:
                pass

    @property
    def has_output(self) -> bool:
        """Whether any word or sound has come."""
        return bool(self.text or self.audio)

    def finish(self, response: events.WireResponse, latency: Latency) -> Reply:
        """The answer as a value, once `response.done` has come."""
        return Reply(
            text="".join(self.text),
            audio=Audio.from_pcm16(b"".join(self.audio)),
            status=_STATUS.get(response.status, "failed"),
            usage=response.usage,
            latency=latency,
            response_id=self.response_id,
            item_ids=tuple(self.item_ids),
            reason=response.error_message or response.reason,
        )
