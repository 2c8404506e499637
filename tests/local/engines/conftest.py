from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import speech

if TYPE_CHECKING:
    from rt_widget.backends.local.engines.base import Engines


@pytest.fixture(scope="session")
def engines() -> Engines:
    """The real ones, with the real model files, one thread each."""
    return speech.engines()
