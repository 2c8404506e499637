"""Turns as values: ask, stream, say, listen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget._waiting import Job, wait_for, wait_here
from rt_widget.asking import Asking
from rt_widget.listening import Listening
from rt_widget.questions import check_lines, check_question
from rt_widget.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from numpy.typing import ArrayLike

    from rt_widget.audio import Audio
    from rt_widget.live import Live
    from rt_widget.reply import Reply


class Saying:
    """Something that the voice was told to say: `await` it for the whole `Reply`."""

    def __init__(self, text: str, job: Job[Reply]) -> None:
        self._text = text
        self._job = job

    def __await__(self) -> Generator[object, None, Reply]:
        return self._job.awaited().__await__()

    def __repr__(self) -> str:
        return f"Saying({self._text!r:.60})"


class Turns:
    """What a person asks and is told, as values of Python."""

    _live: Live

    if TYPE_CHECKING:

        def _open(self) -> Live: ...

    async def ask(self, question: str | Audio | ArrayLike | bytes | Path) -> Reply:
        """Ask and wait for the whole answer; connects when needed.

        Questions that are asked at once are answered in their order. Cancelling the
        task that waits, or interrupting the cell, cancels the answer.

        Args:
            question: A text, or the sound of a spoken question: an `Audio`, an array
                of samples at 24 kHz, a WAV file as bytes or as a `Path`.

        Raises:
            RealtimeWidgetError: there will be no answer; the error says why.

        Example:
            >>> reply = await w.ask("Good morning")
            >>> reply.text
            'You said: Good morning'
        """
        asking = Asking(self._open(), check_question(question))
        return await wait_for(asking.ended)

    def ask_sync(self, question: str | Audio | ArrayLike | bytes | Path) -> Reply:
        """`ask` without await, for a plain cell or a script.

        In a cell the notebook's own loop keeps turning meanwhile.

        Example:
            >>> w.ask_sync("Good morning").status
            'completed'
        """
        asking = Asking(self._open(), check_question(question))
        return wait_here(asking.ended)

    def stream(self, question: str | Audio | ArrayLike | bytes | Path) -> Stream:
        """Ask and iterate over the answer's chunks, with `async for` or with `for`.

        Args:
            question: As in `ask`; it is put when the first chunk is asked for.

        Returns:
            Chunks of text and of base64 PCM16 sound at 24 kHz, each delta as it comes;
            the last one is empty and `done`. Its `reply` then is the whole.

        Example:
            >>> async for chunk in w.stream("Good morning"):
            ...     if chunk["content_type"] == "text":
            ...         print(chunk["content"], end="")
            You said: Good morning
        """
        return Stream(Asking(self._open(), check_question(question)))

    def say(self, text: str) -> Saying:
        """Have the voice say just these words; returns at once.

        The words are not part of the conversation: the model that answers later does
        not know of them. The local voice says them as they are; a service's model is
        instructed to, and may stray.

        Args:
            text: At most 4,000 characters.

        Returns:
            Something to await, where the end matters; it gives the `Reply`.

        Example:
            >>> reply = await w.say("Welcome to the lecture.")
            >>> reply.status
            'completed'
        """
        lines = check_lines(text)
        return Saying(lines.text, Job(Asking(self._open(), lines).ended))

    def listen(self) -> Listening:
        """What the person says, as it is recognised, with `async for` or with `for`.

        Each call gives a listener of its own, which misses nothing from then on. It
        ends when the widget is closed.

        Returns:
            `Said` values: `text` grows until `is_final`.

        Example:
            >>> listening = w.listen()
            >>> speak(w, "Good morning")
            >>> for said in listening:
            ...     if said.is_final:
            ...         break
            >>> said.text
            'Good morning'
        """
        return Listening(self._open().ears)

    @property
    def replies(self) -> tuple[Reply, ...]:
        """The answers that have ended, oldest first, whoever asked.

        At most the last 100, and no more than ten minutes of sound in all.

        Example:
            >>> [reply.text for reply in w.replies][-1]
            'You said: Good morning'
        """
        return self._live.replies.kept
