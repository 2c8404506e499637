"""When each word of an answer is said, estimated from its text and its sound."""

from rt_widget.captions.fold import KEPT_ITEMS, Captions
from rt_widget.captions.track import CaptionMark

__all__ = ["KEPT_ITEMS", "CaptionMark", "Captions"]
