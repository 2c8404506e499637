"""What came of running a tool, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from rt_widget.calls import Shown


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What came of one run.

    Attributes:
        output: What the model is told; at most `told.OUTPUT_LIMIT` characters.
        status: How it ended.
        shown: What the person sees of it besides: pictures, tables, text.
        printed: What the tool has printed; at most `capture.PRINTED_LIMIT` characters.
        seconds: How long it ran.
        trace: The traceback of a tool that has raised. It is for the person who wrote
            the tool, not for the model.
    """

    output: str
    status: Literal["completed", "failed", "timed_out"]
    shown: tuple[Shown, ...] = ()
    printed: str = ""
    seconds: float = 0.0
    trace: str = ""
