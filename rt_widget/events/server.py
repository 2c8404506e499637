"""What a backend says to a session: one frozen dataclass an event.

Names follow the GA protocol (`openai` 3.54, `openai.types.realtime`). Field names
are those of the wire, so that `rt_widget.events.parse` can fill them by table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class ServerSession:
    """The effective session, as the server reports it."""

    id: str = ""
    model: str = ""
    voice: str = ""
    expires_at: float | None = None
    """Unix time at which the server ends the session; None when it does not say."""


@dataclass(frozen=True, slots=True)
class ContentPart:
    """A part of a message: text, or audio with what is said in it."""

    type: str
    text: str = ""
    transcript: str = ""


@dataclass(frozen=True, slots=True)
class WireItem:
    """An item of the conversation, without its audio."""

    id: str
    type: str = "message"
    role: str = ""
    status: str = ""
    content: tuple[ContentPart, ...] = ()
    name: str = ""
    call_id: str = ""
    arguments: str = ""
    output: str = ""

    @property
    def text(self) -> str:
        """What the message says, in words."""
        return "".join(part.text or part.transcript for part in self.content)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of a response; cached tokens are part of the input's."""

    total_tokens: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    input_text_tokens: int = 0
    input_audio_tokens: int = 0
    cached_tokens: int = 0
    output_text_tokens: int = 0
    output_audio_tokens: int = 0


@dataclass(frozen=True, slots=True)
class WireResponse:
    """A response: its state, and once done why and what it took."""

    id: str
    status: str = "in_progress"
    """`in_progress`, `completed`, `cancelled`, `failed` or `incomplete`."""
    reason: str = ""
    """`turn_detected`, `client_cancelled`, `max_output_tokens`, `content_filter`."""
    error_code: str = ""
    error_message: str = ""
    usage: Usage | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    calls: tuple[WireItem, ...] = ()
    """Once done: the functions that it calls, as far as they are told here."""


@dataclass(frozen=True, slots=True)
class SessionCreated:
    """`session.created`."""

    session: ServerSession


@dataclass(frozen=True, slots=True)
class SessionUpdated:
    """`session.updated`."""

    session: ServerSession


@dataclass(frozen=True, slots=True)
class ItemAdded:
    """`conversation.item.added`, and the beta's `conversation.item.created`."""

    item: WireItem
    previous_item_id: str | None = None


@dataclass(frozen=True, slots=True)
class ItemDone:
    """`conversation.item.done`."""

    item: WireItem
    previous_item_id: str | None = None


@dataclass(frozen=True, slots=True)
class ItemDeleted:
    """`conversation.item.deleted`."""

    item_id: str


@dataclass(frozen=True, slots=True)
class ItemTruncated:
    """`conversation.item.truncated`."""

    item_id: str
    content_index: int = 0
    audio_end_ms: int = 0


@dataclass(frozen=True, slots=True)
class InputTranscriptDelta:
    """`conversation.item.input_audio_transcription.delta`: more of the user's words."""

    item_id: str
    delta: str = ""


@dataclass(frozen=True, slots=True)
class InputTranscriptDone:
    """`conversation.item.input_audio_transcription.completed`: all of them."""

    item_id: str
    transcript: str = ""


@dataclass(frozen=True, slots=True)
class ServerFault:
    """What an `error` event, a failed transcription or a failed response says."""

    message: str = ""
    code: str = ""
    type: str = ""
    param: str = ""
    event_id: str = ""
    """The client event that it is about, where the server knows."""


@dataclass(frozen=True, slots=True)
class InputTranscriptFailed:
    """`conversation.item.input_audio_transcription.failed`."""

    item_id: str
    error: ServerFault = field(default_factory=ServerFault)


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """`input_audio_buffer.speech_started`; `item_id` is the coming user item's."""

    item_id: str = ""
    audio_start_ms: int = 0


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """`input_audio_buffer.speech_stopped`."""

    item_id: str = ""
    audio_end_ms: int = 0


@dataclass(frozen=True, slots=True)
class InputCommitted:
    """`input_audio_buffer.committed`."""

    item_id: str
    previous_item_id: str | None = None


@dataclass(frozen=True, slots=True)
class InputCleared:
    """`input_audio_buffer.cleared`."""


@dataclass(frozen=True, slots=True)
class ResponseCreated:
    """`response.created`."""

    response: WireResponse


@dataclass(frozen=True, slots=True)
class ResponseDone:
    """`response.done`."""

    response: WireResponse


@dataclass(frozen=True, slots=True)
class OutputItemAdded:
    """`response.output_item.added`."""

    response_id: str
    item: WireItem
    output_index: int = 0


@dataclass(frozen=True, slots=True)
class OutputItemDone:
    """`response.output_item.done`."""

    response_id: str
    item: WireItem
    output_index: int = 0


@dataclass(frozen=True, slots=True)
class TextDelta:
    """`response.output_text.delta`: more of a text answer."""

    response_id: str
    item_id: str
    delta: str = ""
    output_index: int = 0
    content_index: int = 0


@dataclass(frozen=True, slots=True)
class TextDone:
    """`response.output_text.done`."""

    response_id: str
    item_id: str
    text: str = ""
    content_index: int = 0


@dataclass(frozen=True, slots=True)
class TranscriptDelta:
    """`response.output_audio_transcript.delta`: more of what is being said."""

    response_id: str
    item_id: str
    delta: str = ""
    output_index: int = 0
    content_index: int = 0


@dataclass(frozen=True, slots=True)
class TranscriptDone:
    """`response.output_audio_transcript.done`."""

    response_id: str
    item_id: str
    transcript: str = ""
    content_index: int = 0


@dataclass(frozen=True, slots=True)
class AudioDelta:
    """`response.output_audio.delta`: more sound, mono PCM16 at 24 kHz."""

    response_id: str
    item_id: str
    delta: bytes = b""
    output_index: int = 0
    content_index: int = 0
    text_end: int = 0
    """Characters of the item's text that are said by its end; 0 where nobody knows."""


@dataclass(frozen=True, slots=True)
class AudioDone:
    """`response.output_audio.done`."""

    response_id: str
    item_id: str
    content_index: int = 0


@dataclass(frozen=True, slots=True)
class ErrorReported:
    """`error`: most leave the session usable."""

    error: ServerFault


@dataclass(frozen=True, slots=True)
class Unhandled:
    """An event that this version does not act on; kept by its type."""

    type: str


ServerEvent: TypeAlias = (
    SessionCreated
    | SessionUpdated
    | ItemAdded
    | ItemDone
    | ItemDeleted
    | ItemTruncated
    | InputTranscriptDelta
    | InputTranscriptDone
    | InputTranscriptFailed
    | SpeechStarted
    | SpeechStopped
    | InputCommitted
    | InputCleared
    | ResponseCreated
    | ResponseDone
    | OutputItemAdded
    | OutputItemDone
    | TextDelta
    | TextDone
    | TranscriptDelta
    | TranscriptDone
    | AudioDelta
    | AudioDone
    | ErrorReported
    | Unhandled
)
"""The closed union of server events, for `match`."""
