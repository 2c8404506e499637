"""Judges server events by the published types of the `openai` package."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from openai.types.realtime import RealtimeServerEvent
from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.wire import JsonObject

# On the wire, but not in the types; the temperature is the local voice's own.
_UNTYPED = {
    "session": {"id", "object", "expires_at", "temperature"},
    "turn_detection": set[str](),
}


def _classes() -> dict[str, type[BaseModel]]:
    union = get_args(RealtimeServerEvent)[0]
    kinds = [kind for kind in get_args(union) if issubclass(kind, BaseModel)]
    return {get_args(kind.model_fields["type"].annotation)[0]: kind for kind in kinds}


EVENT_CLASSES = _classes()


def judge(event: JsonObject) -> None:
    """Check type, fields and values of one GA server event.

    Raises:
        AssertionError: its type is unknown, or it has a field that is not typed.
        pydantic.ValidationError: a field is missing or has a wrong value.
    """
    kind = EVENT_CLASSES.get(event["type"])
    if kind is None:
        raise AssertionError(f"no such event: {event['type']}")
    extras = set(_extras(kind.model_validate(event, strict=True), event["type"]))
    if extras:
        raise AssertionError(f"fields without a type: {sorted(extras)}")


def _extras(model: BaseModel, path: str) -> Iterator[str]:
    allowed = _UNTYPED.get(path.rpartition(".")[2], set())
    for name in model.model_extra or {}:
        if name not in allowed:
            yield f"{path}.{name}"
    for name in type(model).model_fields:
        value = getattr(model, name)
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, BaseModel):
                yield from _extras(part, f"{path}.{name}")
