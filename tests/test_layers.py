from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINT = (
    "from importlinter.cli import lint_imports as l; raise SystemExit(l(no_logo=True))"
)


def lint(folder: Path) -> tuple[int, str]:
    # A process of its own: import-linter imports the package that it reads.
    done = subprocess.run(
        [sys.executable, "-c", LINT],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_imports_go_one_way() -> None:
    code, report = lint(ROOT)

    assert code == 0, report


@pytest.mark.parametrize(
    ("module", "line", "named"),
    [
        (
            "config.py",
            "import rt_widget.widget",
            "rt_widget.config -> rt_widget.widget",
        ),
        (
            "session.py",
            "import rt_widget.backends.openai",
            "rt_widget.session -> rt_widget.backends.openai",
        ),
        (
            "backends/base.py",
            "import rt_widget.backends.local.engines",
            "rt_widget.backends.base -> rt_widget.backends.local.engines",
        ),
        ("new_room.py", "", "rt_widget.new_room"),
    ],
)
def test_a_breach_is_found_and_named(
    tmp_path: Path, module: str, line: str, named: str
) -> None:
    shutil.copytree(
        ROOT / "rt_widget",
        tmp_path / "rt_widget",
        ignore=shutil.ignore_patterns("__pycache__", "static"),
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "rt_widget" / module).open("a") as file:
        file.write(f"\n{line}\n")

    code, report = lint(tmp_path)

    assert code == 1
    assert named in " ".join(report.split())
