"""A live voice conversation in a notebook cell.

Example:
    >>> from rt_widget import RealtimeWidget
    >>> w = RealtimeWidget()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rt_widget.audio import Audio
    from rt_widget.backends.base import Backend, Capabilities
    from rt_widget.backends.local import LocalBackend
    from rt_widget.backends.openai import OpenAIBackend
    from rt_widget.calls import Call, ImageShown, TableShown, TextShown
    from rt_widget.chunks import Chunk
    from rt_widget.config import PushToTalk, SemanticVad, ServerVad
    from rt_widget.conversation import Item
    from rt_widget.errors import RealtimeWidgetError
    from rt_widget.listening import Said
    from rt_widget.reply import Reply
    from rt_widget.stream import Stream
    from rt_widget.tools import Tool
    from rt_widget.widget import RealtimeWidget

__version__ = "0.1.0"

__all__ = [
    "Audio",
    "Backend",
    "Call",
    "Capabilities",
    "Chunk",
    "ImageShown",
    "Item",
    "LocalBackend",
    "OpenAIBackend",
    "PushToTalk",
    "RealtimeWidget",
    "RealtimeWidgetError",
    "Reply",
    "Said",
    "SemanticVad",
    "ServerVad",
    "Stream",
    "TableShown",
    "TextShown",
    "Tool",
    "__version__",
]

_HOMES = {
    "Audio": "audio",
    "Backend": "backends.base",
    "Call": "calls",
    "Capabilities": "backends.base",
    "Chunk": "chunks",
    "ImageShown": "calls",
    "Item": "conversation",
    "LocalBackend": "backends.local",
    "OpenAIBackend": "backends.openai",
    "PushToTalk": "config",
    "RealtimeWidget": "widget",
    "RealtimeWidgetError": "errors",
    "Reply": "reply",
    "Said": "listening",
    "SemanticVad": "config",
    "ServerVad": "config",
    "Stream": "stream",
    "TableShown": "calls",
    "TextShown": "calls",
    "Tool": "tools",
}
"""Where each public name lives; it is imported when it is first asked for."""


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
