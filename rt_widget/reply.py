"""An answer as a value, and as it grows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from rt_widget import events
from rt_widget.audio import Audio
from rt_widget.meters import Latency, add_usage
from rt_widget.reply_display import reply_html, reply_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rt_widget.calls import Call

ReplyStatus: TypeAlias = Literal["completed", "interrupted", "incomplete", "failed"]

_STATUS: dict[str, ReplyStatus] = {
    "completed": "completed",
    "cancelled": "interrupted",
    "incomplete": "incomplete",
    "failed": "failed",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer; of one that calls tools, all that was said before and after.

    Args:
        text: What was said or written.
        audio: Its sound at 24 kHz; empty for a text answer.
        status: `completed`, or how it ended before that.
        usage: Tokens; None where the backend does not count.
        latency: Seconds from the end of the question.
        response_id: The server's name for it; of several responses, for the last.
        item_ids: The conversation's items that it made.
        reason: Why it is not complete, in the server's words.
        tool_calls: The tools that it called, in order, and what came of them.

    Example:
        >>> reply: Reply = w.ask_sync("Good morning")
        >>> reply.text, reply.status
        ('You said: Good morning', 'completed')
        >>> reply.latency.first_text < reply.latency.first_audio
        True
    """

    text: str
    audio: Audio
    status: ReplyStatus
    usage: events.Usage | None
    latency: Latency
    response_id: str = ""
    item_ids: tuple[str, ...] = ()
    reason: str = ""
    tool_calls: tuple[Call, ...] = ()

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        outcome, seconds = self._outcome, self.audio.duration
        return reply_line(self.text, outcome, self.tool_calls, seconds)

    def _repr_html_(self) -> str:
        return reply_html(
            self.text,
            self._outcome,
            self.tool_calls,
            self.audio._repr_html_() if len(self.audio.samples) else "",
            is_whole=self.status == "completed",
        )

    @property
    def _outcome(self) -> str:
        return f"{self.status}: {self.reason}" if self.reason else self.status


@dataclass(slots=True)
class Draft:
    """A response that is still being given; `before` it came others of its answer."""

    response_id: str
    before: Draft | None = None
    text: list[str] = field(default_factory=list)
    audio: list[bytes] = field(default_factory=list)
    item_ids: dict[str, None] = field(default_factory=dict)
    calls: tuple[Call, ...] = ()
    usage: events.Usage | None = None
    latency: Latency = field(default_factory=Latency)
    is_shown: bool = True
    """Whether what a person sees last is of this answer."""

    def apply(self, event: events.ServerEvent) -> None:
        """Take in an event of this response."""
        match event:
            case events.TextDelta() | events.TranscriptDelta():
                self.text.append(event.delta)
                self.item_ids[event.item_id] = None
            case events.AudioDelta():
                self.audio.append(event.delta)
                self.item_ids[event.item_id] = None
            case events.OutputItemDone(item=item) if item.type == "function_call":
                self.item_ids[item.id] = None
            case _:
                pass

    @property
    def has_output(self) -> bool:
        """Whether any word or sound has come."""
        return bool(self.text or self.audio)

    @property
    def parts(self) -> list[Draft]:
        """The responses of its answer, in order."""
        parts = [self]
        while (before := parts[-1].before) is not None:
            parts.append(before)
        return parts[::-1]

    @property
    def silent_rounds(self) -> int:
        """How many of its responses in a row have said nothing, up to this one."""
        words = [each.has_output for each in reversed(self.parts)]
        return words.index(True) if True in words else len(words)

    def has_part(self, response_id: str) -> bool:
        """Whether a response is one of its answer's."""
        return any(each.response_id == response_id for each in self.parts)

    def end(self, usage: events.Usage | None, latency: Latency) -> None:
        """The response has ended; another may follow."""
        self.usage, self.latency = usage, latency

    def finish(self, status: str, reason: str = "") -> Reply:
        """The answer as a value, with the status of its last response on the wire."""
        parts = self.parts
        usages = [each.usage for each in parts if each.usage is not None]
        pcm = b"".join(delta for each in parts for delta in each.audio)
        return Reply(
            text="\n".join(filter(None, ("".join(each.text) for each in parts))),
            audio=Audio.from_pcm16(pcm),
            status=_STATUS.get(status, "failed"),
            usage=add_usage(*usages) if usages else None,
            latency=_first(each.latency for each in parts),
            response_id=self.response_id,
            item_ids=tuple(item_id for each in parts for item_id in each.item_ids),
            reason=reason,
            tool_calls=tuple(call for each in parts for call in each.calls),
        )


def _first(latencies: Iterable[Latency]) -> Latency:
    """The earliest of the figures that are known."""
    known = [asdict(each) for each in latencies]
    first: dict[str, float | None] = {}
    for each in known:
        first |= {name: s for name, s in each.items() if first.get(name) is None}
    return Latency(**first)
