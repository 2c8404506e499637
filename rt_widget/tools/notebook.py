"""Ready-made tools: what is in the notebook, for a model that may look.

They are not in use unless they are given: `RealtimeWidget(tools=notebook.tools())`.
The model then learns the names, types and sizes of the notebook's variables, and the
contents of the tables that it asks for. It names variables and columns; nothing that it
says is evaluated. Variables whose names look as if a secret were behind them are
not there for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.errors import InputError
from rt_widget.tools import columns, plots, tables
from rt_widget.tools.variables import kind_of, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.figure import Figure

_VARIABLES_LIMIT = 200


@dataclass(frozen=True)
class Notebook:
    """The tools, over the variables of a notebook.

    Args:
        namespace: The variables by name; None is those of the notebook, or of the
            script, that runs.
    """

    namespace: Mapping[str, object] | None = None

    def list_variables(self) -> dict[str, str]:
        """List the variables of the user's notebook, with their types and sizes."""
        found = self._variables()
        told = {name: kind_of(found[name]) for name in list(found)[:_VARIABLES_LIMIT]}
        if len(found) > len(told):
            told["…"] = f"and {len(found) - len(told):,} more"
        return told

    def describe_table(self, variable: str) -> dict[str, object]:
        """Describe a table (a DataFrame) of the user's notebook.

        Gives its size, the type of each column, and a summary of each column's values,
        which the user is shown too.

        Args:
            variable: Name of the variable that holds the table.
        """
        frame = self._variable(variable)
        size = tables.size(frame)
        if not size:
            msg = f"{variable} is no table, but {kind_of(frame)}."
            raise InputError(msg, hint="Name a DataFrame; list_variables tells which.")
        types, summary = columns.described(frame)
        return {"size": size, "types": types, "summary": summary}

    def show_plot(
        self,
        variable: str,
        kind: plots.PlotKind = "line",
        x: str | None = None,
        y: str | list[str] | None = None,
        title: str = "",
    ) -> Figure:
        """Show the user a plot of a table or a list of numbers of their notebook.

        Args:
            variable: Name of the variable that holds the table or the numbers.
            kind: What to draw.
            x: Name of the column along the x axis; the row numbers without it.
            y: Names of the columns to draw, at most 8; without them, the columns of
                numbers.
            title: Above the plot.
        """
        found = columns.series(self._variable(variable))
        if kind == "hist" and y is None and x is not None:
            x, y = None, x
        drawn = plots.chosen(found, [y] if isinstance(y, str) else y, x)
        along = None if x is None else columns.named(found, x)
        return plots.plot(kind, drawn, along, plots.Words(title or variable, x or ""))

    def _variables(self) -> Mapping[str, object]:
        return visible(self.namespace)

    def _variable(self, name: str) -> object:
        found = self._variables()
        if name not in found:
            msg = f"There is no variable {name!r:.80}."
            raise InputError(msg, hint="list_variables tells which there are.")
        return found[name]


def tools(
    namespace: Mapping[str, object] | None = None,
) -> list[Callable[..., object]]:
    """`list_variables`, `describe_table` and `show_plot`.

    Args:
        namespace: The variables that they may see, by name; None is those of the
            notebook that runs, as they are when a tool is called.

    Example:
        >>> from rt_widget.tools import notebook
        >>> w = RealtimeWidget(tools=notebook.tools({"ages": [31, 12]}))
        >>> [tool.name for tool in w.tools]
        ['list_variables', 'describe_table', 'show_plot']
    """
    book = Notebook(namespace)
    return [book.list_variables, book.describe_table, book.show_plot]


list_variables, describe_table, show_plot = tools()
