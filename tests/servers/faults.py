"""Faults by name, as the scenario `fault:<name>`.

While answering (after `after` audio deltas, default 3, of a counter signal):
`close_<code>`; `reset`, `fin`, `garbage` (the connection ends without a close
frame); `stall` (option `seconds`; none: for ever); `no_done`; `malformed`,
`unknown`, `bad_audio`, `duplicates`, `orphans`, `huge` (and the answer goes on);
`late` (deltas after the end); `error_<code>` (an `error` event, and the answer goes
on); `failed` (option `code`, default `rate_limit_exceeded`), `incomplete` (option
`reason`, default `max_output_tokens`); `null_usage`; `expired` (`session_expired`
and close 1001).

While connecting: `http_<status>`, `hang` (no answer to the upgrade), `mute` (no
`session.created`), `greet_close` (close with option `code`, default 1000, right
after `session.created`), `gone` (close before it), `model_not_found`.

Option `times` limits how many connections a fault strikes in the life of the server;
then the scenario of option `then` (`echo`, or `counter`) answers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.servers import malformed
from tests.servers.scenarios import counter, echo
from tests.servers.steps import (
    Afterwards,
    Close,
    Cut,
    Finish,
    Forge,
    Pause,
    Play,
    Question,
    Step,
    Unbilled,
    Vanish,
)
from tests.servers.wire import JsonObject, error_event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

EXPIRED = "Your session hit the maximum duration of 60 minutes."
CONNECTING = ("http_", "hang", "mute", "greet_close", "gone", "model_not_found")

_MESSAGES: Mapping[str, tuple[str, str]] = {
    "rate_limit_exceeded": ("rate_limit_error", "Rate limit reached. Try again later."),
    "insufficient_quota": (
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    "server_error": (
        "server_error",
        "The server had an error while processing your request.",
    ),
    "session_expired": ("invalid_request_error", EXPIRED),
}


def fault(question: Question) -> Iterator[Step]:
    """Answer with 3 s of the counter signal and strike on the way."""
    strike = fault_steps(question)
    after = int(question.number("after", 3))
    options = {"duration": "3", **question.options}
    answer = Question(**{**_fields(question), "options": options})
    played = 0
    for step in counter(answer):
        if played == after:
            yield from strike
            strike = []
        yield step
        played += isinstance(step, Play)
    yield from strike


def after_fault(question: Question) -> Iterator[Step]:
    """Answer as if there were no fault."""
    scenario = {"counter": counter}.get(question.options.get("then", "echo"), echo)
    return scenario(question)


def fault_steps(question: Question) -> list[Step]:
    """Give the steps of the fault that the question's argument names."""
    name = question.argument
    if name.startswith(CONNECTING):
        return []
    if match := re.fullmatch(r"close_(\d{4})", name):
        return [Close(int(match[1]), question.options.get("reason", f"fault {name}"))]
    if match := re.fullmatch(r"error_(\w+)", name):
        event = _error(match[1])
        return [Forge(lambda _ids: [event])]
    return _FAULTS[name](question)


def is_known(name: str) -> bool:
    """Tell whether a fault has that name."""
    families = re.fullmatch(r"close_\d{4}|error_\w+|http_\d{3}", name)
    return families is not None or name in _FAULTS or name in CONNECTING


def _fields(question: Question) -> JsonObject:
    return {
        name: getattr(question, name)
        for name in ("text", "audio", "tool_outputs", "config", "argument", "turn")
    }


def _error(code: str) -> JsonObject:
    kind, message = _MESSAGES.get(code, ("invalid_request_error", f"Error: {code}."))
    return error_event(message, code=code, kind=kind)


def _stall(question: Question) -> list[Step]:
    seconds = question.options.get("seconds")
    return [Pause(None if seconds is None else float(seconds))]


def _failed(question: Question) -> list[Step]:
    code = question.options.get("code", "rate_limit_exceeded")
    kind, message = _MESSAGES.get(code, ("server_error", f"Error: {code}."))
    error = {"type": kind, "code": code, "message": message}
    return [Finish("failed", error=error)]


def _incomplete(question: Question) -> list[Step]:
    reason = question.options.get("reason", "max_output_tokens")
    return [Finish("incomplete", reason=reason)]


def _expired(_question: Question) -> list[Step]:
    event = _error("session_expired")
    return [Forge(lambda _ids: [event]), Close(1001, EXPIRED)]


_FAULTS: Mapping[str, Callable[[Question], list[Step]]] = {
    "reset": lambda _: [Cut("reset")],
    "fin": lambda _: [Cut("fin")],
    "garbage": lambda _: [Cut("garbage")],
    "stall": _stall,
    "no_done": lambda _: [Vanish()],
    "malformed": lambda _: [Forge(malformed.malformed)],
    "unknown": lambda _: [Forge(malformed.unknown)],
    "bad_audio": lambda _: [Forge(malformed.bad_audio)],
    "duplicates": lambda _: [Forge(malformed.duplicates)],
    "orphans": lambda _: [Forge(malformed.orphans)],
    "huge": lambda _: [Forge(malformed.huge)],
    "late": lambda _: [Afterwards(malformed.late)],
    "failed": _failed,
    "incomplete": _incomplete,
    "null_usage": lambda _: [Unbilled()],
    "expired": _expired,
}
FAULTS = (
    *_FAULTS,
    *(f"close_{code}" for code in (1000, 1001, 1003, 1008, 1009, 1011, 1012, 1013)),
    "close_4000",
    *(f"error_{code}" for code in _MESSAGES),
)
"""Names of the faults that strike while answering (the families in examples)."""
