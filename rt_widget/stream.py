"""An answer by the piece, for a loop with or without await."""

from __future__ import annotations

import asyncio
import base64
import weakref
from typing import TYPE_CHECKING, Self

from rt_widget._loop import background_loop
from rt_widget._waiting import SLICE_S, wait_for, wait_here
from rt_widget.chunks import Chunk, ChunkMetadata, closing_chunk, make_chunk
from rt_widget.errors import NotFinishedError
from rt_widget.pieces import Pieces
from rt_widget.updates import TextReceived

if TYPE_CHECKING:
    from rt_widget.asking import Asking
    from rt_widget.reply import Reply
    from rt_widget.updates import AudioReceived


class Stream(Pieces[Chunk]):
    """An answer as the chunks that it comes in; made by `RealtimeWidget.stream`.

    Each delta is a chunk of text, or of base64 PCM16 sound at 24 kHz, in order. The
    last chunk is empty and `done`. The question is put when the first chunk is asked
    for. Leaving the loop early, in whichever way, gives the answer up: it is cancelled.

    Example:
        >>> stream = w.stream("Good morning")
        >>> for chunk in stream:
        ...     if chunk["content_type"] == "text":
        ...         print(chunk["content"], end="")
        You said: Good morning
        >>> stream.reply.status
        'completed'
    """

    def __init__(self, asking: Asking) -> None:
        super().__init__()
        self._asking = asking
        # Asked for here because a stream may be collected at any moment.
        self._loop = background_loop()
        self._has_begun = False

    @property
    def reply(self) -> Reply:
        """The whole answer, once all chunks have come.

        Of a stream that was left early it is what had come until then.

        Raises:
            NotFinishedError: the answer has not ended.
        """
        reply = self._asking.reply
        if reply is None:
            msg = "The answer has not ended."
            raise NotFinishedError(msg)
        return reply

    async def aclose(self) -> None:
        """Give up the rest of the answer; nothing happens when it is whole."""
        self.abandon()
        await wait_for(self._asking.withdraw)

    def close(self) -> None:
        """`aclose` without await."""
        self.abandon()
        wait_here(self._asking.withdraw)

    def abandon(self) -> None:
        """Nobody wants the rest: `aclose` without waiting, on any thread."""
        is_given = self._has_begun and not self._is_over
        self._is_over = True
        self._ready.clear()
        if is_given:
            self._loop.call(self._asking.abandon)

    def __aiter__(self) -> _Round:
        return _Round(self).__aiter__()

    def __iter__(self) -> _Round:
        return _Round(self)

    def __del__(self) -> None:
        self.abandon()

    async def _fill(self) -> None:
        self._has_begun = True
        try:
            deltas = await self._asking.deltas()
            self._ready.extend(map(_chunk, deltas))
            if not deltas:
                reply = await self._asking.ended()
                self._is_over = True
                self._ready.append(closing_chunk(reply.response_id))
        except BaseException:
            self._is_over = True
            raise


class _Round:
    """One loop over a stream; the loop alone holds it, so it goes when it is left.

    The stream itself may be kept in a variable.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def __aiter__(self) -> Self:
        _keep_waking(asyncio.get_running_loop(), weakref.ref(self))
        return self

    async def __anext__(self) -> Chunk:
        try:
            return await self._stream.__anext__()
        except BaseException:
            # A traceback that is kept holds this loop.
            self._stream.abandon()
            raise

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Chunk:
        try:
            return self._stream.__next__()
        except BaseException:
            self._stream.abandon()
            raise

    def __del__(self) -> None:
        self._stream.abandon()


def _keep_waking(
    loop: asyncio.AbstractEventLoop, of: weakref.ReferenceType[_Round]
) -> None:
    # What the body of the loop awaits is interrupted only when something else wakes
    # the notebook's loop (ipython/ipykernel#881).
    if of() is not None:
        loop.call_later(SLICE_S, _keep_waking, loop, of)


def _chunk(delta: TextReceived | AudioReceived) -> Chunk:
    metadata: ChunkMetadata = {
        "response_id": delta.response_id,
        "item_id": delta.item_id,
        "content_index": delta.content_index,
    }
    if isinstance(delta, TextReceived):
        return make_chunk("text", delta.delta, metadata)
    return make_chunk("audio", base64.b64encode(delta.delta).decode("ascii"), metadata)
