"""What IPython's `display` shows in a call, as data that a page can show."""

from __future__ import annotations

import base64
import binascii
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rt_widget.calls import TextShown
from rt_widget.tools import figures, images
from rt_widget.tools.bounds import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeAlias

    from rt_widget.calls import Shown

    Message: TypeAlias = Mapping[str, Mapping[str, object]]

TEXT_LIMIT = 4_000
"""Longest text that a call shows, in characters."""

_WIDGET = "application/vnd.jupyter.widget-view+json"
_TEXTS = ("text/markdown", "text/latex", "text/plain")
"""The better ones first. HTML is never kept."""

_MERE_OBJECT = re.compile(r"<[\w.]+ object(?: at 0x[0-9a-f]+)?>")


@contextmanager
def watched(taken: Callable[[Callable[[], Shown | None]], bool]) -> Iterator[None]:
    """While a call runs in this thread, what it displays does not reach the cell.

    `taken` is given a function that makes what is shown, and says whether the display
    is a call's; what other code of the thread displays goes on to the cell.
    """
    publisher = _publisher()

    def hook(message: Message) -> Message | None:
        # Also updates and clearings, which have no data of their own.
        return None if taken(lambda: _shown(message)) else message

    # ipykernel keeps its hooks by thread. Other shells print what they display.
    register = getattr(publisher, "register_hook", None)
    if register is None:
        yield
        return
    register(hook)
    try:
        yield
    finally:
        publisher.unregister_hook(hook)  # type: ignore[attr-defined] # IPython declares the bare class


def _publisher() -> object:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "display_pub", None)


def _shown(message: Message) -> Shown | None:
    data = message["content"].get("data")
    if message["header"].get("msg_type") != "display_data" or not isinstance(
        data, dict
    ):
        return None
    texts = [one for kind in _TEXTS if isinstance(one := data.get(kind), str)]
    text = next(iter(texts), "")
    for kind in ("image/png", "image/jpeg"):
        if isinstance(data.get(kind), str | bytes):
            return images.picture(_decoded(data[kind]), _alt(text))
    if _WIDGET in data or _MERE_OBJECT.fullmatch(text):
        return None
    return TextShown(cut(text, TEXT_LIMIT)) if text else None


def _alt(text: str) -> str:
    return f"{figures.ALT}." if text.startswith("<Figure") else "A picture."


def _decoded(data: str | bytes) -> bytes:
    try:
        return base64.b64decode(data)
    except (ValueError, binascii.Error):
        return b""
