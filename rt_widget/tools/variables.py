"""The variables of a notebook that a model may know of."""

from __future__ import annotations

import inspect
import sys
from types import GenericAlias
from typing import TYPE_CHECKING, get_origin

import numpy as np

from rt_widget.tools import tables
from rt_widget.tools.secret import looks_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHELL = frozenset({"In", "Out", "exit", "quit", "get_ipython", "open"})
_TYPE_LIMIT = 60


def visible(namespace: Mapping[str, object] | None) -> dict[str, object]:
    """Variables by name, in order; of the notebook that runs when None is given.

    Left out are modules, functions, classes, names that begin with `_`, what IPython
    itself has put there, and what looks like a secret.
    """
    hidden: Mapping[str, object] = {}
    if namespace is None:
        namespace, hidden = _running()
    return {
        name: value
        for name, value in list(namespace.items())
        if name not in hidden
        and not name.startswith("_")
        and not _is_code(value)
        and not looks_secret(name, value)
    }


def kind_of(value: object) -> str:
    """Its type, and its size where that is known without asking its own code."""
    name = type(value).__name__[:_TYPE_LIMIT]
    size = tables.size(value)
    if size:
        return f"{name}, {size}"
    if isinstance(value, np.ndarray):
        return f"{name}, {' x '.join(map(str, value.shape)) or 'one'} of {value.dtype}"
    if isinstance(value, str):
        return f"{name}, {len(value):,} characters"
    if isinstance(value, list | tuple | dict | set | frozenset | bytes):
        return f"{name}, {len(value):,} items"
    return name


def _running() -> tuple[Mapping[str, object], Mapping[str, object]]:
    """The variables of the notebook, and those that IPython has put there."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return vars(sys.modules["__main__"]), {}
    return shell.user_ns, {**shell.user_ns_hidden, **dict.fromkeys(_SHELL)}


def _is_code(value: object) -> bool:
    return (
        inspect.ismodule(value)
        or inspect.isclass(value)
        or inspect.isroutine(value)
        or isinstance(value, GenericAlias)
        or get_origin(value) is not None
    )
