"""From a page's raw message to a checked one.

Any script of the notebook's page can speak here, so everything is checked and bounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from rt_widget.chunks import decode_pcm16
from rt_widget.errors import InputError
from rt_widget.messages import page as said
from rt_widget.playback import PlaybackPosition

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT_LIMIT = 100_000
"""Longest typed message, in characters."""

AUDIO_LIMIT = 200_000
"""Longest microphone piece, in base64 characters: 3 s."""

NAME_LIMIT = 200
"""Longest name of a page, an item or an answer, in characters."""

POSITIONS_LIMIT = 16
"""Most positions in a message."""

NAMES_LIMIT = 20
"""Most names in a message."""

_NUMBER_LIMIT = 2**53
"""Above this a page's own numbers are not whole any more."""

_Raw: TypeAlias = dict[str, object]


def decode(content: object) -> said.PageMessage:
    """A message from the page.

    Raises:
        InputError: it is none.
    """
    kind = content.get("type") if isinstance(content, dict) else None
    read = READERS.get(kind) if isinstance(kind, str) else None
    if read is None or not isinstance(content, dict):
        msg = f"The page sent a message of an unknown kind: {kind!r:.50}."
        raise InputError(msg)
    return read(_name(content, "page"), content)


def _text(raw: _Raw, name: str, limit: int) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or len(value) > limit:
        msg = f"The page's {name} is not a text of at most {limit:,} characters."
        raise InputError(msg)
    return value


def _name(raw: _Raw, name: str) -> str:
    value = _text(raw, name, NAME_LIMIT)
    if not value:
        msg = f"The page's {name} is empty."
        raise InputError(msg)
    return value


def _names(raw: _Raw, name: str) -> tuple[str, ...]:
    values = raw.get(name, [])
    if not isinstance(values, list) or len(values) > NAMES_LIMIT:
        msg = f"The page's {name} is not a list of at most {NAMES_LIMIT} names."
        raise InputError(msg)
    return tuple(_name({name: value}, name) for value in values)


def _number(raw: _Raw, name: str) -> int:
    value = raw.get(name)
    if type(value) is int and 0 <= value < _NUMBER_LIMIT:
        return value
    msg = f"The page's {name} is not a whole number."
    raise InputError(msg)


def _position(raw: object) -> PlaybackPosition:
    if not isinstance(raw, dict):
        msg = "The page did not say what was played."
        raise InputError(msg)
    return PlaybackPosition(
        _name(raw, "item_id"),
        _number(raw, "content_index"),
        _number(raw, "played_samples"),
    )


def _positions(raw: _Raw) -> tuple[PlaybackPosition, ...]:
    positions = raw.get("positions")
    if not isinstance(positions, list) or len(positions) > POSITIONS_LIMIT:
        msg = f"The page's positions are not a list of at most {POSITIONS_LIMIT}."
        raise InputError(msg)
    return tuple(map(_position, positions))


def _microphone(page: str, raw: _Raw) -> said.Microphone:
    if raw.get("on") is not True:
        return said.Microphone(page, on=False)
    label = _text({"label": "", **raw}, "label", TEXT_LIMIT)
    rate = _number({"sample_rate": 0, **raw}, "sample_rate")
    return said.Microphone(page, on=True, label=label[:NAME_LIMIT], sample_rate=rate)


def _audio(page: str, raw: _Raw) -> said.AudioPiece:
    pcm = decode_pcm16(_text(raw, "audio", AUDIO_LIMIT))
    return said.AudioPiece(page, _number(raw, "seq"), pcm)


def _interrupt(page: str, raw: _Raw) -> said.Interrupt:
    known = raw.get("response_id") is not None
    response_id = _name(raw, "response_id") if known else None
    return said.Interrupt(page, response_id, _positions(raw))


def _confirm(page: str, raw: _Raw) -> said.Confirm:
    # Whatever is not a clear yes is none.
    return said.Confirm(page, _name(raw, "call_id"), allow=raw.get("allow") is True)


def _played(page: str, raw: _Raw) -> said.Played:
    position = _position(raw.get("position"))
    return said.Played(page, position, ended=raw.get("ended") is True)


def _resend(page: str, raw: _Raw) -> said.Resend:
    epoch = _name(raw, "epoch")
    return said.Resend(page, epoch, _number(raw, "from"), _number(raw, "to"))


READERS: dict[str, Callable[[str, _Raw], said.PageMessage]] = {
    "hello": lambda page, raw: said.Hello(page, _names(raw, "left")),
    "leave": lambda page, _: said.Leave(page),
    "take_over": lambda page, _: said.TakeOver(page),
    "pong": lambda page, _: said.Pong(page),
    "connect": lambda page, _: said.Connect(page),
    "disconnect": lambda page, _: said.Disconnect(page),
    "microphone": _microphone,
    "audio": _audio,
    "text": lambda page, raw: said.Typed(page, _text(raw, "text", TEXT_LIMIT)),
    "interrupt": _interrupt,
    "cut": lambda page, raw: said.Cut(page, _positions(raw)),
    "played": _played,
    "resend": _resend,
    "replay": lambda page, raw: said.Replay(page, _text(raw, "item_id", NAME_LIMIT)),
    "fetch": lambda page, _: said.Fetch(page),
    "confirm": _confirm,
}
"""By the message's type: who sent it, and what it holds."""
