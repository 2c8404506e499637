"""The widget's own events as requests: in this process, without JSON or base64."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget import events
from rt_widget.backends.local.requests.values import (
    AppendAudio,
    AudioPart,
    CancelResponse,
    ClearAudio,
    CommitAudio,
    CreateResponse,
    DeleteItem,
    InsertItem,
    NewMessage,
    NewOutput,
    Request,
    TextPart,
    TruncateItem,
    UpdateSession,
    Wire,
)
from rt_widget.backends.wire import ga_session

if TYPE_CHECKING:
    from rt_widget.config import SessionConfig

MODEL = "local"
"""The only model's name."""


def of_client(event: events.AnyClientEvent) -> Request:
    """What one of the widget's events asks for; its sound stays as it is.

    Verbatim words make an answer beside the conversation.
    """
    match event:
        case events.SessionUpdate():
            patch = session_patch(event.config, event.changed)
            return UpdateSession(event_id=event.event_id, patch=patch)
        case events.ResponseCreate():
            return CreateResponse(
                event_id=event.event_id,
                out_of_band=bool(event.verbatim),
                metadata=dict(event.metadata),
                verbatim=event.verbatim,
            )
        case events.ResponseCancel(response_id=response_id):
            return CancelResponse(event_id=event.event_id, response_id=response_id)
        case (
            events.InputAudioAppend()
            | events.InputAudioCommit()
            | events.InputAudioClear()
        ):
            return _input(event)
        case _:
            return _edit(event)


def _input(
    event: events.InputAudioAppend | events.InputAudioCommit | events.InputAudioClear,
) -> Request:
    match event:
        case events.InputAudioAppend(audio=audio):
            return AppendAudio(event_id=event.event_id, audio=audio)
        case events.InputAudioCommit():
            return CommitAudio(event_id=event.event_id)
        case events.InputAudioClear():
            return ClearAudio(event_id=event.event_id)


def _edit(
    event: events.ItemCreate
    | events.FunctionOutput
    | events.ItemTruncate
    | events.ItemDelete,
) -> Request:
    match event:
        case events.ItemCreate():
            return InsertItem(event_id=event.event_id, item=_message(event))
        case events.FunctionOutput():
            given = NewOutput(
                id=event.item_id, call_id=event.call_id, output=event.output
            )
            return InsertItem(event_id=event.event_id, item=given)
        case events.ItemTruncate():
            return TruncateItem(
                event_id=event.event_id,
                item_id=event.item_id,
                content_index=event.content_index,
                audio_end_ms=event.audio_end_ms,
            )
        case events.ItemDelete():
            return DeleteItem(event_id=event.event_id, item_id=event.item_id)


def _message(event: events.ItemCreate) -> NewMessage:
    parts: tuple[TextPart | AudioPart, ...] = ()
    if event.text is not None:
        parts += (TextPart(text=event.text),)
    if event.audio is not None:
        parts += (AudioPart(audio=event.audio),)
    return NewMessage(id=event.item_id, role="user", parts=parts)


def session_patch(config: SessionConfig, changed: frozenset[str]) -> Wire:
    """The changed settings in the shape of GA, and with them the temperature."""
    patch = ga_session(config, changed, MODEL)
    if "temperature" in changed:
        patch["temperature"] = config.temperature
    return patch
