"""WAV files, read and written: PCM of 8 to 32 bit, floats, A-law and mu-law."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from rt_widget.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float32]
    Source: TypeAlias = bytes | bytearray | memoryview | str | PathLike[str]

FILE_LIMIT = 1_000_000_000
"""Largest file that is read, in bytes: an hour and a half of stereo at 44.1 kHz."""

MOST_CHANNELS = 32

MOST_SAMPLES = 2**28
"""Of a channel: three hours at 24 kHz."""

_BLOCK = 2**18
"""Frames that are converted at a time."""

_MOST_CHUNKS = 1_000

_HINT = "Give a WAV file: PCM of 8, 16, 24 or 32 bit, float, A-law or mu-law."

_EXTENSIBLE = 0xFFFE
_GUID_END = bytes.fromhex("000000001000800000aa00389b71")

_OTHERS = {
    b"ID3": "an MP3 file",
    b"\xff\xfb": "an MP3 file",
    b"\xff\xf3": "an MP3 file",
    b"OggS": "an Ogg file",
    b"fLaC": "a FLAC file",
    b"RIFX": "a WAV file of the other byte order",
    b"RF64": "a WAV file of more than 4 GB",
    b"FORM": "an AIFF file",
    b"\x1aE\xdf\xa3": "a WebM file",
}


@dataclass(frozen=True, slots=True)
class Wav:
    """What a file holds: float32 samples of shape (n,), the mean of its channels."""

    samples: Floats
    sample_rate: int


@dataclass(frozen=True, slots=True)
class _Format:
    tag: int
    channels: int
    sample_rate: int
    frame_bytes: int
    bits: int


def read_wav(source: Source) -> Wav:
    """A file's sound, from its bytes or its path.

    A file that ends before its sound does is read as far as it goes.

    Raises:
        InputError: it cannot be read; the error says why.
    """
    data = _contents(source)
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise _unreadable(_looks_like(data[:4]))
    form: _Format | None = None
    at = 12
    for _ in range(_MOST_CHUNKS):
        head = data[at : at + 8]
        if len(head) < 8:  # noqa: PLR2004 - a name and a size
            break
        size = int.from_bytes(head[4:], "little")
        body = memoryview(data)[at + 8 : at + 8 + size]
        if head[:4] == b"fmt ":
            form = _format(bytes(body[:40]))
        elif head[:4] == b"data":
            return _decoded(form, body)
        at += 8 + size + size % 2
    raise _unreadable("it has no sound in it")


def wav_file(pcm: bytes, sample_rate: int) -> bytes:
    """Mono PCM16 as a file.

    Raises:
        InputError: more than a WAV file can hold.
    """
    if len(pcm) > 0xFFFF_FFFF - 36:
        msg = f"A WAV file cannot hold {len(pcm):,} bytes of sound."
        raise InputError(msg, hint="Save it in parts.")
    form = struct.pack("<HHIIHH", 1, 1, sample_rate, 2 * sample_rate, 2, 16)
    size = struct.pack("<I", len(pcm))
    whole = struct.pack("<I", 36 + len(pcm))
    return b"RIFF" + whole + b"WAVEfmt \x10\0\0\0" + form + b"data" + size + pcm


def _contents(source: object) -> bytes:
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source)
    try:
        path = Path(source)  # type: ignore[arg-type] # what is none is refused
        if not path.is_file():
            raise _unreadable(f"there is no file {str(path)!r:.200}")
        size = path.stat().st_size
        if size > FILE_LIMIT:
            raise _unreadable(f"it has {size:,} bytes, the limit is {FILE_LIMIT:,}")
        with path.open("rb") as file:
            return file.read(FILE_LIMIT)
    except (OSError, ValueError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise _unreadable(f"{error}") from error


def _looks_like(magic: bytes) -> str:
    if not magic:
        return "it is empty"
    for start, name in _OTHERS.items():
        if magic.startswith(start):
            return f"it looks like {name}"
    return "it does not begin as one"


def _format(body: bytes) -> _Format:
    if len(body) < 16:  # noqa: PLR2004 - the fields that every file has
        raise _unreadable("its header is cut off")
    tag, channels, rate, _, frame_bytes, bits = struct.unpack("<HHIIHH", body[:16])
    if tag == _EXTENSIBLE:
        if body[26:] != _GUID_END:
            raise _unreadable("its header names an unknown encoding")
        tag = int.from_bytes(body[24:26], "little")
    if not 1 <= channels <= MOST_CHANNELS:
        raise _unreadable(f"its header tells of {channels} channels")
    if frame_bytes * 8 != channels * bits or (tag, bits) not in _DECODERS:
        raise _unreadable(f"its encoding {tag} of {bits} bit is not known")
    return _Format(tag, channels, rate, frame_bytes, bits)


def _decoded(form: _Format | None, body: memoryview) -> Wav:
    if form is None:
        raise _unreadable("its sound comes before its header")
    frames = len(body) // form.frame_bytes
    if frames > MOST_SAMPLES:
        raise _unreadable(f"it has {frames:,} samples, the limit is {MOST_SAMPLES:,}")
    decode = _DECODERS[form.tag, form.bits]
    samples = np.empty(frames, np.float32)
    for start in range(0, frames, _BLOCK):
        end = min(start + _BLOCK, frames)
        block = decode(body[start * form.frame_bytes : end * form.frame_bytes])
        # Loud or broken floats are the business of whoever looks at the samples.
        with np.errstate(over="ignore", invalid="ignore"):
            samples[start:end] = block.reshape(-1, form.channels).mean(axis=1)
    return Wav(samples, form.sample_rate)


def _unreadable(reason: str) -> InputError:
    return InputError(f"This WAV file cannot be read: {reason}.", hint=_HINT)


def _unsigned(body: memoryview) -> Floats:
    return np.frombuffer(body, np.uint8).astype(np.float32) / np.float32(128) - 1


def _signed(width: int) -> Callable[[memoryview], Floats]:
    def decode(body: memoryview) -> Floats:
        padded = np.zeros((len(body) // width, 4), np.uint8)
        padded[:, 4 - width :] = np.frombuffer(body, np.uint8).reshape(-1, width)
        return padded.view("<i4")[:, 0].astype(np.float32) / np.float32(2**31)

    return decode


def _floats(kind: str) -> Callable[[memoryview], Floats]:
    def decode(body: memoryview) -> Floats:
        with np.errstate(over="ignore"):
            return np.frombuffer(body, kind).astype(np.float32)

    return decode


def _companded(table: Floats) -> Callable[[memoryview], Floats]:
    def decode(body: memoryview) -> Floats:
        decoded: Floats = table[np.frombuffer(body, np.uint8)]
        return decoded

    return decode


def a_law() -> Floats:
    """Values of the 256 codes, by ITU-T G.711."""
    code = np.arange(256) ^ 0x55
    exponent, mantissa = code >> 4 & 7, code & 15
    size = mantissa * 16 + 8 + 256 * (exponent > 0)
    size <<= np.maximum(exponent - 1, 0)
    return (np.where(code & 128, size, -size) / 32768).astype(np.float32)


def mu_law() -> Floats:
    """Values of the 256 codes, by ITU-T G.711."""
    code = np.arange(256) ^ 0xFF
    exponent, mantissa = code >> 4 & 7, code & 15
    size = ((mantissa * 8 + 132) << exponent) - 132
    return (np.where(code & 128, -size, size) / 32768).astype(np.float32)


_DECODERS: dict[tuple[int, int], Callable[[memoryview], Floats]] = {
    (1, 8): _unsigned,
    (1, 16): _signed(2),
    (1, 24): _signed(3),
    (1, 32): _signed(4),
    (3, 32): _floats("<f4"),
    (3, 64): _floats("<f8"),
    (6, 8): _companded(a_law()),
    (7, 8): _companded(mu_law()),
}
"""By the format's tag and the bits of a sample."""
