"""How the child is started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from rt_widget import errors
from rt_widget.errors import BackendError

MODULE = "rt_widget.backends.local.engine_process"
"""What the child runs."""

# Names that other systems do not have, where it is a session of its own that does it.
_ON_WINDOWS: int = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(
    subprocess, "CREATE_NO_WINDOW", 0
)

_HINT = "Use `LocalBackend(engine_process=False)`."


def start() -> subprocess.Popen[bytes]:
    """A child process with three pipes.

    It is out of reach of Ctrl-C and of "Interrupt kernel", which are meant for the
    process group of the parent.

    Raises:
        BackendError: it cannot be started.
    """
    if not sys.executable:
        raise BackendError("There is no Python program to start.", hint=_HINT)
    try:
        return subprocess.Popen(  # noqa: S603 - the command is ours
            # A notebook's folder may hold files with the names of packages.
            [sys.executable, "-P", "-m", MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": _places()},
            start_new_session=True,
            creationflags=_ON_WINDOWS,
        )
    except OSError as error:
        message = f"The process of the local voice cannot be started: {error}."
        raise BackendError(message, hint=_HINT) from error


def _places() -> str:
    """Where this process finds its packages, and where it found this one."""
    root = str(Path(errors.__file__).parents[1])
    places = [place for place in sys.path if place]
    return os.pathsep.join([*places, *([] if root in places else [root])])
