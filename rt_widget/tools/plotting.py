"""Which figures a call opens in pyplot.

matplotlib is not imported here: it is watched once the notebook, or a call, has
imported it. pyplot has one current figure for all threads; calls that plot side by side
keep apart when they plot on their own figure, as in `fig, ax = plt.subplots()`.
"""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matplotlib.figure import Figure

_PYPLOT = "matplotlib.pyplot"
_HOOK = f"{__name__}:opened"
_WINDOWS = ("gtk", "macosx", "qt", "tk", "wx")
"""How the names of the backends begin that open windows."""

_owner: ContextVar[list[Figure] | None] = ContextVar("rt_widget_plots", default=None)
_lock = threading.RLock()
_running = 0
_undo: list[Callable[[], object]] = []


@contextmanager
def gathered(figures: list[Figure]) -> Iterator[None]:
    """Figures that pyplot opens in this context are added to `figures`.

    Meanwhile no backend that opens windows is in use, in any thread: windows belong to
    the main thread.
    """
    token = _owner.set(figures)
    _enter()
    try:
        yield
    finally:
        _leave()
        _owner.reset(token)


def opened(figure: Figure) -> None:
    """Add a figure that pyplot has opened. matplotlib calls this by its name."""
    figures = _owner.get()
    if figures is not None:
        figures.append(figure)


def still_open(figures: list[Figure]) -> list[Figure]:
    """Those that pyplot still holds, oldest first."""
    if not figures or _pyplot() is None:
        return []
    managers = sys.modules["matplotlib._pylab_helpers"].Gcf.get_all_fig_managers()
    held = [manager.canvas.figure for manager in managers]
    return [figure for figure in figures if figure in held]


def close(figures: list[Figure]) -> None:
    """Take figures from pyplot, so that no cell shows them again."""
    for figure in still_open(figures):
        _pyplot().close(figure)


class _Arrival:
    """Notices that pyplot is being imported; finds nothing."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == _PYPLOT:
            with _lock:
                _listen()
                _stay_without_windows()


_arrival = _Arrival()


def _enter() -> None:
    global _running  # noqa: PLW0603 - matplotlib's settings are the process's too
    with _lock:
        _running += 1
        if _pyplot() is not None:
            _listen()
            _stay_without_windows()
        elif _arrival not in sys.meta_path:
            sys.meta_path.insert(0, _arrival)
            _undo.append(_watch_no_more)


def _leave() -> None:
    global _running  # noqa: PLW0603 - see above
    with _lock:
        _running -= 1
        while not _running and _undo:
            _undo.pop()()


def _watch_no_more() -> None:
    with suppress(ValueError):
        sys.meta_path.remove(_arrival)


def _listen() -> None:
    settings = sys.modules["matplotlib"].rcParams
    # There are no hooks before matplotlib 3.7.
    if _HOOK not in settings.get("figure.hooks", [_HOOK]):
        settings["figure.hooks"] = [*settings["figure.hooks"], _HOOK]
        _undo.append(_listen_no_more)


def _listen_no_more() -> None:
    settings = sys.modules["matplotlib"].rcParams
    settings["figure.hooks"] = [h for h in settings["figure.hooks"] if h != _HOOK]


def _stay_without_windows() -> None:
    matplotlib = sys.modules["matplotlib"]
    try:
        backend = matplotlib.get_backend(auto_select=False)
    except TypeError:  # before matplotlib 3.10
        backend = matplotlib.get_backend()
    if backend is None:
        # Not chosen yet: in a script, where a thread's first plot would choose it.
        matplotlib.use("agg")
    elif backend.lower().startswith(_WINDOWS):
        matplotlib.use("agg")
        _undo.append(lambda: matplotlib.use(backend, force=False))


def _pyplot() -> Any:  # noqa: ANN401 - a module, or None
    """pyplot, once it is imported whole."""
    pyplot = sys.modules.get(_PYPLOT)
    return pyplot if hasattr(pyplot, "switch_backend") else None
