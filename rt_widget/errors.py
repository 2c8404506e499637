"""Everything that can go wrong, as one tree.

    RealtimeWidgetError
    ├── InputError           what the user gave cannot be used (also a ValueError)
    ├── ClosedError          used after close()
    ├── NotConnectedError    there is no live session
    ├── NotFinishedError     an answer is still being given
    ├── KeyMissingError      a key is needed and none was found
    ├── ConnectError         the server could not be reached, or it refused
    ├── ConnectionLostError  a live session ended before it was meant to
    ├── ServerError          the server answered with an error
    ├── ProtocolError        the server said something that is not the protocol
    ├── ResponseFailedError  a turn ended without a whole answer
    └── BackendError         the local backend cannot work
        ├── EnginesMissingError   packages of the extra `local` are missing
        └── WeightsError          model files are missing, damaged, not to be had

Each carries `code` (a stable name), `hint` (what to do next) and `retryable`.
The same words are shown in the cell.
"""

from __future__ import annotations

from typing import ClassVar

_HINTS = {
    "input_audio_buffer_commit_empty": "Too short: hold on while you speak.",
    "insufficient_quota": "Check the plan and the billing of the key's account.",
    "invalid_api_key": "Check OPENAI_API_KEY or `api_key=`.",
    "model_not_found": "Pick another model, or check `base_url`.",
    "rate_limit_exceeded": "Wait a little, then ask again.",
    "session_expired": "Connect again; the text is kept.",
}
"""What to do next, by the service's own codes."""


class RealtimeWidgetError(Exception):
    """Root of all errors that rt_widget raises on purpose.

    Args:
        message: What failed, in a sentence.
        code: A stable name for programs; each class has its default.
        hint: What to do next.
        retryable: Whether the same call may work later without a change.

    Example:
        >>> try:
        ...     w.ask_sync("")
        ... except RealtimeWidgetError as error:
        ...     print(error.code, "|", error.hint)
        invalid_input | Give a text, or an Audio.
    """

    default_code: ClassVar[str] = "error"
    default_hint: ClassVar[str] = ""
    default_retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        hint: str | None = None,
        retryable: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = self.default_code if code is None else code
        self.hint = _HINTS.get(self.code, self.default_hint) if hint is None else hint
        self.retryable = self.default_retryable if retryable is None else retryable

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class InputError(RealtimeWidgetError, ValueError):
    """A value from the user cannot be used; nothing was sent."""

    default_code = "invalid_input"


class ClosedError(RealtimeWidgetError):
    """The widget was closed."""

    default_code = "closed"
    default_hint = "Make a new RealtimeWidget()."


class NotConnectedError(RealtimeWidgetError):
    """There is no live session."""

    default_code = "not_connected"
    default_hint = "Press Connect, or call `await w.connect()`."
    default_retryable = True


class NotFinishedError(RealtimeWidgetError):
    """An answer is still being given."""

    default_code = "not_finished"
    default_hint = "Iterate over all of its chunks first."
    default_retryable = True


class KeyMissingError(RealtimeWidgetError):
    """The backend needs a key and none was found."""

    default_code = "key_missing"
    default_hint = (
        "Set OPENAI_API_KEY before the kernel starts, pass `api_key=`, "
        "or use `backend='local'`."
    )


class ConnectError(RealtimeWidgetError):
    """The server could not be reached, or it refused the connection."""

    default_code = "connect_failed"
    default_hint = "Check the address and the network, then connect again."
    default_retryable = True


class ConnectionLostError(RealtimeWidgetError):
    """A live session ended before it was meant to."""

    default_code = "connection_lost"
    default_hint = "Connect again; what was said so far is kept."
    default_retryable = True


class ServerError(RealtimeWidgetError):
    """The server answered with an `error` event."""

    default_code = "server_error"
    default_hint = "Change what the server names, or ask again."


class ProtocolError(RealtimeWidgetError):
    """The server said something that is not the protocol."""

    default_code = "protocol_error"
    default_hint = "Is this a Realtime server? Check `base_url`."


class ResponseFailedError(RealtimeWidgetError):
    """A turn ended without a whole answer."""

    default_code = "response_failed"
    default_hint = "Ask again."
    default_retryable = True


class BackendError(RealtimeWidgetError):
    """The local backend cannot work."""

    default_code = "backend_failed"


class EnginesMissingError(BackendError):
    """Packages of the extra `local` are not installed."""

    default_code = "engines_missing"
    default_hint = "Run `pip install 'rt-widget[local]'` and restart the kernel."


class WeightsError(BackendError):
    """Model files are missing, damaged, or could not be fetched."""

    default_code = "weights_missing"
    default_hint = "Run `rt-widget fetch`, or press Download local voice."
    default_retryable = True
