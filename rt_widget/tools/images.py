"""Pictures as PNG files that a page can take."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any, TypeGuard

from rt_widget.calls import ImageShown, TextShown

if TYPE_CHECKING:
    from PIL.Image import Image

PNG_LIMIT = 1_500_000
"""Largest file of a picture, in bytes."""

SIDE_LIMIT = 1_600
"""Longest side of a picture that is made here, in pixels."""

_PNG = b"\x89PNG\r\n\x1a\n"
_MODES = frozenset({"1", "I;16", "L", "LA", "P", "RGB", "RGBA"})
"""What a PNG file can hold, by Pillow's names."""


def picture(file: bytes, alt: str) -> ImageShown | TextShown:
    """The picture of a file. One that is too large, or no PNG, is made anew.

    Where Pillow is not in use, a text says that it cannot be shown.
    """
    if file.startswith(_PNG) and len(file) <= PNG_LIMIT:
        return ImageShown(file, alt)
    pillow = sys.modules.get("PIL.Image")
    if pillow is not None:
        try:
            with pillow.open(io.BytesIO(file)) as image:
                return from_pillow(image, alt)
        except (OSError, ValueError, pillow.DecompressionBombError):
            pass
    return TextShown(f"A picture of {len(file):,} bytes cannot be shown here.")


def is_picture(value: object) -> TypeGuard[Image]:
    """Whether it is a picture of Pillow."""
    pillow = sys.modules.get("PIL.Image")
    return isinstance(value, getattr(pillow, "Image", ()))


def of(value: object) -> ImageShown | TextShown | None:
    """The picture that a value is, or that it draws of itself; None without one."""
    if is_picture(value):
        return from_pillow(value, f"A picture, {value.width} x {value.height} pixels.")
    # A class has its instances' methods too, and cannot draw.
    if isinstance(value, type):
        return None
    for name in ("_repr_png_", "_repr_jpeg_"):
        draw: Any = getattr(type(value), name, None)
        drawn = draw(value) if callable(draw) else None
        file = drawn[0] if isinstance(drawn, tuple) and drawn else drawn
        if isinstance(file, bytes) and file:
            return picture(file, "A picture.")
    return None


def from_pillow(image: Image, alt: str) -> ImageShown | TextShown:
    """A picture of Pillow, made smaller until it fits."""
    small = image.copy()
    small.thumbnail((SIDE_LIMIT, SIDE_LIMIT))
    if small.mode not in _MODES:
        small = small.convert("RGB")
    while small.width and small.height:
        file = io.BytesIO()
        small.save(file, format="PNG")
        if file.tell() <= PNG_LIMIT:
            return ImageShown(file.getvalue(), alt)
        small = small.resize((small.width // 2, small.height // 2))
    return TextShown("An empty picture cannot be shown.")
