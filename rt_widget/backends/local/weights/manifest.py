"""Which model files there are, what their bytes must be, and who carries them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LLM_SUFFIX = ".gguf"

_OWN_TABLE = Path(__file__).with_name("weights.toml")


@dataclass(frozen=True, slots=True)
class Wheel:
    """A package on the index that carries a piece of a model file."""

    name: str
    version: str
    size: int

    @property
    def pattern(self) -> str:
        """What its file is called, as a glob."""
        return f"{self.name.replace('-', '_')}-{self.version}-*.whl"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a model file: one member of one wheel."""

    wheel: Wheel
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
    wheels = {row["name"]: Wheel(**row) for row in table.get("wheel", ())}
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
                parts=tuple(
                    Part(
                        wheel=wheels[part["wheel"]],
                        member=part["member"],
                        size=part["size"],
                        sha256=part["sha256"],
                    )
                    for part in row.get("parts", ())
                ),
            )
            for model in table["model"]
            for row in model["file"]
        )
    )
