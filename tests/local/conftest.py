from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.local.shop import Shop

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache directory of model files, the one that is in use."""
    place = tmp_path / "cache"
    monkeypatch.setenv("RT_WIDGET_MODELS", str(place))
    return place


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Files that can be had; no server can be reached, pip looks into `wheels/`."""
    shop = Shop(tmp_path / "shop")
    shop.stock()
    # Port 9 is reserved for a service that nobody runs: connecting fails at once.
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:9")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shop.wheels))
    return shop
