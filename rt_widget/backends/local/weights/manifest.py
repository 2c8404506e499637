"""Which model files there are, what their bytes must be, and who carries them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

LLM_SUFFIX = ".gguf"

_OWN_TABLE = Path(__file__).with_name("weights.toml")


class Kind(StrEnum):
    """What a carrier is; the values are the words of the table."""

    WHEEL = "wheel"
    """A wheel on the package index."""
    NPM = "npm"
    """A package of the npm registry."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """A public package that carries model files, or pieces of them."""

    kind: Kind
    name: str
    version: str
    size: int
    """Bytes of its archive: a `.whl` or a `.tgz`."""

    @property
    def pattern(self) -> str:
        """What its archive is called, as a glob."""
        if self.kind is Kind.NPM:
            scoped = self.name.removeprefix("@").replace("/", "-")
            return f"{scoped}-{self.version}.tgz"
        return f"{self.name.replace('-', '_')}-{self.version}-*.whl"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a model file: one member of one carrier's archive."""

    carrier: Carrier
    member: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One model file."""

    model: str
    licence: str
    hub: str
    revision: str
    hub_name: str
    path: str
    """Where it lies in the cache directory."""
    size: int
    sha256: str
    parts: tuple[Part, ...]
    """Joined in this order they are the file; none where no package carries it."""

    @property
    def is_llm(self) -> bool:
        """Whether the file belongs to the language model."""
        return self.path.endswith(LLM_SUFFIX)


@dataclass(frozen=True, slots=True)
class Manifest:
    """All model files of the local voice."""

    files: tuple[WeightFile, ...]

    def wanted(self, *, llm: bool) -> tuple[WeightFile, ...]:
        """The files that are needed with or without the language model."""
        return tuple(file for file in self.files if llm or not file.is_llm)


@cache
def load_manifest(path: Path | None = None) -> Manifest:
    """Read a table of weights; None reads the project's own."""
    with (path or _OWN_TABLE).open("rb") as stream:
        table = tomllib.load(stream)
    carriers = {
        (kind, row["name"]): Carrier(kind, **row)
        for kind in Kind
        for row in table.get(kind, ())
    }
    return Manifest(
        tuple(
            WeightFile(
                model=model["name"],
                licence=model["licence"],
                hub=model["hub"],
                revision=model["revision"],
                hub_name=row["hub_name"],
                path=row["path"],
                size=row["size"],
                sha256=row["sha256"],
                parts=tuple(_part(part, carriers) for part in row.get("parts", ())),
            )
            for model in table["model"]
            for row in model["file"]
        )
    )


def _part(row: Mapping[str, Any], carriers: Mapping[tuple[Kind, str], Carrier]) -> Part:
    kind = next(kind for kind in Kind if kind in row)
    return Part(
        carrier=carriers[kind, row[kind]],
        member=row["member"],
        size=row["size"],
        sha256=row["sha256"],
    )
