from __future__ import annotations

import weakref
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rt_widget.backends.local import LocalBackend
from rt_widget.backends.local.engine_process import sharing, start
from rt_widget.backends.local.weights import ModelFiles

if TYPE_CHECKING:
    from collections.abc import Callable

FILES = ModelFiles(asr=Path("moonshine"), llm=Path("model.gguf"))


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Callable[..., LocalBackend]:
    """Makes backends whose child has scripted engines."""
    module = "tests.local.engine_process.scripted_child"
    monkeypatch.setattr(start, "MODULE", module)
    # A child of another test, should one be left, is not this one's.
    monkeypatch.setattr(sharing, "_RUNNING", weakref.WeakValueDictionary())

    return partial(LocalBackend, models=FILES, engine_process=True)
