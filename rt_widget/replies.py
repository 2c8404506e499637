"""The answers that have ended, as far as they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.updates import ReplyFinished

if TYPE_CHECKING:
    from rt_widget.reply import Reply
    from rt_widget.updates import Update

REPLIES_KEPT = 100

SOUND_KEPT_S = 600.0
"""Of all kept answers together; 58 MB of samples. The newest one is always kept."""


class Replies:
    """The newest answers. `kept` may be read on any thread."""

    def __init__(self) -> None:
        self.kept: tuple[Reply, ...] = ()

    def hear(self, update: Update) -> None:
        """Take in an update."""
        if isinstance(update, ReplyFinished):
            self.kept = _newest((*self.kept, update.reply))


def _newest(replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
    seconds = 0.0
    for count, reply in enumerate(reversed(replies)):
        seconds += reply.audio.duration
        if count and (count >= REPLIES_KEPT or seconds > SOUND_KEPT_S):
            return replies[-count:]
    return replies
