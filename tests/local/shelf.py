"""A small npm package that carries two model files, and a table that says so."""

from __future__ import annotations

import hashlib
import io
import random
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from rt_widget.backends.local.weights.manifest import load_manifest
from tests.local.shop import REVISION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rt_widget.backends.local.weights.manifest import Manifest
    from tests.local.shop import Shop

NAME = "@small/ears"
ARCHIVE = "small-ears-1.0.0.tgz"
ENCODER = "small/encoder.onnx"
DECODER = "small/decoder.onnx"

_CHANCE = random.Random(20261128)  # noqa: S311 - these are no secrets
CONTENT = {ENCODER: _CHANCE.randbytes(90_000), DECODER: _CHANCE.randbytes(200_000)}


def archive(members: Mapping[str, bytes] = CONTENT) -> bytes:
    """The package's bytes, with files that nobody wants around those of the models."""
    files = {"package/LICENSE": b"none", "package/package.json": b"{}"}
    files |= {_member(path): data for path, data in members.items()}
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as package:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            package.addfile(entry, io.BytesIO(data))
    return made.getvalue()


def put(shop: Shop, data: bytes) -> Path:
    """Let the registry of a shop have `data` as the package."""
    place = shop.root / "packages" / ARCHIVE
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(data)
    return place


def manifest(shop: Shop, *, wheels: bool = False) -> Manifest:
    """Which files there are: those of the package, and those of the shop's wheels."""
    lines = ["[[model]]", 'name = "small"', 'licence = "MIT"']
    lines += ['hub = "tests/small"', f'revision = "{REVISION}"']
    for path, data in CONTENT.items():
        digest = hashlib.sha256(data).hexdigest()
        sums = (f"size = {len(data)}", f'sha256 = "{digest}"')
        part = (f'npm = "{NAME}"', f'member = "{_member(path)}"', *sums)
        lines += ["[[model.file]]", f'hub_name = "onnx/{Path(path).name}"']
        lines += [f'path = "{path}"', *sums, f"parts = [{{ {', '.join(part)} }}]"]
    lines += ["[[npm]]", f'name = "{NAME}"', 'version = "1.0.0"']
    lines += [f"size = {len(archive())}"]
    if wheels:
        lines.append(shop.table.read_text(encoding="utf-8"))
    table = shop.root / f"shelf-{wheels}.toml"
    table.write_text("\n".join(lines), encoding="utf-8")
    return load_manifest(table)


def _member(path: str) -> str:
    return f"package/dist/{Path(path).name}"
