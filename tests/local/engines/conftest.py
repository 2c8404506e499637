from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rt_widget.backends.local import weights
from rt_widget.backends.local.engines import load_engines, missing_packages

if TYPE_CHECKING:
    from rt_widget.backends.local.engines.base import Engines


@pytest.fixture(scope="session")
def engines() -> Engines:
    """The real ones, with the real model files, one thread each."""
    if missing_packages():
        pytest.fail(f"not installed: {missing_packages()}")
    models = weights.find()
    if models is None:
        pytest.fail("the model files are missing: run rt-widget fetch")
    return load_engines(models, threads=1)
