"""The workflow chunk: text and audio by the piece, on the way in and out."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Literal, TypedDict

from rt_widget.errors import InputError

CHUNK_LIMIT = 15 * 1024 * 1024
"""Longest content of one chunk, in characters; the protocol's limit of an append."""


class ChunkMetadata(TypedDict, total=False):
    """Where an output chunk belongs."""

    seq: int
    epoch: str
    response_id: str
    item_id: str
    content_index: int


class Chunk(TypedDict):
    """A piece of text, or of mono PCM16 audio at 24 kHz in base64."""

    type: Literal["chunk"]
    node_id: str | None
    content_type: Literal["text", "audio"]
    content: str
    content_metadata: ChunkMetadata
    done: bool


def empty_chunk() -> Chunk:
    """The chunk that says nothing: the default of the widget's chunk traits."""
    return make_chunk("text", "")


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

    Raises:
        InputError: no mapping, a wrong `content_type`, content that is no text,
            audio that is not whole PCM16 samples in base64, or one too large.
    """
    if not isinstance(value, dict):
        msg = f"A chunk is a dict with the chunk's fields, not {type(value).__name__}."
        raise InputError(msg)
    kind = value.get("content_type", "text")
    if not isinstance(kind, str) or kind not in ("text", "audio"):
        msg = f"chunk['content_type'] is {kind!r:.50}."
        raise InputError(msg, hint="Give 'text' or 'audio'.")
    content, done = value.get("content", ""), value.get("done", False)
    if not isinstance(content, str) or len(content) > CHUNK_LIMIT:
        msg = "chunk['content'] is not a text of at most 15 MB."
        raise InputError(msg)
    if not isinstance(done, bool):
        msg = f"chunk['done'] is {done!r:.50}."
        raise InputError(msg, hint="Give True or False.")
    if kind == "text":
        return Input(text=content, done=done)
    return Input(audio=decode_pcm16(content), is_audio=True, done=done)


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
