"""The workflow chunk: text and audio by the piece, on the way in and out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, TypedDict

from rt_widget.errors import InputError

CHUNK_LIMIT = 15 * 1024 * 1024
"""Longest content of one chunk, in characters; the protocol's limit of an append."""


_SHOWN = 50

PCM_FORM: dict[str, object] = {
    "sample_rate": 24_000,
    "channels": 1,
    "encoding": "pcm16",
}
"""What the metadata of a chunk of sound may say of its form, and nothing else."""


class ChunkMetadata(TypedDict, total=False):
    """Where an output chunk belongs."""

    seq: int
    epoch: str
    response_id: str
    item_id: str
    content_index: int


class Chunk(TypedDict):
    """A piece of text, or of mono PCM16 audio at 24 kHz in base64.

    `done` ends a turn on the way in, and an answer on the way out.

    Example:
        >>> chunk: Chunk = {
        ...     "type": "chunk",
        ...     "node_id": None,
        ...     "content_type": "text",
        ...     "content": "Good morning",
        ...     "content_metadata": {},
        ...     "done": True,
        ... }
        >>> w.send(chunk)
    """

    type: Literal["chunk"]
    node_id: str | None
    content_type: Literal["text", "audio"]
    content: str
    content_metadata: ChunkMetadata
    done: bool


def empty_chunk() -> Chunk:
    """The chunk that says nothing: the default of the widget's chunk traits."""
    return make_chunk("text", "")


def closing_chunk(response_id: str) -> Chunk:
    """The empty chunk that ends an answer, whole or not."""
    return make_chunk("text", "", {"response_id": response_id}, done=True)


def make_chunk(
    content_type: Literal["text", "audio"],
    content: str,
    metadata: ChunkMetadata | None = None,
    *,
    done: bool = False,
) -> Chunk:
    """A chunk with all its fields."""
    return {
        "type": "chunk",
        "node_id": None,
        "content_type": content_type,
        "content": content,
        "content_metadata": metadata or {},
        "done": done,
    }


@dataclass(frozen=True, slots=True)
class Input:
    """A checked input chunk: text or PCM16 bytes, and whether it ends the turn."""

    text: str = ""
    audio: bytes = b""
    is_audio: bool = False
    done: bool = False


def check_chunk(value: object) -> Input:
    """An input chunk from a user, checked.

    Fields that are left out have their defaults; fields of other names are passed over.

    Raises:
        InputError: no mapping, a field of another kind than its own, audio that is not
            whole PCM16 samples in base64, or of another form, or content too large.
    """
    if not isinstance(value, Mapping):
        msg = f"A chunk is a dict with the chunk's fields, not {type(value).__name__}."
        raise InputError(msg, hint="Give {'content': 'Hello', 'done': True}.")
    kind = _one_of(value, "content_type", ("text", "audio"))
    _one_of(value, "type", ("chunk",))
    content, done = value.get("content", ""), value.get("done", False)
    if not isinstance(content, str) or len(content) > CHUNK_LIMIT:
        msg = f"chunk['content'] is {_sketch(content)}."
        raise InputError(
            msg, hint=f"Give a text of at most {CHUNK_LIMIT:,} characters."
        )
    if not isinstance(done, bool):
        msg = f"chunk['done'] is {_sketch(done)}."
        raise InputError(msg, hint="Give True or False.")
    _check_origin(value)
    if kind == "text":
        return Input(text=content, done=done)
    _check_form(value.get("content_metadata") or {})
    return Input(audio=decode_pcm16(content), is_audio=True, done=done)


def clean_text(text: str) -> str:
    """The text without halves of characters, which no server can read.

    Halves that stand side by side are joined, others replaced by U+FFFD.
    """
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def decode_pcm16(content: str) -> bytes:
    """Mono PCM16 from base64.

    Raises:
        InputError: not base64, or half a sample.
    """
    try:
        audio = base64.b64decode(content, validate=True)
    except (ValueError, binascii.Error) as error:
        msg = "The audio is not base64."
        raise InputError(msg, hint="Encode mono PCM16 at 24 kHz.") from error
    if len(audio) % 2:
        msg = f"The audio of {len(audio)} bytes ends in half a sample."
        raise InputError(msg, hint="Send whole 16-bit samples.")
    return audio


def _one_of(chunk: Mapping[object, object], name: str, known: tuple[str, ...]) -> str:
    value = chunk.get(name, known[0])
    if isinstance(value, str) and value in known:
        return str(value)
    msg = f"chunk[{name!r}] is {_sketch(value)}."
    raise InputError(msg, hint=f"Give {' or '.join(map(repr, known))}.")


def _check_origin(chunk: Mapping[object, object]) -> None:
    node_id, metadata = chunk.get("node_id"), chunk.get("content_metadata")
    if node_id is not None and not isinstance(node_id, str):
        msg = f"chunk['node_id'] is {_sketch(node_id)}."
        raise InputError(msg, hint="Give a text or None.")
    if metadata is not None and not isinstance(metadata, Mapping):
        msg = f"chunk['content_metadata'] is {_sketch(metadata)}."
        raise InputError(msg, hint="Give a dict, which may be empty.")


def _check_form(metadata: Mapping[object, object]) -> None:
    for name, wanted in PCM_FORM.items():
        given = metadata.get(name, wanted)
        if type(given) is not type(wanted) or given != wanted:
            msg = f"chunk['content_metadata'][{name!r}] is {_sketch(given)}."
            hint = f"Give {wanted!r}, or ask with an Audio, which is converted."
            raise InputError(msg, hint=hint)


def _sketch(value: object) -> str:
    """A value in few words, whatever it is."""
    if isinstance(value, str) and len(value) > _SHOWN:
        return f"a text of {len(value):,} characters"
    with suppress(Exception):
        return f"{value!r:.{_SHOWN}}"
    return f"a {type(value).__name__}"
