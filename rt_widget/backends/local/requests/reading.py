"""A client's message, read into a request or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.backends.local.requests import specs
from rt_widget.backends.local.requests.decoding import (
    check_plain,
    decode_audio,
    is_plain,
    parse,
)
from rt_widget.backends.local.requests.items import Judged, new_inputs, new_item
from rt_widget.backends.local.requests.schema import require, wrong_type, wrong_value
from rt_widget.backends.local.requests.values import (
    AppendAudio,
    CancelResponse,
    ClearAudio,
    CommitAudio,
    CreateResponse,
    DeleteItem,
    InsertItem,
    Request,
    RequestError,
    RetrieveItem,
    TruncateItem,
    UpdateSession,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Maker = Callable[[Judged], Request]

_EVENTS = specs.client_events(specs.SESSION, specs.RESPONSE)
_LONGEST_EVENT_ID = 512
_NOT_OVERRIDES = ("conversation", "input", "metadata")


def read(message: str | bytes) -> Request:
    """What a client's message asks for.

    Raises:
        RequestError: the message breaks a rule. Its `event_id` is the client's, where
            the message was good enough to have one.
    """
    event: Judged = parse(message)
    try:
        check_plain(event)
        return _request(event)
    except RequestError as error:
        error.event_id = _event_id(event)
        raise


def _request(event: Judged) -> Request:
    require(event, "type", "")
    kind = event["type"]
    if not isinstance(kind, str):
        raise wrong_type("type", "a string", kind)
    if kind not in _EVENTS:
        raise wrong_value("type", kind, list(_EVENTS))
    _EVENTS[kind].check(event, "")
    return _MAKERS[kind](event)


def _event_id(event: Judged) -> str | None:
    found = event.get("event_id")
    if isinstance(found, str) and len(found) <= _LONGEST_EVENT_ID and is_plain(found):
        return found
    return None


def _update(event: Judged) -> Request:
    return UpdateSession(event_id=_event_id(event), patch=event["session"])


def _append(event: Judged) -> Request:
    audio = decode_audio(event["audio"], "audio")
    return AppendAudio(event_id=_event_id(event), audio=audio)


def _insert(event: Judged) -> Request:
    return InsertItem(
        event_id=_event_id(event),
        item=new_item(event["item"], "item"),
        previous_item_id=event.get("previous_item_id"),
    )


def _truncate(event: Judged) -> Request:
    return TruncateItem(
        event_id=_event_id(event),
        item_id=event["item_id"],
        content_index=event["content_index"],
        audio_end_ms=event["audio_end_ms"],
    )


def _create(event: Judged) -> Request:
    asked: Judged = event.get("response", {})
    overrides = {k: v for k, v in asked.items() if k not in _NOT_OVERRIDES}
    given = asked.get("input")
    return CreateResponse(
        event_id=_event_id(event),
        overrides=overrides,
        out_of_band=asked.get("conversation") == "none",
        input=None if given is None else new_inputs(given, "response.input"),
        metadata=asked.get("metadata"),
    )


def _cancel(event: Judged) -> Request:
    return CancelResponse(
        event_id=_event_id(event), response_id=event.get("response_id")
    )


def _clear_output(_event: Judged) -> Request:
    raise RequestError(
        "Output audio buffers exist only in WebRTC and SIP sessions.",
        code="invalid_value",
        param="type",
    )


_MAKERS: Mapping[str, Maker] = {
    "session.update": _update,
    "input_audio_buffer.append": _append,
    "input_audio_buffer.commit": lambda e: CommitAudio(event_id=_event_id(e)),
    "input_audio_buffer.clear": lambda e: ClearAudio(event_id=_event_id(e)),
    "conversation.item.create": _insert,
    "conversation.item.retrieve": lambda e: RetrieveItem(
        event_id=_event_id(e), item_id=e["item_id"]
    ),
    "conversation.item.delete": lambda e: DeleteItem(
        event_id=_event_id(e), item_id=e["item_id"]
    ),
    "conversation.item.truncate": _truncate,
    "response.create": _create,
    "response.cancel": _cancel,
    "output_audio_buffer.clear": _clear_output,
}
