"""What a server complains of, and the errors that a person reads of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.errors import ResponseFailedError, ServerError

if TYPE_CHECKING:
    from rt_widget.events import ServerFault, WireResponse

BUSY = "conversation_already_has_active_response"
"""Code of a refusal: there is a response under way."""

_LOST_RACES = {
    BUSY,
    "response_cancel_not_active",
    "item_delete_invalid_item_id",
    "item_truncate_invalid_item_id",
}
_LATE_CUTS = ("already shorter than", "Only model output audio")
"""In refusals of a truncation that came too late; the service gives them no code."""


def tells_of_lost_race(fault: ServerFault) -> bool:
    """Whether it only says that something else has happened first."""
    if fault.code:
        return fault.code in _LOST_RACES
    return any(words in fault.message for words in _LATE_CUTS)


def server_error(fault: ServerFault) -> ServerError:
    """The error for what a server reports, with the setting that it is about."""
    where = f" ({fault.param})" if fault.param else ""
    message = fault.message or "The server reported an error without a text."
    return ServerError(f"{message}{where}", code=fault.code or fault.type or None)


def refusal(fault: ServerFault) -> ResponseFailedError:
    """The error for a request that the server does not answer."""
    message = f"The server refused to answer: {fault.message}"
    return ResponseFailedError(message, code=fault.code or None)


def failure(response: WireResponse) -> ResponseFailedError:
    """The error for an answer that failed."""
    reason = response.error_message or response.reason or "The server gave no reason."
    message = f"The answer failed: {reason}"
    return ResponseFailedError(message, code=response.error_code or None)
