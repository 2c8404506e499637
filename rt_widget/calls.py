"""A tool call as a value: what the model asked for, and what came of it.

Calls are made by the session, carried by the items of a conversation and by replies,
and shown by pages. What a call shows is data that is already made: pixels, cells of a
table, text. Nothing here holds an object of the person's notebook.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

CallStatus: TypeAlias = Literal[
    "asking", "running", "completed", "failed", "timed_out", "declined", "cancelled"
]


@dataclass(frozen=True, slots=True)
class ImageShown:
    """A picture that a call shows: ``png`` holds the file, ``alt`` says what it is.

    Example:
        >>> ImageShown(b"...", alt="a plot").alt
        'a plot'
    """

    png: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class TableShown:
    """A table that a call shows, as text.

    Attributes:
        columns: The heads of the columns.
        rows: As many cells a row as there are columns.
        note: What was left out, as a sentence; empty when the table is whole.

    Example:
        >>> table = TableShown(("city", "degrees"), (("Rome", "24"),), note="")
        >>> [dict(zip(table.columns, row)) for row in table.rows]
        [{'city': 'Rome', 'degrees': '24'}]
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str


@dataclass(frozen=True, slots=True)
class TextShown:
    """Text that a call shows.

    Example:
        >>> TextShown("24 degrees").text
        '24 degrees'
    """

    text: str


Shown: TypeAlias = ImageShown | TableShown | TextShown


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a tool.

    Attributes:
        call_id: The server's name for the call.
        name: The tool that the model named; there may be none of that name.
        arguments: The model's arguments, as the JSON text that it wrote.
        status: ``asking`` while a person is asked whether it may run, ``running``,
            or how it ended.
        output: What the model was told.
        printed: What the tool printed.
        shown: What it shows to the person.
        seconds: How long it ran; None when it did not run to an end.

    Example:
        >>> call = Call("call_1", "add", '{"a": 1, "b": 2}', "completed", output="3")
        >>> call.ended, call.output
        (True, '3')
    """

    call_id: str
    name: str
    arguments: str
    status: CallStatus
    output: str = ""
    printed: str = ""
    shown: tuple[Shown, ...] = ()
    seconds: float | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing about this call will change any more."""
        return self.status not in ("asking", "running")
