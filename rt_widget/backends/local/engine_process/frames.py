"""What a kernel and its child process tell each other, and how it goes by a pipe."""

from __future__ import annotations

import io
import pathlib
import pickle
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TypeAlias, get_args

from rt_widget import config
from rt_widget.backends.local.loading import Recipe
from rt_widget.backends.local.requests import values
from rt_widget.backends.local.weights import ModelFiles
from rt_widget.errors import ProtocolError

if TYPE_CHECKING:
    from rt_widget.backends.local.requests.values import Request, Wire
    from rt_widget.config import SessionConfig

_LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Begin:
    """The first frame down: load the engines."""

    recipe: Recipe


@dataclass(frozen=True, slots=True)
class Open:
    """Open a session under this number, which is used once."""

    number: int
    config: SessionConfig


@dataclass(frozen=True, slots=True)
class Ask:
    """A session's next request."""

    number: int
    request: Request


@dataclass(frozen=True, slots=True)
class Close:
    """Close a session."""

    number: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The first frame up: the engines are loaded, and these voices can speak."""

    voices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The first frame up: the engines cannot be loaded; fields of the error."""

    kind: str
    message: str
    code: str
    hint: str


@dataclass(frozen=True, slots=True)
class Told:
    """A session's next event."""

    number: int
    event: Wire


@dataclass(frozen=True, slots=True)
class Ended:
    """A session has ended by itself."""

    number: int
    message: str


Down: TypeAlias = Begin | Open | Ask | Close
Up: TypeAlias = Ready | Failed | Told | Ended

_CLASSES = (
    *get_args(Down),
    *get_args(Up),
    Recipe,
    ModelFiles,
    type(pathlib.Path()),
    *get_args(values.Request),
    *get_args(values.NewItem),
    values.TextPart,
    values.AudioPart,
    values.ItemReference,
    config.SessionConfig,
    *get_args(config.TurnDetection),
    config.ToolSpec,
)
_BY_NAME = {(kind.__module__, kind.__qualname__): kind for kind in _CLASSES}


def packed(frame: Down | Up) -> bytes:
    """A frame with its length before it."""
    body = pickle.dumps(frame, protocol=5)
    return _LENGTH.pack(len(body)) + body


def read_frame(pipe: BinaryIO) -> object:
    """The next frame; None once the other side has closed the pipe.

    Raises:
        ProtocolError: what came is no frame.
    """
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = pipe.read(length)
    if len(body) < length:
        return None
    try:
        return _Unpickler(io.BytesIO(body)).load()
    except Exception as error:
        message = f"A process of the local voice sent what is no frame: {error}"
        raise ProtocolError(message, hint="Connect again.") from error


class _Unpickler(pickle.Unpickler):
    """Makes frames and what they hold, and can name nothing else."""

    def find_class(self, module_name: str, global_name: str, /) -> object:
        try:
            return _BY_NAME[module_name, global_name]
        except KeyError:
            message = f"{module_name}.{global_name} has no place in a frame."
            raise pickle.UnpicklingError(message) from None
