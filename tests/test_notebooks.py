"""Each notebook runs from top to bottom, on the local voice."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbclient import NotebookClient

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))

PRINTED = {
    "01_hello": r"Paris",
    "02_python": r"Rome[\s\S]*Madrid",
    "03_tools": r"-> 31\n[\s\S]*boiled for 3 [\s\S]*'ImageShown'[\s\S]*is stuck",
}
"""What a notebook prints when it has done what it is about."""

SHOWN = {
    "01_hello": {"text/html"},
    "02_python": {"text/html", "image/png"},
    "03_tools": {"text/html"},
}
"""Kinds of what it shows besides."""

pytestmark = [pytest.mark.weights, pytest.mark.timeout(600)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_to_its_end(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "")
    monkeypatch.setenv("PYTHONPATH", str(path.parents[1]))
    text = path.read_text("utf-8")
    notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call] # no types
    assert not any(outputs(notebook))
    NotebookClient(notebook, timeout=240).execute()
    shown = list(outputs(notebook))
    printed = "".join(output.get("text", "") for output in shown)
    kinds = {kind for output in shown for kind in output.get("data", {})}

    assert re.search(PRINTED[path.stem], printed), printed
    assert kinds >= SHOWN[path.stem]


def outputs(notebook: nbformat.NotebookNode) -> Iterator[nbformat.NotebookNode]:
    for cell in notebook.cells:
        yield from cell.get("outputs", [])
