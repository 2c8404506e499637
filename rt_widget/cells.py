"""Notebook cells and their runs: what an earlier run of a cell has left behind."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from weakref import WeakSet

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a notebook cell.

    Args:
        cell: The cell's id, the same in each of its runs.
        request: The request that has started this run.
    """

    cell: str
    request: str


def shell_of_kernel() -> Any:  # noqa: ANN401 - IPython's, of whatever version
    """The shell that runs a notebook's cells; None outside a kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    # A terminal's shell answers no requests.
    return shell if hasattr(shell, "get_parent") else None


def current_place() -> str:
    """Where code runs now, as a person knows it: `In [7]`; empty outside a notebook."""
    count = getattr(shell_of_kernel(), "execution_count", None)
    return f"In [{count}]" if isinstance(count, int) else ""


def current_run() -> Run | None:
    """The run that is going on; None outside a notebook, and where cells have no id."""
    shell = shell_of_kernel()
    parent: object = {} if shell is None else shell.get_parent()
    cell = _text(parent, "metadata", "cellId")
    request = _text(parent, "header", "msg_id")
    return Run(cell, request) if cell and request else None


class Cells(Generic[_T]):
    """Things by the cell that has made them, held weakly."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[str, WeakSet[_T]]] = {}

    def enter(self, run: Run, thing: _T) -> list[_T]:
        """A run has made a thing; returns those of the cell's earlier run.

        Those of the same run stay beside each other.
        """
        request, things = self._made.get(run.cell, (run.request, WeakSet()))
        earlier = [] if request == run.request else list(things)
        if request != run.request:
            things = WeakSet()
        things.add(thing)
        self._made[run.cell] = (run.request, things)
        return earlier


def _text(parent: object, part: str, name: str) -> str:
    """A text of a request, which a front end has made; empty when there is none."""
    inside = parent.get(part) if isinstance(parent, Mapping) else None
    value = inside.get(name) if isinstance(inside, Mapping) else None
    return value if isinstance(value, str) else ""
