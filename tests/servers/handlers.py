"""Client events: judged by the rules, then handled by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.backends.local.requests.schema import (
    require,
    wrong_type,
    wrong_value,
)
from rt_widget.backends.local.requests.values import RequestError
from tests.servers import answering, items, speech
from tests.servers.state import Effect, Send, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.servers.wire import JsonObject

    Handler = Callable[[Session, JsonObject], Iterator[Effect]]


def handle(session: Session, event: JsonObject) -> Iterator[Effect]:
    """Judge a client event and yield what follows from it, in order.

    Raises:
        RequestError: the event breaks a rule; nothing was changed.
    """
    require(event, "type", "")
    kind = event["type"]
    known = session.dialect.events
    if not isinstance(kind, str):
        raise wrong_type("type", "a string", kind)
    if kind not in known:
        raise wrong_value("type", kind, list(known))
    known[kind].check(event, "")
    return HANDLERS[kind](session, event)


def update_session(session: Session, event: JsonObject) -> Iterator[Effect]:
    """Handle `session.update`."""
    session.rules.update(session.dialect.incoming(event["session"]))
    session.input_audio.configure(session.rules.turn_detection)
    yield Send({"type": "session.updated", "session": session.rules.config})


def clear_output(_session: Session, _event: JsonObject) -> Iterator[Effect]:
    """Handle `output_audio_buffer.clear`, which a WebSocket does not have."""
    raise RequestError(
        "Output audio buffers exist only in WebRTC and SIP sessions.",
        code="invalid_value",
        param="type",
    )


HANDLERS: Mapping[str, Handler] = {
    "session.update": update_session,
    "input_audio_buffer.append": speech.append,
    "input_audio_buffer.commit": speech.commit,
    "input_audio_buffer.clear": speech.clear,
    "conversation.item.create": items.create,
    "conversation.item.retrieve": items.retrieve,
    "conversation.item.delete": items.delete,
    "conversation.item.truncate": items.truncate,
    "response.create": answering.create,
    "response.cancel": answering.cancel,
    "output_audio_buffer.clear": clear_output,
}
