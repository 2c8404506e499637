"""What a client asks of a session: one frozen dataclass an event, already checked.

Source of the names: the client events of the GA protocol (`openai.types.realtime`,
openai 3.54).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Wire: TypeAlias = dict[str, object]
"""A JSON object; as a client sent it, it was judged by the rules of `specs`."""


class RequestError(Exception):
    """A client event that breaks a rule: nothing was changed.

    Args:
        message: The sentence that the client reads.
        code: A stable name; None where the service gives none.
        param: Path of the field at fault, such as `session.audio.output.speed`.
        kind: The error's type on the wire.

    Attributes:
        event_id: The client's name for the event; `read` sets it where it is known.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.kind = kind
        self.event_id: str | None = None

    def event(self, event_id: str | None = None) -> Wire:
        """The `error` event; `event_id` is the client's, None is the error's own."""
        return {
            "type": "error",
            "error": {
                "type": self.kind,
                "code": self.code,
                "message": self.message,
                "param": self.param,
                "event_id": event_id or self.event_id,
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Root of all requests; `event_id` is the client's name for the event."""

    event_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSession(Asked):
    """`session.update`: fields that are absent stay, null clears."""

    patch: Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendAudio(Asked):
    """`input_audio_buffer.append`: bytes in the session's input format, at least one.

    Whether they are a whole number of samples is not known before the format is.
    """

    audio: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitAudio(Asked):
    """`input_audio_buffer.commit`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearAudio(Asked):
    """`input_audio_buffer.clear`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPart:
    """Written words in a message."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioPart:
    """Sound in a message, in the session's input format, at least one byte.

    Whether it is a whole number of samples is not known before the format is.
    """

    audio: bytes
    transcript: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message; one of the assistant or of the system has text parts only."""

    id: str
    role: Literal["user", "assistant", "system"]
    parts: tuple[TextPart | AudioPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCall:
    """A call as a client tells it, for instance of an earlier session."""

    id: str
    name: str
    call_id: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOutput:
    """What a function has given."""

    id: str
    call_id: str
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReference:
    """An item of the conversation, in the input of a response."""

    id: str


NewItem: TypeAlias = NewMessage | NewCall | NewOutput


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertItem(Asked):
    """`conversation.item.create`; None appends, `root` puts it first."""

    item: NewItem
    previous_item_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrieveItem(Asked):
    """`conversation.item.retrieve`."""

    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteItem(Asked):
    """`conversation.item.delete`."""

    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TruncateItem(Asked):
    """`conversation.item.truncate`."""

    item_id: str
    content_index: int
    audio_end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateResponse(Asked):
    """`response.create`.

    Args:
        overrides: Fields of the session that hold for this response only, in the
            session's shape (`instructions`, `audio.output`, `tools`, `temperature`, …).
        out_of_band: Whether it is beside the conversation (`conversation: "none"`).
        input: What it answers in place of the conversation; None is the conversation.
        metadata: Comes back in the response; None where none was given.
        verbatim: Words to say in place of an answer; never from a socket.
    """

    overrides: Wire = field(default_factory=dict)
    out_of_band: bool = False
    input: tuple[NewItem | ItemReference, ...] | None = None
    metadata: dict[str, str] | None = None
    verbatim: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelResponse(Asked):
    """`response.cancel`; None is whichever response of the conversation is active."""

    response_id: str | None = None


Request: TypeAlias = (
    UpdateSession
    | AppendAudio
    | CommitAudio
    | ClearAudio
    | InsertItem
    | RetrieveItem
    | DeleteItem
    | TruncateItem
    | CreateResponse
    | CancelResponse
)
"""The closed union of requests, for `match`."""
