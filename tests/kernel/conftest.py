"""A real kernel for the tests of a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kernel.kernel import Kernel

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    """One for a module: a kernel takes seconds to start."""
    with Kernel() as running:
        yield running
