"""A question and its answer as a value or a stream, across the two loops."""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING

from rt_widget._loop import background_loop
from rt_widget._waiting import wait_for
from rt_widget.audio import Audio
from rt_widget.chunks import Chunk, ChunkMetadata, make_chunk
from rt_widget.errors import InputError
from rt_widget.updates import AudioReceived, TextReceived

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from rt_widget.answers import Turn
    from rt_widget.live import Live
    from rt_widget.reply import Reply


def check_question(question: object) -> str | Audio:
    """A question that can be put.

    Raises:
        InputError: neither a text that says something nor sound.
    """
    if isinstance(question, Audio) and len(question.samples):
        return question
    if isinstance(question, str) and question.strip():
        return question
    msg = f"There is nothing to ask in {question!r:.60}."
    raise InputError(msg, hint="Give a text, or an Audio.")


async def reply_to(live: Live, question: str | Audio) -> Reply:
    """Ask and wait for the whole answer; to be run on the background loop."""
    turn = await live.ask(question)
    try:
        return await asyncio.shield(turn.reply)
    finally:
        if not turn.reply.done():
            await live.withdraw(turn)


async def chunks_for(live: Live, question: str | Audio) -> AsyncIterator[Chunk]:
    """Ask and yield each delta as a chunk, in the caller's loop.

    The last chunk is an empty text with `done`. Leaving the loop early withdraws the
    question.
    """
    turn = await wait_for(live.ask(question))
    try:
        while (delta := await wait_for(turn.deltas.get())) is not None:
            yield _chunk(delta)
        await wait_for(_outcome(turn))
        yield make_chunk("text", "", done=True)
    finally:
        if not turn.reply.done():
            background_loop().submit(live.withdraw(turn))


async def _outcome(turn: Turn) -> Reply:
    return await asyncio.shield(turn.reply)


def _chunk(delta: TextReceived | AudioReceived) -> Chunk:
    metadata: ChunkMetadata = {
        "response_id": delta.response_id,
        "item_id": delta.item_id,
        "content_index": delta.content_index,
    }
    if isinstance(delta, TextReceived):
        return make_chunk("text", delta.delta, metadata)
    return make_chunk("audio", base64.b64encode(delta.delta).decode("ascii"), metadata)
