"""The stock clients: how each one's script is run."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.strangers.conversation import Conversation

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
JS = Path(__file__).with_name("js")
PATIENCE_S = 240.0

# Where make has put Node when the machine has none.
_PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
_QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


@dataclass(frozen=True)
class Client:
    """A script; it takes the file of a plan."""

    command: Sequence[str | Path]

    def perform(self, plan: Path) -> Conversation:
        """Run it to its end.

        Raises:
            AssertionError: it failed, or did not end; its output is in the text.
        """
        try:
            done = subprocess.run(
                [*self.command, plan],
                cwd=ROOT,
                env=_environment(),
                capture_output=True,
                text=True,
                timeout=PATIENCE_S,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            text = (late.stdout or b"").decode()
            raise AssertionError(_abridged(text, late.stderr)) from None
        assert done.returncode == 0, _abridged(done.stdout, done.stderr)
        return Conversation.read(done.stdout)


def python(script: str) -> Client:
    """A script of this folder."""
    return Client([sys.executable, "-m", f"tests.strangers.{script}"])


def javascript(folder: Path) -> Client:
    """The script in `js/`, with its packages; `folder` keeps them between runs."""
    node = shutil.which("node", path=_PATH)
    npm = shutil.which("npm", path=_PATH)
    assert node, "Node is not here: run `make page`"
    assert npm, "npm is not here: run `make page`"
    lock = (JS / "package-lock.json").read_bytes()
    home = folder / hashlib.sha256(lock).hexdigest()[:12]
    if not home.exists():
        fetched = folder / f"fetching-{os.getpid()}"
        shutil.copytree(JS, fetched)
        asked = [npm, "ci", *_QUIET]
        subprocess.run(asked, cwd=fetched, env=_environment(), check=True)
        fetched.rename(home)
    script = shutil.copy(JS / "agents_client.mjs", home)
    return Client([node, script])


def _environment() -> dict[str, str]:
    """This process's, without a key; the clients tell nobody what they do."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("OPENAI_")}
    return {**kept, "PATH": _PATH, "OPENAI_AGENTS_DISABLE_TRACING": "1"}


def _abridged(printed: str, errors: str | bytes | None) -> str:
    """A script's output without its sound."""
    lines = [line for line in printed.splitlines() if '.delta"' not in line]
    shown = "\n".join(line[:400] for line in lines[-60:])
    told = errors.decode() if isinstance(errors, bytes) else errors or ""
    return f"the script failed:\n{shown}\n{told[-4000:]}"
