"""`response.create` and `response.cancel`: at most one answer at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.backends.local.requests.values import RequestError
from tests.servers.conversation import Conversation
from tests.servers.items import make_item
from tests.servers.parts import Tally
from tests.servers.responses import ResponseBuilder
from tests.servers.state import Effect, Session, Start, Stop
from tests.servers.steps import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.wire import JsonObject


def create(session: Session, event: JsonObject) -> Iterator[Effect]:
    """Handle `response.create`."""
    params = session.dialect.incoming(event.get("response", {}))
    out_of_band = params.get("conversation") == "none"
    if session.active is not None and not out_of_band:
        raise _already_active(session.active)
    yield start(session, params)


def start_after_speech(session: Session) -> Start:
    """Answer a turn that the voice activity detector ended.

    Raises:
        RequestError: a response is running that nobody cancelled.
    """
    if session.active is not None and session.active.id not in session.stopping:
        raise _already_active(session.active)
    return start(session, {})


def start(session: Session, params: JsonObject) -> Start:
    """Make a response ready.

    Raises:
        RequestError: the voice is locked, or the input names an unknown item.
    """
    session.rules.check_voice(params.get("audio", {}).get("output", {}))
    session.rules.check_model_fields(params, "response")
    config = session.rules.for_response(params)
    context = session.conversation
    if "input" in params:
        context = _context(session, params["input"])
    text_tokens, audio_tokens = context.tokens()
    text_tokens += len(config["instructions"].split())
    builder = ResponseBuilder(
        None if params.get("conversation") == "none" else session.conversation,
        config,
        params.get("metadata"),
        Tally((text_tokens, audio_tokens), session.read_tokens),
    )
    session.read_tokens = text_tokens
    question = Question(
        text=context.last_user_text(),
        audio=context.last_user_audio(),
        tool_outputs=context.tool_outputs(),
        config=config,
        argument=session.plan.argument,
        options=session.plan.options,
        turn=session.answers,
    )
    session.answers += 1
    return Start(builder, question)


def cancel(session: Session, event: JsonObject) -> Iterator[Effect]:
    """Handle `response.cancel`."""
    active = session.active
    wanted = event.get("response_id", active.id if active else None)
    if wanted not in session.running or wanted in session.stopping:
        raise RequestError(
            "Cancellation failed: no active response found",
            code="response_cancel_not_active",
        )
    session.stopping.add(wanted)
    yield Stop(wanted, "client_cancelled")


def _already_active(builder: ResponseBuilder) -> RequestError:
    return RequestError(
        "Conversation already has an active response in progress: "
        f"{builder.id}. Wait until the response is finished before creating a new one.",
        code="conversation_already_has_active_response",
    )


def _context(session: Session, entries: list[JsonObject]) -> Conversation:
    """Gather the items of `response.input`: new ones and references."""
    context = Conversation("")
    for index, entry in enumerate(entries):
        if entry.get("type") == "item_reference":
            found = session.conversation.find(str(entry.get("id")), "retrieve")
            before = found.previous
            context.add(found)
            found.previous = before
        else:
            path = f"response.input[{index}]"
            context.add(make_item(session.dialect.items, entry, path))
    return context
